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
	if (i->annex != 0)
		pool_put(&i->room->annexes, annex_peek(i));
	i->annex = 0;
}
