/*
 * index.h - from a hash to a flow in one cache line.
 *
 * Lines of fifteen slots; a slot holds eight bits of the hash and the flow's
 * place in the pool, so a lookup touches one line and, nearly always, one
 * flow.  A full line overflows into the next and counts how many of its own
 * went there, so removal needs no tombstones.  Never grows: reserve for the
 * maximum, memory is only used when touched.
 */
#ifndef FLOW_INDEX_H
#define FLOW_INDEX_H

#include "flow/flow.h"

enum { INDEX_SLOTS = 15, INDEX_PLACE_BITS = 24 };

struct index_line {
	uint32_t slot[INDEX_SLOTS];
	uint32_t overflowed;		/* flows of this line that sit later */
};

struct index {
	struct index_line *lines;
	uint32_t mask;
};

__attribute__((warn_unused_result))
bool index_init(struct index *x, uint32_t max);
void index_free(struct index *x);
void index_put(struct index *x, uint32_t hash, uint32_t place);
void index_remove(struct index *x, uint32_t hash, uint32_t place);

static inline const struct index_line *index_line(const struct index *x,
    uint32_t hash)
{
	return &x->lines[hash & x->mask];
}

static inline uint32_t index_slot(uint32_t hash, uint32_t place)
{
	return hash >> INDEX_PLACE_BITS << INDEX_PLACE_BITS | place;
}

static inline uint32_t index_place(uint32_t slot)
{
	return slot & ((1u << INDEX_PLACE_BITS) - 1);
}

/* Could this slot be that of `hash`?  Empty slots are zero. */
static inline bool index_fits(uint32_t slot, uint32_t hash)
{
	return ((slot ^ hash) >> INDEX_PLACE_BITS) == 0 && slot != 0;
}

#endif
