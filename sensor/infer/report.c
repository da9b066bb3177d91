/*
 * report.c - what an exchange of a request and its response amounts to:
 * overheads taken off, groups taken apart, calls and chatter set aside.
 */
#include "infer/room.h"

enum {
	FLOOR = 4000,		/* smaller objects are not reported: their
				   size is mostly header */
	PREFACE = 160,		/* HTTP/2 preface, SETTINGS, WINDOW_UPDATE */
	HELLO_FRAMES = 64,	/* what the preface has at least */
	BROWSER = 300,		/* its first request names many headers */
	REQUEST = 25,		/* a repeated request, HPACK coded */
	TALK = 16, TINY = 700,	/* messages; bytes in each, both ways */
	HEADER = 1000,		/* a first record below is header alone */
	SLOW_US = 5000000, SLOW_RATE = 8000, SLOW_BYTES = 2000000
};

/* Chat that drips in over minutes never adds up to a file. */
static bool drip(const struct found *f)
{
	int64_t us = f->end_us - f->start_us;

	return us > SLOW_US && f->bytes < SLOW_BYTES &&
	    f->bytes * 1000000 < (uint64_t)us * SLOW_RATE;
}

static enum method method_of(const struct infer *i)
{
	return i->wire == WIRE_QUIC ? METHOD_QUIC :
	    i->wire == WIRE_TLS && i->tag ? METHOD_TLS_RECORDS :
	    METHOD_SEGMENTS;
}

/* What precedes the content of a response: its header, not its framing. */
static uint32_t response_header(const struct infer *i)
{
	if (i->wire == WIRE_OPAQUE)
		return 0;
	if (i->down_first < 1024 && i->down_app > 2 * i->down_first)
		return i->down_first;	/* a record of its own */
	if (i->header)
		return i->header;
	return i->wire == WIRE_QUIC ? 150 : i->h2 ? 250 : 350;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/*
 * How many requests the exchange can have had.  Browsers give each a record
 * of its own; libraries put those of one moment together.
 */
uint32_t most_requests(const struct infer *i)
{
	uint64_t app = less(i->cur.app, i->first ? HELLO_FRAMES : 0);
	uint64_t by_size = i->browser ? 1 : app / REQUEST;

	return by_size > i->cur.n ? (uint32_t)by_size : i->cur.n;
}

static uint64_t content(const struct infer *i, uint64_t app, uint64_t header)
{
	uint64_t n = less(app, header);
	uint32_t frame = i->frame ? i->frame : 8192;

	if (!i->h2 || i->wire != WIRE_TLS)
		return n;
	return less(n, 9 * ((n + frame + 8) / (frame + 9)));
}

/* One request, one answer; less sure of the size if one side is unseen. */
static uint8_t alone(const struct infer *i)
{
	return i->sides == BOTH_SIDES ? 95 : 90;
}

struct found response(const struct infer *i)
{
	uint16_t n = i->cur.n;
	struct found f = { .dir = DOWN, .start_us = i->cur.start_us,
		.end_us = i->down_us, .method = method_of(i),
		.wire_bytes = i->down_app + i->down_over };

	f.bytes = content(i, i->down_app, (uint64_t)response_header(i) * n);
	f.largest = f.bytes;
	f.count = n > 1 && (i->role == INFER_FILE) ? n : 1;
	f.count_lo = 1;
	f.count_hi = n;
	f.sureness = n == 1 ? alone(i) : 60;
	return f;
}

struct found body(const struct infer *i, const struct request *r)
{
	struct found f = { .dir = UP, .start_us = r->start_us,
		.end_us = r->last_us, .method = method_of(i),
		.wire_bytes = r->app + r->over };
	uint32_t header = (r->first > 0 && r->first < HEADER) || !i->asked ?
	    r->first : i->asked;

	if (header == 0 || header >= BODY / 2)	/* body came with it */
		header = i->h2 ? 100 : 300;	/* usual sizes */

	f.bytes = r->app;
	if (i->wire != WIRE_OPAQUE)
		f.bytes = less(r->app, header);
	if (i->h2 && i->wire == WIRE_TLS)
		f.bytes = less(f.bytes, 9 * ((f.bytes + 16392) / 16393));
	f.largest = f.bytes;
	f.count = f.count_lo = 1;
	f.count_hi = r->n;
	f.sureness = alone(i);
	return f;
}

/* Of the flow's volume, what nothing has been said of yet. */
static uint64_t unsaid(const struct infer *i)
{
	return less(i->volume, i->reported + i->media);
}

/*
 * A record is counted at its header; it may never have come whole.  True if
 * what is left is worth a report.
 */
bool worth(const struct infer *i, struct found *f)
{
	uint64_t most = unsaid(i);

	if (f->wire_bytes > most)
		f->wire_bytes = most;
	if (f->bytes > f->wire_bytes)
		f->bytes = f->largest = f->wire_bytes;
	return f->bytes >= FLOOR && !drip(f);
}

static void report(struct infer *i, struct found *f, const struct out *o)
{
	if (!worth(i, f))
		return;
	i->reported += f->wire_bytes;
	if (i->wire == WIRE_OPAQUE)
		opaque_report(i, f, o);
	else
		media_report(i, f, o);
}

/* QUIC: some that shared the line, taken apart as far as can be. */
static bool shared(struct infer *i, const struct found *all,
    const struct out *o)
{
	struct found part[QUIC_PARTS];
	uint32_t n = i->wire == WIRE_QUIC ? quic_parts(i, all, part) : 0;

	for (uint32_t k = 0; k < n; k++)
		report(i, &part[k], o);
	return n > 0;
}

/*
 * Requests that shared a record show as more answers than records.  Answers
 * that are headers alone do not prove any: a large one looks like two.
 */
static void some_shared(struct infer *i, const struct part *p, uint32_t n)
{
	uint32_t answers = 0;

	for (uint32_t k = 0; k < n; k++)
		answers += p[k].app > p[k].header;
	if (answers > i->cur.n)
		i->cur.n = (uint16_t)answers;
}

static void close_response(struct infer *i, const struct out *o)
{
	struct found f = response(i);
	struct part *p = NULL;
	uint32_t n = split_parts(i, most_requests(i), &p);

	if (n < 2 && !shared(i, &f, o))
		report(i, &f, o);
	if (n > 1)
		some_shared(i, p, n);
	for (uint32_t k = 0; n > 1 && k < n; k++) {
		f.start_us = p[k].start_us;
		f.end_us = p[k].end_us;
		f.wire_bytes = p[k].app + p[k].over;
		f.bytes = f.largest = content(i, p[k].app, p[k].header ?
		    p[k].header : response_header(i));
		f.count = f.count_lo = f.count_hi = 1;
		f.sureness = p[k].rough ? 60 : 80;
		report(i, &f, o);
	}
	split_clear(i);
}

static void close_body(struct infer *i, const struct out *o)
{
	struct found f;

	if (i->cur.app < UPLOAD && !i->cur.body)
		return;
	f = body(i, &i->cur);
	report(i, &f, o);
	if (!i->cur.overlapped)
		i->cur.n = 1;		/* what it had besides was body */
}

/* Many messages, all tiny: voice, games, keystrokes; never a file. */
static bool talk(const struct infer *i)
{
	return i->cur.n >= TALK &&
	    (i->cur.app + i->down_app) / i->cur.n < TINY;
}

/*
 * Requests of the exchange.  Messages and calls ask for nothing.  Nobody
 * pipelines HTTP/1.1: what else went up was body.
 */
static uint32_t asked_for(const struct infer *i)
{
	if (i->interactive || i->cur.n == 0)
		return 0;
	if (i->messages)
		return i->requests == 0;	/* what opened the channel */
	return i->wire == WIRE_TLS && !i->h2 ? 1 : i->cur.n;
}

/* The exchange under way is over. */
void close_current(struct infer *i, const struct out *o)
{
	if (i->first && i->h2 && i->cur.first < PREFACE && i->cur.n > 1) {
		i->cur.n--;		/* that was the connection preface */
		i->browser = i->cur.app - i->cur.first >= BROWSER;
	}
	i->first = false;
	if (i->cur.n == 1 && (i->asked == 0 || i->cur.first < i->asked) &&
	    i->cur.first > 0 && i->cur.first < HEADER)
		i->asked = (uint16_t)i->cur.first;
	if (talk(i)) {
		uint64_t n = i->cur.app + i->cur.over + i->down_app +
		    i->down_over;

		i->media += n < unsaid(i) ? n : unsaid(i);
		i->cur.n = 0;		/* and those are no requests */
		split_clear(i);
	} else {
		close_body(i, o);
		close_response(i, o);
	}
	i->requests += asked_for(i);
	i->down_app = i->down_over = i->down_first = 0;
	i->said_s = 0;
	i->phase = IDLE;
}
