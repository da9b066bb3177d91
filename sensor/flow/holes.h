/*
 * holes.h - which ranges of a TCP direction were not seen.
 *
 * Sequence numbers live on a circle (RFC 9293 3.4): comparisons hold within
 * 2^31 of each other.
 */
#ifndef FLOW_HOLES_H
#define FLOW_HOLES_H

#include <stdbool.h>
#include <stdint.h>

enum { HOLES_MAX = 32 };

struct hole {
	uint32_t from, to;		/* from == to: none */
};

struct holes {
	uint32_t n;
	struct hole hole[HOLES_MAX];	/* lowest first, apart */
};

struct filled {
	uint32_t bytes;			/* taken out of holes */
	uint32_t below;			/* of these: below the mark */
	uint32_t forgotten;		/* given up: no room for a split */
};

/* Positive when a is ahead of b. */
static inline int32_t seq_ahead(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* How much of [from, to) lies below `mark`. */
static inline uint32_t seq_below(uint32_t from, uint32_t to, uint32_t mark)
{
	if (seq_ahead(mark, from) <= 0)
		return 0;
	return seq_ahead(mark, to) >= 0 ? to - from : mark - from;
}

/*
 * [from, to) is missing, above all other holes or below them.  When there
 * are too many, the lowest one is forgotten and returned.
 */
struct hole holes_add(struct holes *h, uint32_t from, uint32_t to);

/* [from, to) has arrived: take it out. */
struct filled holes_fill(struct holes *h, uint32_t from, uint32_t to,
    uint32_t mark);

/* Take the lowest hole out. */
struct hole holes_pop(struct holes *h);

/* Bytes missing below `mark`; above it. */
uint32_t holes_below(const struct holes *h, uint32_t mark);
uint32_t holes_above(const struct holes *h, uint32_t mark);

#endif
