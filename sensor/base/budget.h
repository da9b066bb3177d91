/*
 * budget.h - memory beyond fixed state, for what cannot do without it.
 *
 * A decompressor needs a window as large as its stream asks for, a
 * multiplexed connection as many streams as it has open.  Such memory is
 * taken from a budget: bounded in sum, counted when refused, and given back
 * piece by piece.  One thread per budget.
 */
#ifndef BASE_BUDGET_H
#define BASE_BUDGET_H

#include <stddef.h>
#include <stdint.h>

struct budget {
	size_t max_bytes, used_bytes;
	uint64_t refused;		/* nothing was left */
	uint64_t evicted;		/* given up by their owner for others */
	uint64_t capped;		/* unpacking stopped: too much came */
};

/* Zeroed; NULL when the budget, or the machine, has no more. */
void *budget_take(struct budget *b, size_t n);
/* As realloc(): NULL leaves `old` as it is; what is new is not zeroed. */
void *budget_resize(struct budget *b, void *old, size_t n);
/* It goes back to where it was taken from; NULL is allowed. */
void budget_put(void *memory);

#endif
