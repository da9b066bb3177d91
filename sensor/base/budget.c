#include "base/budget.h"

#include <stdlib.h>
#include <string.h>

struct piece {				/* stands before each */
	struct budget *of;
	size_t n;
	max_align_t memory[];
};

static struct piece *piece_of(void *memory)
{
	return (struct piece *)((unsigned char *)memory -
	    offsetof(struct piece, memory));
}

void *budget_resize(struct budget *b, void *old, size_t n)
{
	struct piece *p = old == NULL ? NULL : piece_of(old), *now;
	size_t had = p == NULL ? 0 : p->n;

	if (n > SIZE_MAX - sizeof(*p)) {
		b->refused++;
		return NULL;
	}
	n += sizeof(*p);
	if ((n > had && n - had > b->max_bytes - b->used_bytes) ||
	    (now = realloc(p, n)) == NULL) {
		b->refused++;
		return NULL;
	}
	b->used_bytes += n - had;
	now->of = b;
	now->n = n;
	return now->memory;
}

void *budget_take(struct budget *b, size_t n)
{
	void *memory = budget_resize(b, NULL, n);

	if (memory != NULL)
		memset(memory, 0, n);
	return memory;
}

void budget_put(void *memory)
{
	struct piece *p;

	if (memory == NULL)
		return;
	p = piece_of(memory);
	p->of->used_bytes -= p->n;
	free(p);
}
