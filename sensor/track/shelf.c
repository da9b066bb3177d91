/*
 * shelf.c - chains of chunks from one pool.
 */
#include "track/shelf.h"

#include <string.h>

struct chunk {
	uint32_t next;			/* 0: the last */
	unsigned char bytes[SHELF_CHUNK - sizeof(uint32_t)];
};

bool shelf_init(struct shelf *s, size_t bytes)
{
	size_t chunks = bytes / sizeof(struct chunk);

	return pool_init(&s->chunks, sizeof(struct chunk),
	    chunks > UINT32_MAX - 1 ? UINT32_MAX - 1 : (uint32_t)chunks);
}

void shelf_free(struct shelf *s)
{
	pool_free(&s->chunks);
}

static size_t part(size_t n)
{
	static const struct chunk c;

	return n < sizeof(c.bytes) ? n : sizeof(c.bytes);
}

uint32_t shelf_put(struct shelf *s, const void *bytes, size_t n)
{
	const unsigned char *from = bytes;
	uint32_t first = 0, *link = &first;

	while (n > 0) {
		struct chunk *c = pool_take(&s->chunks);
		size_t here = part(n);

		if (c == NULL) {
			shelf_drop(s, first);
			return 0;
		}
		c->next = 0;
		memcpy(c->bytes, from, here);
		from += here;
		n -= here;
		*link = pool_index(&s->chunks, c);
		link = &c->next;
	}
	return first;
}

void shelf_read(const struct shelf *s, uint32_t at, void *out, size_t n)
{
	unsigned char *to = out;

	while (at != 0 && n > 0) {
		const struct chunk *c = pool_at(&s->chunks, at);
		size_t here = part(n);

		/* Chunks lie far apart: the next comes while this is read. */
		__builtin_prefetch(pool_at(&s->chunks, c->next));
		memcpy(to, c->bytes, here);
		to += here;
		n -= here;
		at = c->next;
	}
}

void shelf_drop(struct shelf *s, uint32_t at)
{
	while (at != 0) {
		struct chunk *c = pool_at(&s->chunks, at);

		at = c->next;
		pool_put(&s->chunks, c);
	}
}
