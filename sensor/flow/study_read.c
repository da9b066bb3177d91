/*
 * study_read.c - the bytes of a flow, in order, to the dissector that reads.
 *
 * In-order segments go straight from the packet to the dissector.  Only what
 * it leaves unread, or what comes ahead of order, is copied into a window.
 * A hole is waited for until the peer acknowledges past it (then the capture
 * has missed it) or the window is full; the dissector then reads on behind
 * it, told how many bytes are lost.
 */
#include "flow/study_parts.h"

enum {
	SKIP_STEP = 1 << 29,	/* sequence numbers compare within 2^31 */
	FAR_MOST = 1000		/* segments that are not believed */
};

static void on_fact(struct dissection *d, const struct fact *fact)
{
	const struct at *at = d->arg;

	at->s->setup.fact(at->f, fact, at->s->setup.arg);
}

static void front_move(struct at *at, enum side side, uint32_t n)
{
	struct stream *t = &at->study->stream[side];
	struct window *w = window_of(at, side);

	t->next += n;
	if (w != NULL) {
		window_drop(w, n);
		if (window_empty(w))
			window_close(at->s, t);
	}
}

/* The dissector's verdict on `in`, which it has moved on. */
static enum verdict feed(struct at *at, enum side side, struct slice *in)
{
	struct study *study = at->study;
	struct stream *t = &study->stream[side];
	struct pool *pool = state_pool(at->s, study->by);
	struct dissection d = {
		.state = pool_at(pool, study->state),
		.addr = { flow_client(at->f), flow_server(at->f) },
		.port = { flow_client_port(at->f), flow_server_port(at->f) },
		.lost = t->lost, .budget = &at->s->budget,
		.emit = on_fact, .arg = at,
	};
	enum verdict v = study->by->feed(&d, side, in);

	t->lost = 0;
	t->skip = d.skip;
	return v;
}

/*
 * Feed what is whole; returns how much of it was used up, skipped bytes
 * included.  The study may be over afterwards.
 */
size_t reading_some(struct at *at, enum side side, struct slice bytes)
{
	struct stream *t = &at->study->stream[side];
	size_t whole = bytes.n, skipped;
	enum verdict v;

	do {
		v = feed(at, side, &bytes);
		if (slice_short(bytes))
			bytes = slice_of(NULL, 0);
		if (v != MORE)
			break;
		skipped = t->skip < bytes.n ? (size_t)t->skip : bytes.n;
		slice_skip(&bytes, skipped);
		t->skip -= skipped;
	} while (skipped > 0 && slice_more(bytes));

	if (v == NOT_MINE)
		study_ask_ndpi(at);
	else if (v == UPGRADE)
		study_upgrade(at);
	else if (v == DONE)
		study_finish(at);
	return whole - bytes.n;
}

bool reading_keep(struct at *at, enum side side, uint32_t offset,
    struct slice bytes)
{
	struct stream *t = &at->study->stream[side];
	struct window *w = window_of(at, side);

	if (w == NULL) {
		w = pool_take(&at->s->windows);
		if (w == NULL && study_evict(at->s, at->study, STUDY_WINDOW))
			w = pool_take(&at->s->windows);
		t->window = pool_index(&at->s->windows, w);
		if (w != NULL)
			w->n = 0;
	}
	return w != NULL && window_put(w, offset, bytes);
}

void reading_give_up(struct at *at, enum side side, uint32_t n)
{
	at->study->stream[side].lost += n;
	front_move(at, side, n);
}

void reading_window(struct at *at, enum side side)
{
	while (at->study != NULL && at->study->stage == READING) {
		struct window *w = window_of(at, side);
		struct slice front;
		size_t used;

		if (w == NULL)
			return;
		front = window_front(w);
		if (front.n == 0)
			return;
		used = reading_some(at, side, front);
		if (at->study == NULL || at->study->stage == ASKING)
			return;
		front_move(at, side, (uint32_t)used);
		if (at->study->stage == OPENING)
			return;
		if (used < front.n && front.n - used > STUDY_PENDING)
			reading_give_up(at, side, (uint32_t)(front.n - used));
		else
			return;
	}
}

void reading_skip(struct at *at, enum side side, uint32_t from)
{
	struct stream *t = &at->study->stream[side];

	while (t->skip > 0 && (int32_t)(t->next - from) < SKIP_STEP) {
		uint32_t step = t->skip < SKIP_STEP ? (uint32_t)t->skip :
		    SKIP_STEP;

		t->skip -= step;
		front_move(at, side, step);
	}
}

void reading_direct(struct at *at, enum side side, struct slice data,
    uint32_t wire_len)
{
	size_t used = reading_some(at, side, data);
	struct slice rest = data;

	if (at->study == NULL || at->study->stage == ASKING)
		return;
	front_move(at, side, (uint32_t)used);
	slice_skip(&rest, used);
	if (data.n < wire_len || rest.n > STUDY_PENDING)
		reading_give_up(at, side, wire_len - (uint32_t)used);
	else if (rest.n > 0)
		reading_keep(at, side, 0, rest);
}

/*
 * A segment further ahead than a window reaches, while the peer's ACKs show
 * that it waits for `next` too: forged, or its ACK will tell.  Unless it goes
 * on like that: then the ACKs are not seen any more.
 */
static bool too_far(const struct at *at, enum side side, int32_t offset)
{
	const struct flow *f = at->f;
	struct stream *t = &at->study->stream[side];
	enum dir peer = side == CLIENT ? DOWN : UP;
	uint16_t acks = peer == UP ? FLOW_ACK_UP : FLOW_ACK_DOWN;

	if (offset <= WINDOW_BYTES || !(f->flags & acks) ||
	    (int32_t)(f->half[peer].acked - t->next) > 0 ||
	    t->far == FAR_MOST) {
		t->far = 0;
		return false;
	}
	t->far++;
	return true;
}

/* Room is needed: the lowest hole, or what is left before it, goes. */
static bool make_room(struct at *at, enum side side)
{
	struct window *w = window_of(at, side);
	uint32_t first;

	if (w == NULL || window_empty(w))
		return false;
	first = window_gap_end(w);
	reading_give_up(at, side, first > 0 ? first : (uint32_t)window_front(w).n);
	reading_window(at, side);
	return true;
}

void reading_segment(struct at *at, enum side side, uint32_t from,
    struct slice data, uint32_t wire_len)
{
	struct stream *t = &at->study->stream[side];

	for (int tries = 0; tries <= WINDOW_RANGES; tries++) {
		int32_t offset = (int32_t)(from - t->next);

		if (offset < 0) {
			uint32_t old = (uint32_t)-offset;

			if (old >= wire_len)
				return;
			slice_skip(&data, old < data.n ? old : data.n);
			wire_len -= old;
			from += old;
			offset = 0;
		}
		if (too_far(at, side, offset))
			return;
		if (offset == 0 && t->window == 0) {
			reading_direct(at, side, data, wire_len);
			return;
		}
		if (reading_keep(at, side, (uint32_t)offset, data)) {
			reading_window(at, side);
			return;
		}
		at->s->counts.pending_overflow++;
		if (!make_room(at, side) && offset > 0)
			reading_give_up(at, side, (uint32_t)offset);
		if (at->study == NULL || at->study->stage != READING)
			return;
	}
}

uint32_t reading_hole(const struct at *at, enum side side, uint32_t acked)
{
	const struct window *w = window_of(at, side);
	uint32_t end = w == NULL ? 0 : window_gap_end(w);

	return end > 0 && (int32_t)(acked - (at->study->stream[side].next +
	    end)) >= 0 ? end : 0;
}
