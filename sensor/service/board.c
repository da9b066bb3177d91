#include "service/board.h"

#include <inttypes.h>
#include <sys/mman.h>
#include <time.h>

#include "base/log.h"

struct board *board_new(void)
{
	struct board *b = mmap(NULL, sizeof(*b), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return b == MAP_FAILED ? NULL : b;
}

const double delay_bounds_s[DELAY_BUCKETS] = { 0.05, 0.1, 0.25, 0.5, 1, 2.5,
	5, 10, 30, 60, 120, 300, 600, 1800, 3600 };

void board_delay(struct board_delay *d, int64_t delay_us)
{
	double s = delay_us > 0 ? (double)delay_us / 1e6 : 0;

	for (int i = 0; i < DELAY_BUCKETS; i++)
		d->within[i] += s <= delay_bounds_s[i];
	d->n++;
	d->sum_s += s;
	d->max_s = s > d->max_s ? s : d->max_s;
}

void board_free(struct board *b)
{
	if (b != NULL)
		munmap(b, sizeof(*b));
}

static int64_t clock_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t real_us(void)
{
	return clock_us(CLOCK_REALTIME);
}

int64_t monotonic_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

static void add_decode(struct decode_counts *to,
    const struct decode_counts *d)
{
	to->frames += d->frames;
	to->bytes += d->bytes;
	to->other += d->other;
	to->bad += d->bad;
	to->unknown += d->unknown;
	to->truncated += d->truncated;
	to->too_deep += d->too_deep;
	to->fragments += d->fragments;
	to->reassembled += d->reassembled;
	to->fragments_dropped += d->fragments_dropped;
	to->bad_checksum += d->bad_checksum;
	to->tunnelled += d->tunnelled;
	to->vlan_tagged += d->vlan_tagged;
	if (d->last_unknown != 0)
		to->last_unknown = d->last_unknown;
}

static void add_flow(struct flow_counts *to, const struct flow_counts *f)
{
	to->created += f->created;
	to->evicted += f->evicted;
	to->expired += f->expired;
	to->closed += f->closed;
	to->copies += f->copies;
	to->retransmitted_bytes += f->retransmitted_bytes;
	to->lost_bytes += f->lost_bytes;
	to->implausible += f->implausible;
	for (int dir = 0; dir < 2; dir++) {
		to->tcp[dir] += f->tcp[dir];
		to->tcp_tagged[dir] += f->tcp_tagged[dir];
	}
}

static void add_study(struct study_counts *to, const struct study_counts *s)
{
	to->studied += s->studied;
	to->refused += s->refused;
	to->claimed += s->claimed;
	to->asked_ndpi += s->asked_ndpi;
	to->evicted += s->evicted;
	to->pending_overflow += s->pending_overflow;
	to->budget_refused += s->budget_refused;
	to->budget_evicted += s->budget_evicted;
	to->budget_capped += s->budget_capped;
}

static void add_counts(struct board_total *t, const struct worker_counts *c,
    const struct capture_counts *k)
{
	add_decode(&t->decode, &c->decode);
	add_flow(&t->flow, &c->flow);
	add_study(&t->study, &c->study);
	t->events += c->events;
	t->received += k->received;
	t->dropped += k->dropped;
	t->if_dropped += k->if_dropped;
}

void board_settle(struct board_worker *w, const struct capture_counts *rest)
{
	struct capture_counts *k = &w->past_capture;
	uint64_t taken;

	k->received += w->capture.received + rest->received;
	k->dropped += w->capture.dropped + rest->dropped;
	k->if_dropped += w->capture.if_dropped + rest->if_dropped;
	add_decode(&w->past.decode, &w->counts.decode);
	add_flow(&w->past.flow, &w->counts.flow);
	add_study(&w->past.study, &w->counts.study);
	w->past.events += w->counts.events;
	w->counts = (struct worker_counts){ .flows_now = 0 };
	w->capture = (struct capture_counts){ .received = 0 };
	taken = k->dropped + w->past.decode.frames;
	w->lost = k->received > taken ? k->received - taken : 0;
	w->up = false;
}

struct board_total board_total(const struct board *b)
{
	struct board_total t = { .received = 0 };

	for (size_t i = 0; i < b->workers; i++) {
		const struct board_worker *w = &b->worker[i];

		add_counts(&t, &w->counts, &w->capture);
		add_counts(&t, &w->past, &w->past_capture);
		t.flows_now += w->counts.flows_now;
		t.lost += w->lost;
		t.ring_lost += w->ring_lost;
		t.restarts += w->starts > 0 ? w->starts - 1 : 0;
		if (w->last_packet_us > t.last_packet_us)
			t.last_packet_us = w->last_packet_us;
	}
	t.processed = t.decode.frames;
	t.bytes = t.decode.bytes;
	return t;
}

static void report_collectors(const struct board_sender *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct board_collector *c = &s->collectors[i];

		log_warnx("%s: %s; delivered up to %" PRIu64 ", sent %" PRIu64
		    ", again %" PRIu64 ", failures %" PRIu64, c->label,
		    c->up ? "up" : c->why[0] != '\0' ? c->why : "waiting",
		    c->acked, c->sent, c->resent, c->failures);
	}
}

/* The bound that 99 of 100 kept. */
static void report_delay(const char *what, const struct board_delay *d)
{
	int i = 0;

	if (d->n == 0)
		return;
	while (i < DELAY_BUCKETS && d->within[i] * 100 < d->n * 99)
		i++;
	log_warnx("delay of %" PRIu64 " %s: mean %.3f s, 99 %% within %g s, "
	    "longest %.3f s", d->n, what, d->sum_s / (double)d->n,
	    i < DELAY_BUCKETS ? delay_bounds_s[i] : d->max_s, d->max_s);
}

void board_report(const struct board *b)
{
	struct board_total t = board_total(b);
	const struct board_core *c = &b->core;

	log_warnx("%s: %" PRIu64 " packets received = %" PRIu64
	    " processed + %" PRIu64 " dropped", b->interface, t.received,
	    t.processed, t.dropped + t.lost);
	log_warnx("flows: %" PRIu64 " created, %" PRIu64 " open, %" PRIu64
	    " evicted; copies of packets: %" PRIu64, t.flow.created,
	    t.flows_now, t.flow.evicted, t.flow.copies);
	log_warnx("events: %" PRIu64 " seen, %" PRIu64 " lost; alerts: %"
	    PRIu64 "; users: %" PRIu32 "; restarts: %" PRIu64, t.events,
	    t.ring_lost, c->analysis.alerts, c->analysis.users, t.restarts);
	log_warnx("spool: %" PRIu64 " bytes, letters %" PRIu64 " to %" PRIu64
	    ", %" PRIu64 " dropped", c->spool.bytes, c->spool.first,
	    c->spool.last, c->spool.dropped[SPOOL_HEALTH] +
	    c->spool.dropped[SPOOL_LOW] + c->spool.dropped[SPOOL_MEDIUM] +
	    c->spool.dropped[SPOOL_HIGH]);
	report_collectors(&b->sender);
	report_delay("alerts", &b->sender.alerts);
	report_delay("health records", &b->sender.health);
}
