/*
 * study.c - from packets to in-order bytes, to a dissector, to facts.
 *
 * A study passes three stages: OPENING, while dissectors are asked whether
 * the flow is theirs; READING, while one is fed; ASKING, while nDPI is.
 *
 * In-order segments go straight from the packet to the dissector.  Only what
 * it leaves unread, or what comes ahead of order, is copied into a window.
 * A hole is waited for until the peer acknowledges past it (then the capture
 * has missed it) or the window is full; the dissector then reads on behind
 * it, told how many bytes are lost.
 */
#include "flow/study.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "flow/window.h"

enum {
	OPENING_BYTES = 512,		/* shown to claim() per side */
	OPENING_PACKETS = 12,		/* then undecided means no */
	SMALL_STATE = 256, LARGE_STATE = 8192,
	WINDOWS_SHARE = 4, LARGE_SHARE = 4,	/* of the studies have one */
	LEAST_POOL = 256,
	SKIP_STEP = 1 << 29		/* sequence numbers compare within 2^31 */
};

enum stage { OPENING, READING, ASKING };

struct stream {				/* one direction */
	bool begun;
	uint32_t next;			/* sequence number of its front */
	uint32_t window;		/* pool index, 0: nothing kept */
	uint64_t skip;			/* further bytes nobody wants */
	uint64_t lost;			/* to be told to the dissector */
};

struct study {
	enum stage stage;
	bool upgraded;			/* read by one before: keep its name */
	uint32_t packets;		/* with payload */
	const struct dissector *by;
	uint32_t state;			/* index in the pool for its size */
	struct classify_flow *ndpi;
	struct stream stream[2];
};

struct studies {
	struct study_setup setup;
	struct pool studies, windows, small, large;
	struct study_counts counts;
};

/* One packet on its way through its study. */
struct at {
	struct studies *s;
	struct flow *f;
	struct study *study;
	const struct packet *p;
};

static uint32_t share(uint32_t max, uint32_t of)
{
	return max / of > LEAST_POOL ? max / of : LEAST_POOL;
}

struct studies *studies_new(const struct study_setup *setup)
{
	struct studies *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->setup = *setup;
	if (!pool_init(&s->studies, sizeof(struct study), setup->max) ||
	    !pool_init(&s->windows, sizeof(struct window),
	    share(setup->max, WINDOWS_SHARE)) ||
	    !pool_init(&s->small, SMALL_STATE, setup->max) ||
	    !pool_init(&s->large, LARGE_STATE,
	    share(setup->max, LARGE_SHARE))) {
		studies_free(s);
		return NULL;
	}
	return s;
}

void studies_free(struct studies *s)
{
	if (s == NULL)
		return;
	pool_free(&s->studies);
	pool_free(&s->windows);
	pool_free(&s->small);
	pool_free(&s->large);
	free(s);
}

const struct study_counts *studies_counts(const struct studies *s)
{
	return &s->counts;
}

static struct pool *state_pool(struct studies *s, const struct dissector *d)
{
	return d->state_size <= SMALL_STATE ? &s->small : &s->large;
}

static struct window *window_of(const struct at *at, enum side side)
{
	return pool_at(&at->s->windows, at->study->stream[side].window);
}

static void window_close(struct studies *s, struct stream *t)
{
	pool_put(&s->windows, pool_at(&s->windows, t->window));
	t->window = 0;
}

static void state_close(struct studies *s, struct study *study)
{
	struct pool *pool;

	if (study->state == 0)
		return;
	pool = state_pool(s, study->by);
	pool_put(pool, pool_at(pool, study->state));
	study->state = 0;
}

void study_end(struct studies *s, struct flow *f)
{
	struct study *study = pool_at(&s->studies, f->study);

	if (study == NULL)
		return;
	window_close(s, &study->stream[CLIENT]);
	window_close(s, &study->stream[SERVER]);
	state_close(s, study);
	if (study->ndpi != NULL)
		classify_close(s->setup.classify, study->ndpi);
	pool_put(&s->studies, study);
	f->study = 0;
}

static void finish(struct at *at)
{
	study_end(at->s, at->f);
	at->study = NULL;
	at->f->flags |= FLOW_STUDIED;
	at->s->setup.over(at->f, at->s->setup.arg);
}

/* Nobody reads this flow: ask nDPI, unless its name is known already. */
static void ask_ndpi(struct at *at)
{
	struct classify *c = at->s->setup.classify;

	state_close(at->s, at->study);
	at->study->by = NULL;
	if (at->study->upgraded) {
		finish(at);
		return;
	}
	at->f->dissector = 0;
	if (c == NULL || at->f->flags & FLOW_NAMED ||
	    (at->study->ndpi = classify_open(c)) == NULL) {
		finish(at);
		return;
	}
	at->s->counts.asked_ndpi++;
	at->study->stage = ASKING;
}

/*
 * STARTTLS and the like: what follows on both sides is another protocol, so
 * everybody is asked again.  The flow keeps the name of the first.
 */
static void upgrade(struct at *at)
{
	struct study *study = at->study;

	state_close(at->s, study);
	study->by = NULL;
	study->upgraded = true;
	study->stage = OPENING;
	study->packets = 0;
	study->stream[CLIENT].skip = study->stream[SERVER].skip = 0;
}

static void show_ndpi(struct at *at, enum side side, struct slice bytes)
{
	if (at->study == NULL || at->study->stage != ASKING || bytes.n == 0)
		return;
	if (at->f->flags & FLOW_NAMED ||
	    classify_payload(at->s->setup.classify, at->study->ndpi, at->f,
	    side == CLIENT ? UP : DOWN, bytes, at->p->at_us) != CLASSIFY_MORE)
		finish(at);
}

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
		.lost = t->lost, .emit = on_fact, .arg = at,
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
static size_t read_some(struct at *at, enum side side, struct slice bytes)
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
		ask_ndpi(at);
	else if (v == UPGRADE)
		upgrade(at);
	else if (v == DONE)
		finish(at);
	return whole - bytes.n;
}

/* Copy bytes into the window of this side; false: no room. */
static bool keep(struct at *at, enum side side, uint32_t offset,
    struct slice bytes)
{
	struct stream *t = &at->study->stream[side];
	struct window *w = window_of(at, side);

	if (w == NULL) {
		w = pool_take(&at->s->windows);
		t->window = pool_index(&at->s->windows, w);
		if (w != NULL)
			w->n = 0;
	}
	return w != NULL && window_put(w, offset, bytes);
}

/* Stop waiting for the first missing byte: go on behind it. */
static void give_up(struct at *at, enum side side, uint32_t n)
{
	at->study->stream[side].lost += n;
	front_move(at, side, n);
}

/* Read whatever is whole at the front of the window. */
static void read_window(struct at *at, enum side side)
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
		used = read_some(at, side, front);
		if (at->study == NULL || at->study->stage == ASKING)
			return;
		front_move(at, side, (uint32_t)used);
		if (at->study->stage == OPENING)
			return;
		if (used < front.n && front.n - used > STUDY_PENDING)
			give_up(at, side, (uint32_t)(front.n - used));
		else
			return;
	}
}

/* Pass over what nobody wants, seen or not, up to around `from`. */
static void skip_ahead(struct at *at, enum side side, uint32_t from)
{
	struct stream *t = &at->study->stream[side];

	while (t->skip > 0 && (int32_t)(t->next - from) < SKIP_STEP) {
		uint32_t step = t->skip < SKIP_STEP ? (uint32_t)t->skip :
		    SKIP_STEP;

		t->skip -= step;
		front_move(at, side, step);
	}
}

/* In order, and nothing kept from before: no copy. */
static void read_direct(struct at *at, enum side side, struct slice data,
    uint32_t wire_len)
{
	size_t used = read_some(at, side, data);
	struct slice rest = data;

	if (at->study == NULL || at->study->stage == ASKING)
		return;
	front_move(at, side, (uint32_t)used);
	slice_skip(&rest, used);
	if (data.n < wire_len || rest.n > STUDY_PENDING)
		give_up(at, side, wire_len - (uint32_t)used);
	else if (rest.n > 0)
		keep(at, side, 0, rest);
}

/* Room is needed: the lowest hole, or what is left before it, goes. */
static bool make_room(struct at *at, enum side side)
{
	struct window *w = window_of(at, side);
	uint32_t first;

	if (w == NULL || window_empty(w))
		return false;
	first = window_gap_end(w);
	give_up(at, side, first > 0 ? first : (uint32_t)window_front(w).n);
	read_window(at, side);
	return true;
}

static void read_segment(struct at *at, enum side side, uint32_t from,
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
		if (offset == 0 && t->window == 0) {
			read_direct(at, side, data, wire_len);
			return;
		}
		if (keep(at, side, (uint32_t)offset, data)) {
			read_window(at, side);
			return;
		}
		at->s->counts.pending_overflow++;
		if (!make_room(at, side) && offset > 0)
			give_up(at, side, (uint32_t)offset);
		if (at->study == NULL || at->study->stage != READING)
			return;
	}
}

/* The peer has everything before `acked`: holes below it stay holes. */
static void holes_acked(struct at *at, enum side side, uint32_t acked)
{
	while (at->study != NULL && at->study->stage == READING) {
		struct stream *t = &at->study->stream[side];
		struct window *w = window_of(at, side);
		uint32_t end;

		if (w == NULL || (end = window_gap_end(w)) == 0 ||
		    (int32_t)(acked - (t->next + end)) < 0)
			return;
		give_up(at, side, end);
		read_window(at, side);
	}
}

static enum claim ask_all(struct at *at, const struct opening *o)
{
	enum claim all = NO;

	for (uint16_t i = 0; dissectors[i] != NULL; i++) {
		enum claim c;

		if (dissectors[i]->proto != at->f->key.proto)
			continue;
		c = dissectors[i]->claim(o);
		if (c == YES) {
			at->study->by = dissectors[i];
			if (!at->study->upgraded)
				at->f->dissector = (uint16_t)(i + 1);
			return YES;
		}
		if (c == MAYBE)
			all = MAYBE;
	}
	return all;
}

static void begin_reading(struct at *at)
{
	struct study *study = at->study;
	struct pool *pool = state_pool(at->s, study->by);
	void *state;

	at->s->counts.claimed++;
	study->stage = READING;
	if (study->by->state_size == 0)
		return;
	state = pool_take(pool);
	study->state = pool_index(pool, state);
	if (state == NULL) {
		at->s->counts.refused++;
		finish(at);
		return;
	}
	memset(state, 0, study->by->state_size);
}

/* Whose flow is it?  `first` are the bytes known so far, by side. */
static void claim(struct at *at, const struct slice first[2])
{
	struct opening o = {
		.first = { slice_head(first[CLIENT], OPENING_BYTES),
		    slice_head(first[SERVER], OPENING_BYTES) },
		.port = { flow_client_port(at->f), flow_server_port(at->f) },
		.midstream = at->f->key.proto == IPPROTO_TCP &&
		    !(at->f->flags & FLOW_SYN_SEEN),
	};
	enum claim c = ask_all(at, &o);

	if (c == YES) {
		begin_reading(at);
		return;
	}
	if (c == MAYBE && at->study->packets < OPENING_PACKETS &&
	    (o.first[CLIENT].n < OPENING_BYTES ||
	    o.first[SERVER].n < OPENING_BYTES))
		return;
	ask_ndpi(at);
	for (enum side side = CLIENT; side <= SERVER; side++)
		show_ndpi(at, side, first[side]);
}

static struct slice front_of(const struct at *at, enum side side)
{
	const struct window *w = window_of(at, side);

	return w == NULL ? slice_of(NULL, 0) : window_front(w);
}

/* The first segments of a flow, while nobody has claimed it. */
static void open_segment(struct at *at, enum side side, uint32_t from,
    struct slice data, uint32_t wire_len)
{
	struct stream *t = &at->study->stream[side];
	uint32_t offset = from - t->next;
	bool direct = offset == 0 && t->window == 0;
	struct slice first[2] = { front_of(at, CLIENT), front_of(at, SERVER) };

	if (offset >= WINDOW_BYTES)		/* old, or far ahead */
		return;
	if (direct)
		first[side] = data;
	else if (keep(at, side, offset, data))
		first[side] = front_of(at, side);
	if (slice_more(first[side]))
		claim(at, first);
	if (at->study == NULL || at->study->stage == ASKING)
		return;
	if (at->study->stage == OPENING) {
		if (direct)
			(void)keep(at, side, 0, data);
		return;
	}
	read_window(at, !side);
	if (at->study == NULL || at->study->stage != READING)
		return;
	if (direct)
		read_direct(at, side, data, wire_len);
	else
		read_window(at, side);
}

static void tcp_segment(struct at *at, enum side side, const struct step *st)
{
	const struct packet *p = at->p;
	struct stream *t = &at->study->stream[side];
	uint32_t from = p->seq + (p->tcp_flags & TCP_SYN ? 1 : 0);

	if (!t->begun) {
		t->begun = true;
		t->next = from - st->hole;
	}
	skip_ahead(at, side, from);
	at->study->packets++;
	if (at->study->stage == OPENING)
		open_segment(at, side, from, p->payload, p->wire_len);
	else
		read_segment(at, side, from, p->payload, p->wire_len);
}

static void tcp_packet(struct at *at, enum side side, const struct step *st)
{
	const struct packet *p = at->p;

	if (p->tcp_flags & TCP_RST)
		return;
	if (at->study->stage == ASKING) {
		if (st->new_bytes > 0)
			show_ndpi(at, side, p->payload);
		return;
	}
	if (p->wire_len > 0)
		tcp_segment(at, side, st);
	if (p->tcp_flags & TCP_ACK && at->study != NULL &&
	    at->study->stream[!side].begun)
		holes_acked(at, !side, at->f->half[st->dir].acked);
}

static void udp_packet(struct at *at, enum side side)
{
	struct slice first[2] = { slice_of(NULL, 0), slice_of(NULL, 0) };

	if (at->p->payload.n == 0)
		return;
	if (at->study->stage == ASKING) {
		show_ndpi(at, side, at->p->payload);
		return;
	}
	at->study->packets++;
	if (at->study->stage == OPENING) {
		first[side] = at->p->payload;
		claim(at, first);
	}
	if (at->study != NULL && at->study->stage == READING)
		(void)read_some(at, side, at->p->payload);
}

void study_packet(struct studies *s, const struct step *st,
    const struct packet *p)
{
	struct at at = { .s = s, .f = st->flow, .p = p };
	enum side side = st->dir == UP ? CLIENT : SERVER;
	bool tcp = p->proto == IPPROTO_TCP;

	at.study = pool_at(&s->studies, at.f->study);
	if (at.study == NULL && (tcp || p->proto == IPPROTO_UDP)) {
		at.study = pool_get(&s->studies);
		at.f->study = pool_index(&s->studies, at.study);
		s->counts.studied++;
	}
	if (at.study == NULL) {
		s->counts.refused += tcp || p->proto == IPPROTO_UDP;
		finish(&at);
	} else if (tcp) {
		tcp_packet(&at, side, st);
	} else {
		udp_packet(&at, side);
	}
}
