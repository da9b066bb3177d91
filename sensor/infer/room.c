/*
 * room.c - the pool behind room.h.
 */
#include <stdlib.h>

#include "infer/room.h"

struct infer_room *infer_room_new(uint32_t flows)
{
	struct infer_room *r = calloc(1, sizeof(*r));

	if (r != NULL && !pool_init(&r->annexes, sizeof(struct annex), flows)) {
		free(r);
		return NULL;
	}
	return r;
}

void infer_room_free(struct infer_room *r)
{
	if (r == NULL)
		return;
	pool_free(&r->annexes);
	free(r);
}

struct annex *annex_peek(const struct infer *i)
{
	return i->room ? pool_at(&i->room->annexes, i->annex) : NULL;
}

struct annex *annex_get(struct infer *i)
{
	if (i->annex == 0 && i->room != NULL)
		i->annex = pool_index(&i->room->annexes,
		    pool_get(&i->room->annexes));
	return annex_peek(i);
}

void annex_put(struct infer *i)
{
	struct annex *a = annex_peek(i);

	if (a == NULL || a->n_held > 0 || a->group.n > 0 ||
	    a->group.flushed > 0 || a->chain.parts > 0)
		return;
	pool_put(&i->room->annexes, a);
	i->annex = 0;
}
