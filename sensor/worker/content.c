/*
 * content.c - what a flow carries: inferred transfers.
 *
 * A flow that may carry files is watched from its first payload byte, since
 * its handshake tells what its lengths mean; once its name shows that nobody
 * wants to know, it is let go.  Content that a dissector counts in clear
 * replaces inference on that flow (clear.c): never both.
 */
#include <netinet/in.h>

#include "worker/worker_state.h"

static struct watched *watched_of(const struct worker *w, const struct flow *f)
{
	return pool_at(&w->watched, f->infer);
}

static void *infer_of(struct watched *x)
{
	return x->infer;
}

static enum infer_wire wire_of(const struct packet *p)
{
	struct slice s = p->payload;
	uint8_t type = slice_u8(&s);
	uint16_t version = slice_u16(&s);

	if (p->proto == IPPROTO_UDP)
		return WIRE_QUIC;
	if (slice_short(s) || (type >= 20 && type <= 23 &&
	    version >= 0x0300 && version <= 0x0304))
		return WIRE_TLS;
	return WIRE_OPAQUE;
}

/* UDP that is not QUIC is media or lookups: volume only, never a file. */
static bool worth_watching(const struct packet *p)
{
	struct slice s = p->payload;
	uint8_t first = slice_u8(&s);
	uint32_t version = slice_u32(&s);

	if (p->proto == IPPROTO_TCP)
		return true;
	return p->proto == IPPROTO_UDP && p->wire_len >= 600 &&
	    (first & 0xc0) == 0xc0 && version != 0;
}

void content_watch(struct worker *w, struct flow *f,
    const struct packet *first)
{
	struct infer_start how = { .wire = wire_of(first), .room = w->room };
	struct watched *x;

	if (f->infer != 0 || f->moved != 0 || !worth_watching(first))
		return;
	x = pool_get(&w->watched);
	if (x == NULL)
		return;
	how.midstream = !(f->flags & FLOW_SYN_SEEN);
	x->flow = f;
	infer_init(infer_of(x), &how);
	f->infer = pool_index(&w->watched, x);
}

void content_unwatch(struct worker *w, struct flow *f)
{
	struct watched *x = watched_of(w, f);

	if (x == NULL)
		return;
	x->flow = NULL;
	pool_put(&w->watched, x);
	f->infer = 0;
}

static enum infer_role role_of(const struct rule *r)
{
	if (r == NULL)
		return INFER_UNKNOWN;
	switch (r->role) {
	case ROLE_FILE_HOST:
		return INFER_FILE;
	case ROLE_MIXED_HOST:
		return INFER_MIXED;
	case ROLE_CONTROL:
	case ROLE_PUSH:
	case ROLE_CALL:
		return INFER_MESSAGE;
	case ROLE_PREVIEW:
	case ROLE_STATIC:
	case ROLE_UPDATE:
	case ROLE_TELEMETRY:
		return INFER_ASSET;
	default:
		return INFER_UNKNOWN;
	}
}

/* The flow is named: tell inference what for, or let it go. */
void content_role(struct worker *w, struct flow *f)
{
	const struct rule *rule = worker_rule(w, f);
	struct watched *x = watched_of(w, f);

	if (x == NULL)
		return;
	if (!w->setup.all_transfers && (rule == NULL ||
	    rule->service->category == CATEGORY_OTHER)) {
		content_unwatch(w, f);
		return;
	}
	infer_role_known(infer_of(x), role_of(rule));
}

struct finding {
	struct worker *w;
	struct watched *x;
};

static void on_found(const struct found *found, void *arg)
{
	struct finding *at = arg;
	struct event ev;

	worker_event(at->w, &ev, at->x->flow, found->end_us);
	report_found(&ev, found);
	worker_emit(at->w, &ev);
}

static void infer_packet(struct worker *w, const struct step *step,
    const struct packet *p)
{
	struct finding at = { w, watched_of(w, step->flow) };
	struct segment s = {
		.at_us = p->at_us,
		.dir = step->dir,
		.flags = p->tcp_flags,
		.seq = p->seq,
		.ack = p->ack,
		.window = p->window,
		.wire_len = p->wire_len,
		.new_bytes = step->new_bytes - step->late,
		.hole = step->hole,
		.data = p->payload,
	};

	infer_segment(infer_of(at.x), &s, on_found, &at);
}

void content_packet(struct worker *w, const struct step *step,
    const struct packet *p)
{
	if (step->flow->infer != 0)
		infer_packet(w, step, p);
}

void content_sweep(struct worker *w)
{
	for (uint32_t i = 1; i <= w->watched.fresh; i++) {
		struct watched *x = pool_at(&w->watched, i);
		struct finding at = { w, x };

		if (x->flow != NULL)
			infer_idle(infer_of(x), w->now_us, on_found, &at);
	}
}

uint32_t content_requests(const struct worker *w, const struct flow *f)
{
	struct watched *x = watched_of(w, f);

	return x == NULL ? 0 : infer_stats(infer_of(x)).requests;
}

/* The flow is over, but its totals are still to be told. */
void content_end(struct worker *w, struct flow *f)
{
	struct finding at = { w, watched_of(w, f) };

	if (f->infer != 0)
		infer_end(infer_of(at.x), on_found, &at);
}
