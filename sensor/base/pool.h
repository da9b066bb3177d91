/*
 * pool.h - a bounded number of equal objects, handed out and taken back.
 *
 * Memory is reserved once and touched only as objects are first used, so a
 * generous bound costs nothing until it is needed.  pool_get() returns a
 * zeroed object, or NULL at the bound: the caller evicts, or drops and
 * counts.  Objects have stable indices, half the size of a pointer.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pool {
	unsigned char *items;	/* slot 0 is never handed out: index 0 = none */
	size_t size;		/* bytes per object, a multiple of 8 */
	uint32_t max;		/* objects at most */
	uint32_t used;		/* handed out now */
	uint32_t fresh;		/* slots ever touched */
	uint32_t free_head;	/* linked through the objects' first bytes */
	uint64_t refused;	/* gets at the bound */
};

__attribute__((warn_unused_result))
bool pool_init(struct pool *p, size_t size, uint32_t max);
void pool_free(struct pool *p);
void *pool_get(struct pool *p);		/* zeroed; NULL: all in use */
void *pool_take(struct pool *p);	/* the same, with whatever it held */
void pool_put(struct pool *p, void *object);

static inline void *pool_at(const struct pool *p, uint32_t index)
{
	return index ? p->items + (size_t)index * p->size : NULL;
}

static inline uint32_t pool_index(const struct pool *p, const void *object)
{
	return object == NULL ? 0 : (uint32_t)
	    ((size_t)((const unsigned char *)object - p->items) / p->size);
}

#endif
