/*
 * pool.c - a free list inside one anonymous mapping.
 */
#include "base/pool.h"

#include <string.h>
#include <sys/mman.h>

static size_t pool_bytes(const struct pool *p)
{
	return ((size_t)p->max + 1) * p->size;
}

bool pool_init(struct pool *p, size_t size, uint32_t max)
{
	*p = (struct pool){ .size = (size + 7) / 8 * 8, .max = max };
	p->items = mmap(NULL, pool_bytes(p), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p->items == MAP_FAILED) {
		p->items = NULL;
		return false;
	}
	return true;
}

void pool_free(struct pool *p)
{
	if (p->items != NULL)
		munmap(p->items, pool_bytes(p));
	*p = (struct pool){ 0 };
}

void *pool_take(struct pool *p)
{
	void *object;

	if (p->free_head != 0) {
		object = pool_at(p, p->free_head);
		memcpy(&p->free_head, object, sizeof(p->free_head));
	} else if (p->fresh < p->max) {
		object = pool_at(p, ++p->fresh);
	} else {
		p->refused++;
		return NULL;
	}
	p->used++;
	return object;
}

void *pool_get(struct pool *p)
{
	bool used = p->free_head != 0;	/* a fresh slot is zero already */
	void *object = pool_take(p);

	if (used)
		memset(object, 0, p->size);
	return object;
}

void pool_put(struct pool *p, void *object)
{
	if (object == NULL)
		return;
	memcpy(object, &p->free_head, sizeof(p->free_head));
	p->free_head = pool_index(p, object);
	p->used--;
}
