/*
 * holes.c - a short sorted list of ranges.
 */
#include "flow/holes.h"

#include <string.h>

static void drop(struct holes *h, uint32_t i)
{
	memmove(&h->hole[i], &h->hole[i + 1],
	    (--h->n - i) * sizeof(h->hole[0]));
}

static void insert(struct holes *h, uint32_t i, uint32_t from, uint32_t to)
{
	memmove(&h->hole[i + 1], &h->hole[i],
	    (h->n++ - i) * sizeof(h->hole[0]));
	h->hole[i] = (struct hole){ from, to };
}

struct hole holes_pop(struct holes *h)
{
	struct hole lowest = h->hole[0];

	drop(h, 0);
	return lowest;
}

struct hole holes_add(struct holes *h, uint32_t from, uint32_t to)
{
	struct hole gone = { 0, 0 };

	if (h->n > 0 && h->hole[h->n - 1].to == from) {
		h->hole[h->n - 1].to = to;
		return gone;
	}
	if (h->n == HOLES_MAX)
		gone = holes_pop(h);
	insert(h, h->n > 0 && seq_ahead(from, h->hole[0].from) < 0 ? 0 : h->n,
	    from, to);
	return gone;
}

/* Take [a, b) out of hole i; returns how many holes stand in its place. */
static uint32_t shrink(struct holes *h, uint32_t i, uint32_t a, uint32_t b,
    struct filled *f)
{
	struct hole old = h->hole[i];
	uint32_t left = 0;

	drop(h, i);
	if (b != old.to) {
		insert(h, i, b, old.to);
		left++;
	}
	if (a != old.from && h->n < HOLES_MAX) {
		insert(h, i, old.from, a);
		left++;
	} else if (a != old.from) {
		f->forgotten += a - old.from;
	}
	return left;
}

struct filled holes_fill(struct holes *h, uint32_t from, uint32_t to,
    uint32_t mark)
{
	struct filled f = { 0, 0, 0 };

	for (uint32_t i = 0; i < h->n; i++) {
		struct hole x = h->hole[i];
		uint32_t a = seq_ahead(from, x.from) > 0 ? from : x.from;
		uint32_t b = seq_ahead(to, x.to) < 0 ? to : x.to;

		if (seq_ahead(b, a) <= 0)
			continue;
		f.bytes += b - a;
		f.below += seq_below(a, b, mark);
		i += shrink(h, i, a, b, &f) - 1;
	}
	return f;
}

uint32_t holes_below(const struct holes *h, uint32_t mark)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < h->n; i++)
		n += seq_below(h->hole[i].from, h->hole[i].to, mark);
	return n;
}

uint32_t holes_above(const struct holes *h, uint32_t mark)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < h->n; i++)
		n += h->hole[i].to - h->hole[i].from;
	return n - holes_below(h, mark);
}
