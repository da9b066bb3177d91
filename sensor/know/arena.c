/* Memory that is given back all at once. */
#include "know/arena.h"

#include <err.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

static struct arena_block *block_for(struct arena *a, size_t n)
{
	size_t size = n > BLOCK ? n : BLOCK;
	struct arena_block *b = a->blocks;

	if (b != NULL && b->size - b->used >= n)
		return b;
	b = calloc(1, sizeof(*b) + size);
	if (b == NULL)
		err(1, "out of memory");
	b->size = size;
	a->bytes += sizeof(*b) + size;
	if (a->blocks != NULL && n > BLOCK / 2) {
		/* a large piece must not end the use of the current block */
		b->next = a->blocks->next;
		a->blocks->next = b;
	} else {
		b->next = a->blocks;
		a->blocks = b;
	}
	return b;
}

static void *take(struct arena *a, size_t n, size_t align)
{
	struct arena_block *b;
	void *p;

	b = block_for(a, n + align);
	b->used = (b->used + align - 1) / align * align;
	p = b->bytes + b->used;
	b->used += n;
	return p;
}

void *arena_get(struct arena *a, size_t n)
{
	return take(a, n, alignof(max_align_t));
}

char *arena_text(struct arena *a, const char *text, size_t n)
{
	char *copy = take(a, n + 1, 1);

	memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

void arena_free(struct arena *a)
{
	struct arena_block *b, *next;

	for (b = a->blocks; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){ NULL, 0 };
}

void *grown(void *array, size_t used, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 64;

	if (used < *room)
		return array;
	array = reallocarray(array, more, size);
	if (array == NULL)
		err(1, "out of memory");
	*room = more;
	return array;
}
