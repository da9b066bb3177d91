/*
 * shelf.h - things of any length, kept in chunks of one size.
 *
 * A chain of chunks each: nothing is ever moved, and what one gives back
 * any other can use, so a bounded amount of memory stays usable to its last
 * chunk.  A thing costs half a chunk more than it has bytes, on average.
 */
#ifndef TRACK_SHELF_H
#define TRACK_SHELF_H

#include "base/pool.h"

enum { SHELF_CHUNK = 192 };

struct shelf {
	struct pool chunks;
};

__attribute__((warn_unused_result))
bool shelf_init(struct shelf *s, size_t bytes);
void shelf_free(struct shelf *s);

/* Where n > 0 bytes now lie; 0: no room for them. */
uint32_t shelf_put(struct shelf *s, const void *bytes, size_t n);
/* The n bytes that were put there, into `out`. */
void shelf_read(const struct shelf *s, uint32_t at, void *out, size_t n);
void shelf_drop(struct shelf *s, uint32_t at);

static inline size_t shelf_bytes(const struct shelf *s)
{
	return (size_t)s->chunks.used * SHELF_CHUNK;
}

#endif
