/*
 * worker.c - frames -> packets -> flows -> names and transfers -> events.
 *
 * A batch is decoded and hashed first, so that the flow table's cache misses
 * overlap; then each packet is accounted in capture order.
 */
#include "worker/worker.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "base/log.h"
#include "quic_keys.h"
#include "worker/worker_state.h"

enum {
	EXPECTED_MAX = 4096,
	MACS_MAX = 65536,
	NAMES_MAX = 262144,
	STUDIES_MAX = 32768,
	ROOM_MAX = 8192,
	CLASSIFY_MAX = 16384,
	SWEEP_US = 1000000
};

static void last_words(struct worker *w, int64_t now_us)
{
	struct event ev;

	while (limbo_take(&w->limbo, now_us, &ev)) {
		naming_late(w, &ev);
		worker_emit(w, &ev);
	}
}

/* What the flow has had so far. */
static void totals(struct worker *w, struct event *ev, const struct flow *f,
    int64_t at_us)
{
	worker_event(w, ev, f, at_us);
	ev->count = content_requests(w, f);
}

static void flow_gone(struct flow *f, void *arg)
{
	struct worker *w = arg;
	struct event ev;

	naming_end(w, f);
	content_end(w, f);
	clear_end(w, f);
	totals(w, &ev, f, f->last_us);
	content_unwatch(w, f);
	ev.kind = EV_FLOW_END;
	if (f->evidence == EVIDENCE_NONE && !limbo_full(&w->limbo))
		limbo_put(&w->limbo, &ev);
	else
		worker_emit(w, &ev);
	pool_put(&w->hosts, pool_at(&w->hosts, f->name));
	f->name = 0;
}

static void on_fact(struct flow *f, const struct fact *fact, void *arg)
{
	naming_fact(arg, f, fact);
}

static void on_over(struct flow *f, void *arg)
{
	naming_over(arg, f);
}

static bool worker_tables(struct worker *w)
{
	uint32_t flows = (uint32_t)w->config->flow.max_flows;

	return pool_init(&w->hosts, sizeof(struct host), flows) &&
	    pool_init(&w->watched, sizeof(struct watched) + infer_size(),
	    flows / 2 + 1) &&
	    pool_init(&w->moved, sizeof(struct moved), EXPECTED_MAX) &&
	    table_init(&w->expected, sizeof(struct expected_key),
	    sizeof(struct expected), EXPECTED_MAX) &&
	    table_init(&w->macs, sizeof(struct addr), 8, MACS_MAX) &&
	    sockets_init(&w->sockets) && limbo_init(&w->limbo);
}

struct worker *worker_new(const struct worker_setup *s)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->setup = *s;
	w->config = s->config;
	if (!quic_ready())		/* now: a sandbox may deny it later */
		log_warnx("libcrypto lacks a cipher: no names from QUIC");
	w->decoder = decoder_new();
	w->names = names_new(NAMES_MAX, s->book);
	w->room = infer_room_new(ROOM_MAX);
	w->classify = classify_new(CLASSIFY_MAX, !w->config->built_in);
	w->studies = studies_new(&(struct study_setup){
		.max = STUDIES_MAX, .classify = w->classify,
		.ndpi_alone = !w->config->built_in,
		.fact = on_fact, .over = on_over, .arg = w });
	w->flows = flow_table_new((uint32_t)w->config->flow.max_flows,
	    flow_gone, w);
	if (w->decoder == NULL || w->names == NULL || w->room == NULL ||
	    w->studies == NULL || w->classify == NULL || w->flows == NULL ||
	    !worker_tables(w)) {
		log_warnx("no memory for %lld flows: lower flow.max-flows",
		    (long long)w->config->flow.max_flows);
		worker_free(w);
		return NULL;
	}
	return w;
}

void worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	flow_table_free(w->flows);
	if (w->limbo.waiting != NULL)
		last_words(w, INT64_MAX);
	limbo_free(&w->limbo);
	sockets_free(&w->sockets);
	studies_free(w->studies);
	classify_free(w->classify);
	names_free(w->names);
	infer_room_free(w->room);
	decoder_free(w->decoder);
	pool_free(&w->hosts);
	pool_free(&w->watched);
	pool_free(&w->moved);
	table_free(&w->expected);
	table_free(&w->macs);
	free(w);
}

static void learn_mac(struct worker *w, const struct flow *f,
    const struct packet *p)
{
	const struct addr *client = flow_client(f);
	bool fresh;

	if (p->has_mac && addr_same(client, &p->src))
		memcpy(table_make(&w->macs, client, &fresh), p->src_mac, 6);
}

static int64_t reported_us(const struct flow *f)
{
	return f->start_us + f->reported_s * 1000000LL;
}

static void report_now(struct worker *w, struct flow *f, int64_t at_us)
{
	struct event ev;

	totals(w, &ev, f, at_us);
	worker_emit(w, &ev);
	f->reported_s = (uint32_t)((at_us - f->start_us) / 1000000);
	f->flags |= FLOW_REPORTED;
}

static void packet_in(struct worker *w, const struct packet *p,
    uint32_t hash)
{
	struct step step = flow_account(w->flows, p, hash);
	struct flow *f = step.flow;

	if (f == NULL || step.copy)
		return;
	if (step.fresh) {
		learn_mac(w, f, p);
		clear_fresh(w, f);
	}
	if (p->wire_len > 0 && !(f->flags & FLOW_STUDIED))
		content_watch(w, f, p);
	naming_packet(w, &step, p);
	content_packet(w, &step, p);
	if (p->at_us - reported_us(f) >= w->config->flow.report_us)
		report_now(w, f, p->at_us);
}

static void sweep(struct worker *w)
{
	if (w->now_us >= w->swept_us && w->now_us - w->swept_us < SWEEP_US)
		return;
	w->swept_us = w->now_us;
	content_sweep(w);
	clear_sweep(w);
}

void worker_tick(struct worker *w, int64_t now_us)
{
	struct event tick = { .kind = EV_TICK, .at_us = now_us };

	w->now_us = now_us;
	flow_expire(w->flows, now_us);
	sweep(w);
	last_words(w, now_us);
	w->ticked_us = now_us;
	worker_emit(w, &tick);
}

static void packets_in(struct worker *w, const struct packet *packets,
    const uint32_t *hashes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		flow_fetch(w->flows, hashes[i]);
	for (size_t i = 0; i < n; i++) {
		w->now_us = packets[i].at_us;
		packet_in(w, &packets[i], hashes[i]);
	}
	if (n > 0 && (w->now_us - w->ticked_us >= WORKER_TICK_US ||
	    w->now_us < w->ticked_us))
		worker_tick(w, w->now_us);
}

/* A packet put together from fragments lives until the next decode(). */
static bool borrowed(const struct frame *f, const struct packet *p)
{
	return p->ip.p < f->bytes.p || p->ip.p > f->bytes.p + f->bytes.n;
}

void worker_frames(struct worker *w, const struct frame *frames, size_t n)
{
	struct packet packets[WORKER_BATCH];
	uint32_t hashes[WORKER_BATCH];
	size_t ready = 0;

	for (size_t i = 0; i < n; i++) {
		struct packet *p = &packets[ready];

		if (decode(w->decoder, &frames[i], p) != DECODED)
			continue;
		hashes[ready] = flow_hash(w->flows, p);
		flow_prefetch(w->flows, hashes[ready++]);
		if (ready < WORKER_BATCH && !borrowed(&frames[i], p))
			continue;
		packets_in(w, packets, hashes, ready);
		ready = 0;
	}
	packets_in(w, packets, hashes, ready);
}

void worker_forget(struct worker *w, const struct addr *clients, size_t n)
{
	for (size_t i = 0; i < n; i++)
		names_forget(w->names, &clients[i]);
}

struct worker_counts worker_counts(const struct worker *w)
{
	struct worker_counts c = w->counts;

	c.decode = *decoder_counts(w->decoder);
	c.flow = *flow_table_counts(w->flows);
	c.flows_now = flow_table_used(w->flows);
	c.study = studies_counts(w->studies);
	return c;
}
