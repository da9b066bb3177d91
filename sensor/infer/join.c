/*
 * join.c - chains of equal parts.
 *
 * A part follows when it comes soon and is as big as the first one.  A
 * smaller one follows as the last, if the first was of a size that parts
 * have: multiples of 256 KiB (Google), of 320 KiB (OneDrive, Graph), of
 * 4 MiB (Dropbox), 128 and 512 KiB (Telegram); or if there were three.
 */
#include <stdlib.h>

#include "base/table.h"
#include "infer/join.h"

enum {
	GAP_US = 2000000,		/* between parts, at least */
	LAST_GAP_US = 1000000,		/* before the last, smaller one */
	HEADERS = 700,			/* parts differ by their headers */
	KIB = 1024
};

static uint64_t differ(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* A size that makers of clients choose, within headers and 0.15 %. */
static bool usual(uint64_t n)
{
	static const uint32_t steps[] = { 128 * KIB, 320 * KIB };
	uint64_t slack = HEADERS + n * 15 / 10000;

	if (n > (uint64_t)32 * KIB * KIB + slack)
		return false;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		uint64_t k = (n + steps[i] / 2) / steps[i];

		/* 128 KiB itself, then multiples of 256 KiB */
		if (k == 0 || (i == 0 && k > 1 && k % 2 != 0))
			continue;
		if (differ(n, k * steps[i]) <= slack)
			return true;
	}
	return false;
}

int64_t chain_until(const struct chain *c)
{
	int64_t half = (c->sum.end_us - c->sum.start_us) / (2 *
	    (int64_t)(c->parts ? c->parts : 1));

	return c->sum.end_us + (half > GAP_US ? half : GAP_US);
}

static bool fits(struct chain *c, const struct found *p)
{
	if (c->closed || p->dir != c->sum.dir || p->count > 1 ||
	    p->start_us > chain_until(c))
		return false;
	if (differ(p->bytes, c->ref) <= HEADERS + c->ref * 3 / 1000)
		return true;
	if (p->bytes > c->ref || p->start_us > c->sum.end_us + LAST_GAP_US ||
	    (c->parts < 3 && !usual(c->ref)))
		return false;
	c->closed = true;
	return true;
}

bool chain_takes(struct chain *c, const struct found *p)
{
	if (c->parts == 0) {
		*c = (struct chain){ .sum = *p, .ref = p->bytes, .parts = 1 };
		return true;
	}
	if (!fits(c, p))
		return false;
	c->parts++;
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

struct chains {
	struct chain chain[JOIN_CHAINS];
};

struct join {
	struct table table;
	join_file *file;		/* during a call */
	void *arg;
};

static void complete(struct join *j, const struct join_key *k,
    struct chain *c)
{
	if (c->parts > 0)
		j->file(k, &c->sum, j->arg);
	c->parts = 0;
}

static void evicted(void *value, void *arg)
{
	struct join *j = arg;
	struct chains *s = value;

	for (int i = 0; i < JOIN_CHAINS && j->file != NULL; i++)
		complete(j, table_key(&j->table, s), &s->chain[i]);
}

struct join *join_new(uint32_t keys)
{
	struct join *j = calloc(1, sizeof(*j));

	if (j == NULL || !table_init(&j->table, sizeof(struct join_key),
	    sizeof(struct chains), keys)) {
		free(j);
		return NULL;
	}
	j->table.on_evict = evicted;
	j->table.arg = j;
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

void join_see(struct join *j, const struct join_key *k,
    const struct found *part, join_file *file, void *arg)
{
	struct chains *s;
	struct chain *oldest = NULL, *c;
	bool fresh;

	j->file = file;
	j->arg = arg;
	s = table_make(&j->table, k, &fresh);
	for (int i = 0; i < JOIN_CHAINS; i++) {
		c = &s->chain[i];
		if (c->parts > 0 && chain_takes(c, part))
			return;
		if (c->parts > 0 && part->start_us > chain_until(c))
			complete(j, k, c);
		if (oldest == NULL || c->parts == 0 || (oldest->parts > 0 &&
		    c->sum.end_us < oldest->sum.end_us))
			oldest = c;
	}
	complete(j, k, oldest);
	chain_takes(oldest, part);
}

static void over(struct join *j, int64_t now_us)
{
	void *v, *next;

	for (v = table_oldest(&j->table); v != NULL; v = next) {
		struct chains *s = v;
		struct join_key k;
		bool open = false;

		next = table_newer(&j->table, v);
		memcpy(&k, table_key(&j->table, v), sizeof(k));
		for (int i = 0; i < JOIN_CHAINS; i++) {
			struct chain *c = &s->chain[i];

			if (c->parts > 0 && now_us > chain_until(c))
				complete(j, &k, c);
			open |= c->parts > 0;
		}
		if (!open)
			table_remove(&j->table, &k);
	}
}

void join_idle(struct join *j, int64_t now_us, join_file *file, void *arg)
{
	j->file = file;
	j->arg = arg;
	over(j, now_us);
}

void join_end(struct join *j, join_file *file, void *arg)
{
	join_idle(j, INT64_MAX, file, arg);
}
