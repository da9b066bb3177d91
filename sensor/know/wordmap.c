/* Words to numbers: open addressing, at most half full. */
#include "know/wordmap.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static struct name *place(const struct wordmap *m, const void *word, size_t n)
{
	uint32_t i = (uint32_t)hash_of(word, n, 0) & (m->size - 1);
	struct name *s;

	for (;; i = (i + 1) & (m->size - 1)) {
		s = &m->slots[i];
		if (s->word == NULL || (s->n == n &&
		    memcmp(s->word, word, n) == 0))
			return s;
	}
}

static void grow(struct wordmap *m)
{
	struct wordmap old = *m;
	uint32_t i;

	m->size = old.size ? old.size * 2 : 64;
	m->slots = calloc(m->size, sizeof(*m->slots));
	if (m->slots == NULL)
		err(1, "out of memory");
	for (i = 0; i < old.size; i++)
		if (old.slots[i].word != NULL)
			*place(m, old.slots[i].word, old.slots[i].n) =
			    old.slots[i];
	free(old.slots);
}

bool wordmap_put(struct wordmap *m, const char *word, uint32_t *value)
{
	size_t n = strlen(word);
	struct name *s;

	if (m->used * 2 >= m->size)
		grow(m);
	s = place(m, word, n);
	if (s->word != NULL) {
		*value = s->value;
		return false;
	}
	*s = (struct name){ word, (uint32_t)n, *value };
	m->used++;
	return true;
}

void wordmap_set(struct wordmap *m, const char *word, uint32_t value)
{
	uint32_t old = value;

	if (!wordmap_put(m, word, &old))
		place(m, word, strlen(word))->value = value;
}

bool wordmap_get(const struct wordmap *m, struct slice word, uint32_t *value)
{
	const struct name *s;

	if (m->size == 0 || word.p == NULL)
		return false;
	s = place(m, word.p, word.n);
	if (s->word == NULL)
		return false;
	*value = s->value;
	return true;
}

void wordmap_free(struct wordmap *m)
{
	free(m->slots);
	*m = (struct wordmap){ 0 };
}
