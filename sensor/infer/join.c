/*
 * join.c - chains of equal parts.
 *
 * A part follows when it comes soon and is as big as the first one.  A
 * smaller one follows as the last, if the first was of a size that parts
 * have: 256 KiB and its doubles (Google, Dropbox), 320 KiB and its doubles
 * (OneDrive, Graph, S3), 128 and 512 KiB (Telegram); or if there were three.
 */
#include <stdlib.h>

#include "base/table.h"
#include "infer/join.h"

enum {
	GAP_US = 2000000,		/* between parts, at least */
	LAST_GAP_US = 1000000,		/* before the last, smaller one */
	MAX_GAP_US = 10000000,
	LONG_US = 10000000,		/* nobody waits for its next part */
	HEADERS = 700,			/* parts differ by their headers */
	CLOSE = 400,			/* by less, on one kind of server */
	SURE = 95,			/* both sides seen, nothing shared */
	EXACT = 120,			/* and never too small by more */
	PART_MIN = 100000,		/* nobody cuts files smaller */
	KIB = 1024
};

static uint64_t differ(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* Equal but for headers, and for what framing was not seen. */
static bool same_size(uint64_t a, uint64_t ref)
{
	return differ(a, ref) <= HEADERS + ref * 3 / 1000;
}

/* A size that makers of clients choose: 128 or 320 KiB, doubled. */
static bool usual(uint64_t n, uint64_t below, uint64_t above)
{
	static const uint64_t units[] = { 128 * KIB, 320 * KIB };

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		for (uint64_t k = units[i]; k <= 32 * KIB * KIB; k *= 2)
			if (n + below >= k && n <= k + above)
				return true;
	return false;
}

int64_t chain_until(const struct chain *c)
{
	int64_t half = (c->sum.end_us - c->sum.start_us) / (2 *
	    (int64_t)(c->parts ? c->parts : 1));

	if (half > MAX_GAP_US)
		half = MAX_GAP_US;
	return c->sum.end_us + (half > GAP_US ? half : GAP_US);
}

static bool fits(struct chain *c, const struct found *p)
{
	if (p->dir != c->sum.dir || p->count > 1 ||
	    (c->closed_us && p->start_us >= c->closed_us) ||
	    p->start_us > chain_until(c))
		return false;
	if (same_size(p->bytes, c->ref))
		return true;
	if (c->closed_us || p->bytes > c->ref ||
	    p->start_us > c->sum.end_us + LAST_GAP_US || (c->parts < 3 &&
	    !usual(c->ref, HEADERS, HEADERS + c->ref * 15 / 10000)))
		return false;
	c->closed_us = p->end_us;
	return true;
}

bool chain_takes(struct chain *c, const struct found *p)
{
	int64_t took_us = p->end_us - p->start_us;

	if (c->parts == 0) {
		*c = (struct chain){ .sum = *p, .ref = p->bytes, .parts = 1,
			.longest_us = took_us };
		return true;
	}
	if (!fits(c, p))
		return false;
	c->parts++;
	if (took_us > c->longest_us)
		c->longest_us = took_us;
	if (p->start_us < c->sum.start_us)
		c->sum.start_us = p->start_us;
	c->sum.bytes += p->bytes;
	c->sum.wire_bytes += p->wire_bytes;
	c->sum.largest = c->sum.bytes;
	if (p->end_us > c->sum.end_us)
		c->sum.end_us = p->end_us;
	if (p->sureness < c->sum.sureness)
		c->sum.sureness = p->sureness;
	c->sum.count = c->sum.count_lo = 1;
	c->sum.count_hi += p->count_hi;	/* if they were no parts */
	return true;
}

/* Where a chain of the same two ends stands. */
struct open {
	struct chain chain;
	struct event first;		/* what is told of it, but for sums */
};

enum { OPEN = 4 };			/* files a client moves at a time */

struct pair {
	struct open open[OPEN];
};

struct key {				/* zero the padding */
	struct addr client, server;
	uint32_t dir;
};

struct join {
	struct table table;
	join_file *file;		/* NULL: tell nobody */
	void *arg;
	int64_t due_us;			/* no chain is over before */
};

/* Two of one size that nobody chooses for parts: rather two files. */
static bool by_chance(const struct chain *c)
{
	return c->parts == 2 && c->closed_us == 0 &&
	    !usual(c->ref, EXACT, CLOSE + c->ref / 450);
}

static void complete(struct join *j, struct open *o)
{
	struct event ev = o->first;
	const struct found *sum = &o->chain.sum;

	if (o->chain.parts > 1) {
		ev.start_us = sum->start_us;
		ev.at_us = sum->end_us;
		ev.up = ev.largest = sum->bytes;
		ev.down = sum->wire_bytes;
		ev.count = by_chance(&o->chain) ? 2 : 1;
		ev.count_lo = 1;
		ev.count_hi = sum->count_hi;
		ev.sureness = sum->sureness;
	}
	if (o->chain.parts > 0 && j->file != NULL)
		j->file(&ev, j->arg);
	o->chain.parts = 0;
}

static void evicted(void *value, void *arg)
{
	struct pair *p = value;

	for (int i = 0; i < OPEN; i++)
		complete(arg, &p->open[i]);
}

struct join *join_new(uint32_t keys, join_file *file, void *arg)
{
	struct join *j = calloc(1, sizeof(*j));

	if (j == NULL || !table_init(&j->table, sizeof(struct key),
	    sizeof(struct pair), keys)) {
		free(j);
		return NULL;
	}
	j->table.on_evict = evicted;
	j->table.arg = j;
	j->file = file;
	j->arg = arg;
	j->due_us = INT64_MAX;
	return j;
}

void join_free(struct join *j)
{
	if (j == NULL)
		return;
	j->file = NULL;
	table_free(&j->table);
	free(j);
}

static struct found part_of(const struct event *ev)
{
	return (struct found){ .start_us = ev->start_us,
		.end_us = ev->at_us, .dir = ev->flags & EVENT_UPLOAD ? UP :
		DOWN, .bytes = ev->up, .wire_bytes = ev->down,
		.largest = ev->largest, .count = ev->count,
		.count_lo = ev->count_lo, .count_hi = ev->count_hi,
		.sureness = ev->sureness };
}

/* Inferred, whole, one object, and not one that had to be told of before. */
static bool joinable(const struct event *ev)
{
	return (ev->method == METHOD_TLS_RECORDS ||
	    ev->method == METHOD_QUIC) && !(ev->flags & EVENT_PROGRESS) &&
	    ev->count == 1 && ev->at_us - ev->start_us < LONG_US;
}

/*
 * Across flows chance brings more together: parts are closer to each other,
 * and two must have come before a smaller one is theirs, or one of exactly a
 * usual size.
 */
static bool follows(const struct chain *c, const struct found *p)
{
	if (same_size(p->bytes, c->ref))
		return differ(p->bytes, c->ref) <= CLOSE + c->ref / 2000;
	return c->parts > 1 || usual(c->ref, EXACT, c->sum.sureness < SURE ?
	    CLOSE + c->ref / 450 : CLOSE / 2 + c->ref / 1200);
}

/* When the last part that could belong to it must have ended. */
static int64_t over_us(const struct chain *c)
{
	return chain_until(c) + c->longest_us + c->longest_us / 4;
}

static void begin(struct join *j, struct open *o, const struct event *ev,
    const struct found *part)
{
	complete(j, o);
	o->first = *ev;
	chain_takes(&o->chain, part);
}

bool join_takes(struct join *j, const struct event *ev)
{
	struct key k = { .client = ev->client, .server = ev->server,
		.dir = ev->flags & EVENT_UPLOAD };
	struct found part = part_of(ev);
	struct open *oldest;
	struct pair *p;
	bool fresh;

	if (!joinable(ev))
		return false;
	p = ev->up < PART_MIN ? table_find(&j->table, &k) :
	    table_make(&j->table, &k, &fresh);
	if (p == NULL)
		return false;
	oldest = &p->open[0];
	for (int i = 0; i < OPEN; i++) {
		struct open *o = &p->open[i];

		if (o->chain.parts > 0 && follows(&o->chain, &part) &&
		    chain_takes(&o->chain, &part)) {
			o->first.flags |= ev->flags & EVENT_LOWER_BOUND;
			return true;
		}
		if (o->chain.parts == 0 || (oldest->chain.parts > 0 &&
		    o->chain.sum.end_us < oldest->chain.sum.end_us))
			oldest = o;
	}
	if (ev->up < PART_MIN)
		return false;
	begin(j, oldest, ev, &part);
	if (over_us(&oldest->chain) < j->due_us)
		j->due_us = over_us(&oldest->chain);
	return true;
}

/* Tell of what is over; when is the next one? INT64_MAX: none is open. */
static int64_t settle(struct join *j, struct pair *p, int64_t now_us)
{
	int64_t due_us = INT64_MAX;

	for (int i = 0; i < OPEN; i++) {
		struct chain *c = &p->open[i].chain;

		if (c->parts > 0 && now_us > over_us(c))
			complete(j, &p->open[i]);
		if (c->parts > 0 && over_us(c) < due_us)
			due_us = over_us(c);
	}
	return due_us;
}

int64_t join_due(const struct join *j)
{
	return j->due_us;
}

void join_until(struct join *j, int64_t now_us)
{
	struct key k;
	void *next;

	if (now_us <= j->due_us)
		return;
	j->due_us = INT64_MAX;
	for (void *v = table_oldest(&j->table); v != NULL; v = next) {
		int64_t due_us = settle(j, v, now_us);

		next = table_newer(&j->table, v);
		if (due_us < j->due_us)
			j->due_us = due_us;
		if (due_us == INT64_MAX) {
			memcpy(&k, table_key(&j->table, v), sizeof(k));
			table_remove(&j->table, &k);
		}
	}
}
