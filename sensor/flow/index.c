/*
 * index.c - the lines of the flow index.
 */
#include "flow/index.h"

#include <sys/mman.h>

enum { USUAL_FILL = 11 };		/* of fifteen: few lines overflow */

static size_t index_bytes(const struct index *x)
{
	return ((size_t)x->mask + 1) * sizeof(*x->lines);
}

bool index_init(struct index *x, uint32_t max)
{
	uint32_t lines = 16;

	while (lines < max / USUAL_FILL)
		lines <<= 1;
	x->mask = lines - 1;
	x->lines = mmap(NULL, index_bytes(x), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (x->lines == MAP_FAILED) {
		x->lines = NULL;
		return false;
	}
	madvise(x->lines, index_bytes(x), MADV_HUGEPAGE);
	return true;
}

void index_free(struct index *x)
{
	if (x->lines != NULL)
		munmap(x->lines, index_bytes(x));
	*x = (struct index){ 0 };
}

static uint32_t *find_slot(struct index_line *line, uint32_t slot)
{
	for (int i = 0; i < INDEX_SLOTS; i++)
		if (line->slot[i] == slot)
			return &line->slot[i];
	return NULL;
}

void index_put(struct index *x, uint32_t hash, uint32_t place)
{
	uint32_t at = hash & x->mask;
	uint32_t *empty;

	while ((empty = find_slot(&x->lines[at], 0)) == NULL) {
		x->lines[at].overflowed++;
		at = (at + 1) & x->mask;
	}
	*empty = index_slot(hash, place);
}

void index_remove(struct index *x, uint32_t hash, uint32_t place)
{
	uint32_t at = hash & x->mask;
	uint32_t *slot;

	while ((slot = find_slot(&x->lines[at], index_slot(hash, place))) ==
	    NULL) {
		x->lines[at].overflowed--;
		at = (at + 1) & x->mask;
	}
	*slot = 0;
}
