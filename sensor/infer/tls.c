/*
 * tls.c - application records of a TLS connection as units of a turn.
 *
 * Follows the handshake far enough to know where application data begins
 * and what one record adds to its content: 17 bytes in TLS 1.3 (RFC 8446
 * 5.2), in TLS 1.2 what the Finished message shows, being 16 bytes long.
 * HTTP/2 (RFC 9113) is known by its control frames, which have fixed sizes.
 */
#include "infer/room.h"

enum {
	HEADER = 5,
	FINISHED = 16,		/* TLS 1.2: 4 bytes of header, 12 of data */
	FINISHED_256 = 4 + 32 + 17, FINISHED_384 = 4 + 48 + 17, /* TLS 1.3 */
	/*
	 * HTTP/2 control frames: SETTINGS ACK 9, WINDOW_UPDATE 13, PING 17,
	 * two WINDOW_UPDATEs 26.  A request whose fields all are in HPACK's
	 * tables is hardly larger; some are as large.
	 */
	CONTROL = 26, PING = 17,
	QUIET_US = 100000,	/* no window opens that long after data */
	WINDOW_UPDATE = 13, UPDATES = 64, FEW = 4,
	/* HTTP/1.1: a method, a path, the version and Host take more. */
	SHORT_REQUEST = 40, LAST_CHUNK = 5,
	OPAQUE_UP = 48, OPAQUE_DOWN = 100,
	FULL = 1200		/* no sender's largest record is smaller */
};

struct pass {				/* one segment's way through */
	struct infer *i;
	const struct segment *s;
	const struct out *o;
};

static void running(struct infer *i, bool tls13, uint32_t tag_bytes)
{
	i->tls13 = tls13;
	i->tag = (uint8_t)tag_bytes;
	i->hello = HELLO_DONE;
}

/* True when the record is part of the handshake. */
static bool hello(struct infer *i, enum dir d, const struct record *r)
{
	bool leads = d == UP || i->packets[UP] == 0;

	if (i->hello == HELLO_DONE)
		return r->type != 23;
	if (r->type == 20 && leads) {
		i->hello = HELLO_CCS;
	} else if (r->type == 22 && i->hello == HELLO_CCS && leads) {
		/* TLS 1.2: the first protected message, of known length. */
		running(i, false, r->len > FINISHED && r->len < 128 ?
		    r->len - FINISHED : 24);
	} else if (r->type == 23 && d == UP) {
		running(i, true, 17);
		/* TLS 1.3: the client's Finished, unless that was missed. */
		i->guessed = r->len != FINISHED_256 && r->len != FINISHED_384;
		return r->len == FINISHED_256 || r->len == FINISHED_384;
	} else if (r->type == 23 && leads && i->units[UP] > 0) {
		running(i, true, 17);	/* the client has answered unseen */
		i->guessed = i->hello != HELLO_SERVER;
		return false;
	} else if (r->type == 23 && i->hello == HELLO_CCS && leads) {
		i->hello = HELLO_SERVER;
	}
	return true;
}

/*
 * On a tap that sees the server only: its flight was answered, or, when its
 * records could not be read, the client has spoken twice.
 */
void tls_unseen(struct infer *i, enum dir d)
{
	if (i->units[d] < UINT8_MAX)
		i->units[d]++;
	if (d == UP && i->hello != HELLO_DONE &&
	    (i->hello == HELLO_SERVER || i->units[UP] > 1)) {
		i->guessed = i->hello != HELLO_SERVER;
		running(i, true, 17);
	}
}

/*
 * Two equal small records ahead of the first response: session tickets.
 * Only the second tells; the turn taken at the first is taken back.
 */
static bool ticket(struct infer *i, const struct unit *u)
{
	if (!i->tls13 || !i->first || i->units[DOWN] != 1 || u->app < 100 ||
	    u->app > 700 || i->down_app != u->app || i->pending)
		return false;
	i->down_app = i->down_over = i->down_first = 0;
	i->phase = ASKING;
	return true;
}

/*
 * A control frame, or what else is neither request nor response.  Without
 * HTTP/2 a small record may be a message (WebSocket): only the sizes that
 * control frames have are set aside, and 100 Continue (25).
 */
static bool control(const struct infer *i, uint32_t app)
{
	if (i->h2 || app <= WINDOW_UPDATE)
		return app <= CONTROL;
	return app == 17 || app == 25 || app == CONTROL;
}

/* SETTINGS of n entries (9 + 6n), perhaps with a WINDOW_UPDATE (13). */
static bool settings_size(uint32_t app)
{
	return app > WINDOW_UPDATE && app < 80 && ((app - 9) % 6 == 0 ||
	    (app >= 22 && (app - 22) % 6 == 0));
}

/*
 * The server's first record is SETTINGS: no response of HTTP/1 is so short.
 * If it has no such size, but would with what TLS 1.2 adds, it is TLS 1.2.
 */
static bool settings(struct infer *i, struct unit *u)
{
	if (!i->first || i->h2 || i->units[DOWN] > 3 ||
	    (i->down_app > 0 && i->phase != IDLE))
		return false;
	if (settings_size(u->app))
		return true;
	if (!i->guessed || u->app < 7 || !settings_size(u->app - 7))
		return false;
	running(i, false, 24);
	i->guessed = false;
	u->app -= 7;
	u->over += 7;
	return true;
}

/*
 * WINDOW_UPDATEs while an upload is under way.  Some servers put many into
 * one record, which can look like a response: then only what comes before
 * the whole upload was acknowledged, or a server known to do so, counts.
 */
static bool window_updates(struct infer *i, const struct unit *u)
{
	const struct request *r = i->pending ? &i->pend : &i->cur;

	if (!i->h2 || r->app < UPLOAD || i->phase == IDLE ||
	    u->app % WINDOW_UPDATE != 0 || u->app > UPDATES * WINDOW_UPDATE)
		return false;
	if (u->app <= FEW * WINDOW_UPDATE)
		return true;
	if (i->sides != DOWN_ONLY && (int32_t)(r->end - u->ack) > 0)
		i->batches = true;
	return i->batches && !r->ended;
}

/*
 * The handshake was missed in part, and TLS 1.3 supposed: no control frame
 * of HTTP/2 would be 16, 20 or 24 bytes, but 9, 13 and 17 in TLS 1.2.
 */
static void reconsider(struct infer *i, struct unit *u)
{
	if (!i->guessed || (u->app != 16 && u->app != 20 && u->app != 24))
		return;
	running(i, false, 24);
	i->guessed = false;
	i->h2 = true;
	u->app -= 7;
	u->over += 7;
}

/*
 * An answer does not come while the request is incomplete, or, where one
 * thing is done at a time, before the server has it all: session tickets do.
 */
static bool incomplete(const struct infer *i, const struct request *r,
    uint32_t ack)
{
	return walk_owed(&i->walk[UP]) > 0 || (!i->h2 &&
	    i->sides == BOTH_SIDES && (int32_t)(r->end - ack) > 0);
}

static void down(struct infer *i, struct unit *u, const struct out *o)
{
	const struct request *r = i->pending ? &i->pend : &i->cur;

	if ((u->app == 9 && i->units[DOWN] < 6) || settings(i, u)) {
		i->h2 = true;
		u->counts = false;
	} else {
		u->counts = !control(i, u->app) && !window_updates(i, u);
	}
	if (r->app >= UPLOAD && (i->phase == ASKING || i->pending) &&
	    incomplete(i, r, u->ack))
		u->counts = false;
	if (!ticket(i, u))
		turn_down(i, u, o);
	if (i->units[DOWN] < UINT8_MAX)
		i->units[DOWN]++;
}

/*
 * Between PING and two WINDOW_UPDATEs lies only SETTINGS ACK with another
 * frame, at the beginning.  Windows open as data are read: what comes when
 * all has long been quiet is a request.
 */
static bool small_request(const struct infer *i, const struct unit *u)
{
	if (!i->h2 || u->app <= PING || u->app > CONTROL ||
	    i->units[UP] < FEW)
		return false;
	return (u->app != 2 * WINDOW_UPDATE || (i->phase == ANSWERING &&
	    !i->pending && u->at_us - i->down_us > QUIET_US));
}

/*
 * What HTTP/1.1 never says: the client speaks, not in the course of a body,
 * and it is too short for a request.  These are messages, of a WebSocket
 * (RFC 6455: a control frame of a client has 6 bytes and more).
 */
static void messages(struct infer *i, const struct unit *u)
{
	if (i->h2 || i->guessed || i->phase == ASKING || i->units[UP] == 0 ||
	    u->app <= LAST_CHUNK || u->app >= SHORT_REQUEST)
		return;
	i->messages = true;
	if (i->requests > 1)
		i->requests = 1;	/* the one that opened it */
}

static void up(struct infer *i, struct unit *u, const struct out *o)
{
	u->counts = !control(i, u->app) || small_request(i, u);
	if ((u->app == 9 || u->app == WINDOW_UPDATE) && i->units[UP] < 12)
		i->h2 = true;
	messages(i, u);
	if (i->units[UP] < UINT8_MAX)
		i->units[UP]++;
	turn_up(i, u, o);
}

/*
 * Framing of n bytes whose records were not seen.  Servers of HTTP/2 spill
 * what frame headers add into a third record every 32 KiB (nginx), or into a
 * second one every 16 KiB (Go, node), which comes to the same.
 */
static uint32_t framing(const struct infer *i, enum dir d, uint32_t n)
{
	uint32_t one = record_over(i);

	if (d == DOWN && i->h2)
		return (uint32_t)((uint64_t)n * 3 * one /
		    (2 * 16384 + 36 + 3 * one));
	return (uint32_t)((uint64_t)n * one / (16384 + one));
}

/* Bytes that were seen, and begin no record; not what was moved over. */
static void bare(struct infer *i, const struct segment *s,
    const struct record *r)
{
	uint32_t skip = s->wire_len - s->new_bytes, lo = s->seq + skip;
	uint32_t at = r->end - r->len;
	uint32_t seen = lo +
	    (s->data.n > skip ? (uint32_t)s->data.n - skip : 0);

	if ((int32_t)(at - lo) < 0)
		at = lo;
	if ((int32_t)(seen - r->end) > 0)
		seen = r->end;
	if ((int32_t)(seen - at) > 0)
		trail_bare(i, at, r->end - at, seen - at);
}

static void see(const struct record *r, void *arg)
{
	struct pass *p = arg;
	struct infer *i = p->i;
	enum dir d = p->s->dir;
	struct unit u = { .at_us = p->s->at_us, .end = r->end,
		.ack = p->s->ack, .skipped = r->skipped, .full = r->len >= FULL &&
		(r->type == 0 || r->len >= p->i->walk[d].full) };

	if (r->type == 0) {
		u.blind = true;
		u.over = framing(i, d, r->len);
		u.app = r->len - u.over;
		u.counts = r->len > (d == UP ? OPAQUE_UP : OPAQUE_DOWN);
		if (i->hello != HELLO_DONE && walk_follows(&i->walk[d]))
			return;
		if (d == DOWN && i->h2 && p->s->new_bytes > 0)
			bare(i, p->s, r);
		if (d == UP)
			turn_up(i, &u, p->o);
		else
			turn_down(i, &u, p->o);
		return;
	}
	if (hello(i, d, r))
		return;
	u.over = record_over(i);
	if (u.over > HEADER + r->len)
		u.over = HEADER + r->len;
	u.app = HEADER + r->len - u.over;
	reconsider(i, &u);
	if (d == UP)
		up(i, &u, p->o);
	else
		down(i, &u, p->o);
}

void tls_segment(struct infer *i, const struct segment *s,
    const struct out *o)
{
	struct pass p = { i, s, o };

	turn_bytes(i, s, o);
	walk(&i->walk[s->dir], s, see, &p);
}

/* What was moved over came when its side was last heard of. */
void tls_behind(struct infer *i, const struct out *o)
{
	struct segment s = { .at_us = i->down_us, .dir = DOWN };
	struct pass p = { i, &s, o };

	walk_behind(&i->walk[DOWN], see, &p);
	s.dir = UP;
	s.at_us = i->cur.last_us;
	walk_behind(&i->walk[UP], see, &p);
}
