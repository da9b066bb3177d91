/*
 * heard.h - one flow before one dissector, and what it said, word for word:
 * two ways of showing it the same bytes must end in the same words.
 */
#ifndef TESTS_FUZZ_HEARD_H
#define TESTS_FUZZ_HEARD_H

#include <stdlib.h>
#include <string.h>

#include "dissector.h"

enum { SAID_MAX = 16384, KEPT_MAX = 16384 };

struct heard {
	struct dissection d;		/* first: emit() is given it */
	struct budget budget;
	struct addr addr[2];
	const struct dissector *by;
	enum verdict verdict;
	uint8_t said[SAID_MAX];
	size_t n;
};

static inline void hear_bytes(struct heard *h, const void *p, size_t n)
{
	if (n > SAID_MAX - h->n)
		n = SAID_MAX - h->n;
	if (n > 0)
		memcpy(h->said + h->n, p, n);
	h->n += n;
}

static inline void hear(struct dissection *d, const struct fact *fact)
{
	struct heard *h = d->arg;
	uint8_t kind = (uint8_t)fact->kind;

	hear_bytes(h, &kind, 1);
	hear_bytes(h, fact->text.p, fact->text.n);
	hear_bytes(h, fact->detail.p, fact->detail.n);
	hear_bytes(h, &fact->addr, sizeof(fact->addr));
	hear_bytes(h, &fact->ttl_s, sizeof(fact->ttl_s));
}

static inline void heard_begin(struct heard *h, const struct dissector *by)
{
	memset(h, 0, sizeof(*h));
	h->by = by;
	h->verdict = MORE;
	h->budget.max_bytes = 1 << 20;
	h->addr[CLIENT].b[0] = 10;
	h->addr[SERVER].b[0] = 11;
	h->d = (struct dissection){ .emit = hear, .arg = h,
		.budget = &h->budget, .addr = { &h->addr[0], &h->addr[1] },
		.port = { 40000, 443 }, .state = calloc(1, by->state_size + 1) };
	if (h->d.state == NULL)
		abort();
}

/* One datagram, or what a stream has so far; how much is left of it. */
static inline size_t heard_feed(struct heard *h, enum side from,
    const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n + 1);	/* just so long, for ASan */
	struct slice in;

	if (copy == NULL)
		abort();
	if (n > 0)
		memcpy(copy, p, n);
	in = slice_of(copy, n);
	if (h->verdict == MORE)
		h->verdict = h->by->feed(&h->d, from, &in);
	if (in.n > n)
		abort();
	free(copy);
	return in.n;
}

/* A stream in pieces of `step` bytes. */
static inline void heard_stream(struct heard *h, enum side from,
    struct slice all, size_t step)
{
	size_t begin = 0, end = 0;

	while (end < all.n && h->verdict == MORE) {
		end += step < all.n - end ? step : all.n - end;
		begin = end - heard_feed(h, from, all.p + begin, end - begin);
		if (end - begin > KEPT_MAX)
			return;
	}
}

static inline void heard_end(struct heard *h)
{
	if (h->by->close != NULL)
		h->by->close(h->d.state);
	if (h->budget.used_bytes != 0)
		abort();
	free(h->d.state);
}

static inline void heard_same(const struct heard *a, const struct heard *b)
{
	if (a->n != b->n || memcmp(a->said, b->said, a->n) != 0)
		abort();
}

#endif
