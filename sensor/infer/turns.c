/*
 * turns.c - requests and responses, told from the order of the directions.
 *
 * A client asks, a server answers, and most of the time the next request
 * waits for the answer.  So the bytes between two requests are one object.
 * A request sent while an answer is arriving is kept apart (`pend`) until
 * the server can have seen it, which its ACKs prove; what still arrives
 * before that belongs to the answer under way.  If that is much, the two
 * overlap, and are reported as one group with a count.
 */
#include "infer/room.h"

enum {
	END_STREAM = 9,		/* HTTP/2: an empty DATA frame */
	OVERLAP = 4096,		/* late bytes that prove an overlap */
	UNASKED = 1000,		/* not a ticket, not SETTINGS */
	BULK = 536,		/* a segment of them; less may be control */
	SKEW_US = 3000,		/* two taps' clocks and buffers may differ */
	RESUME_US = 150000,	/* an upload goes on within this time */
	RESUME_BYTES = 8192	/* after no more than this was answered */
};

static bool after(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

static uint32_t rtt(const struct infer *i)
{
	return i->rtt_us ? i->rtt_us : 50000;
}

static void open_request(struct request *r, const struct unit *u)
{
	*r = (struct request){ .start_us = u->at_us, .last_us = u->at_us,
		.app = u->app, .over = u->over, .end = u->end,
		.first = u->blind ? 0 : u->app, .n = 1, .full = u->full,
		.body = u->app >= BODY / 2 };
}

static void more_request(struct request *r, const struct unit *u)
{
	r->app += u->app;
	r->over += u->over;
	r->end = u->end;
	r->last_us = u->at_us;
	r->full = u->full;
	r->body |= u->app >= BODY / 2;
	r->ended = false;
	if (u->app < BODY && !u->blind && !u->full)
		r->n = (uint16_t)(r->n + (r->n < UINT16_MAX));
}

void turn_close(struct infer *i, const struct out *o)
{
	if (i->phase != IDLE)
		close_current(i, o);
	if (i->pending) {
		i->cur = i->pend;
		i->pending = false;
		close_current(i, o);
	}
	i->phase = IDLE;
}

/* The server went on answering before it could know of the new request. */
static void overlap(struct infer *i)
{
	struct request *c = &i->cur, *p = &i->pend;

	c->n = (uint16_t)(c->n + p->n < UINT16_MAX ? c->n + p->n :
	    UINT16_MAX);
	c->app += p->app;
	c->over += p->over;
	c->last_us = p->last_us;
	c->overlapped = 1;
	i->pending = false;
	i->phase = ANSWERING;
}

/*
 * Something was answered while an upload was under way.  The upload is not
 * over if its last record was as large as records get.
 */
static bool upload_goes_on(const struct infer *i, const struct unit *u)
{
	return (i->h2 || i->wire == WIRE_QUIC) && i->sides != DOWN_ONLY &&
	    i->cur.app >= UPLOAD && i->cur.full &&
	    i->down_app < RESUME_BYTES && u->full &&
	    u->at_us - i->cur.last_us < RESUME_US;
}

void turn_up(struct infer *i, const struct unit *u, const struct out *o)
{
	struct request *r = i->pending ? &i->pend : &i->cur;

	if (!u->counts) {
		r->ended |= u->app == END_STREAM && r->app >= UPLOAD;
		if (u->blind && r->app >= UPLOAD)
			r->app += u->app;	/* the end of a record */
		return;
	}
	if (i->pending) {
		more_request(&i->pend, u);
	} else if (i->phase == IDLE) {
		open_request(&i->cur, u);
		i->phase = ASKING;
	} else if (i->phase == ASKING) {
		more_request(&i->cur, u);
	} else if (upload_goes_on(i, u)) {
		more_request(&i->cur, u);
		i->phase = ASKING;
	} else {
		open_request(&i->pend, u);
		i->pending = true;
		i->latec = 0;
		media_tick(i, u->at_us, 0, true, o);
	}
}

static bool is_late(const struct infer *i, int64_t at_us, uint32_t ack)
{
	if (i->sides == DOWN_ONLY)
		return false;
	if (i->wire == WIRE_QUIC)
		return at_us - i->pend.start_us < rtt(i) / 8 * 7;
	if (i->sides == UP_ONLY)
		return at_us - i->pend.start_us < rtt(i) / 4;
	return after(i->pend.end, ack);
}

static void add_down(struct infer *i, const struct unit *u)
{
	if (i->down_first == 0)
		i->down_first = u->app;
	i->down_app += u->app;
	i->down_over += u->over;
}

/* An answer to a request that the tap missed, or that was never made. */
static void open_unasked(struct infer *i, const struct unit *u)
{
	i->cur = (struct request){ .start_us = u->at_us, .last_us = u->at_us,
		.end = u->ack, .n = 1 };
	i->phase = ANSWERING;
}

void turn_down(struct infer *i, const struct unit *u, const struct out *o)
{
	if (i->phase == IDLE && u->counts && u->app >= UNASKED)
		open_unasked(i, u);
	if (i->pending && u->counts && !is_late(i, u->at_us, u->ack)) {
		close_current(i, o);
		i->cur = i->pend;
		i->pending = false;
		i->phase = ANSWERING;
	} else if (i->phase == ASKING && u->counts) {
		i->phase = ANSWERING;
	}
	if (i->phase != IDLE) {
		i->down_us = u->at_us;
		if (u->counts || i->down_app > 0)
			add_down(i, u);
		if (i->h2 && i->wire == WIRE_TLS && !u->blind)
			split_record(i, u, most_requests(i));
	}
}

static void progress(struct infer *i, int64_t at_us, const struct out *o)
{
	uint16_t now_s = (uint16_t)(at_us / 1000000);
	struct found f;

	if (i->phase == IDLE || at_us - i->cur.start_us < MINUTE_US ||
	    (uint16_t)(now_s - i->said_s) < 60)
		return;
	i->said_s = now_s;
	f = i->phase == ASKING ? body(i, &i->cur) : response(i);
	f.progress = true;
	if (worth(i, &f))
		o->found(&f, o->arg);
}

void turn_bytes(struct infer *i, const struct segment *s, const struct out *o)
{
	uint32_t n = s->new_bytes + s->hole;
	bool late = i->pending && is_late(i, s->at_us, s->ack);

	/* What answers the next request does not prolong this one. */
	if (s->dir == DOWN && n > 0 && i->phase == ANSWERING &&
	    (!i->pending || late))
		i->down_us = s->at_us;
	if (s->dir == UP && i->phase == ASKING)
		i->cur.last_us = s->at_us;
	if (s->dir == DOWN && n > 0 && late) {
		if (!i->pend.crossed && i->crossed < UINT8_MAX)
			i->crossed++;
		i->pend.crossed = 1;
		if (s->at_us - i->pend.start_us > SKEW_US && n >= BULK)
			i->latec += n;
		if (i->latec > OVERLAP)
			overlap(i);
	}
	progress(i, s->at_us, o);
}
