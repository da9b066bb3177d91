/*
 * arena.h - memory that is given back all at once.
 *
 * For what is built once and then only read: YAML trees, the catalogue, the
 * policy.  Never moves what it gave; zeroed; running out of memory at start
 * or reload is fatal for the caller, so it exits here with a message.
 */
#ifndef KNOW_ARENA_H
#define KNOW_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;
	size_t bytes;			/* held in all */
};

void *arena_get(struct arena *a, size_t n);
char *arena_text(struct arena *a, const char *text, size_t n);
void arena_free(struct arena *a);

/* realloc() for arrays that double as they grow; exits when out of memory. */
void *grown(void *array, size_t used, size_t *room, size_t size);

#endif
