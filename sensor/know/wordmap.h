/*
 * wordmap.h - a growing map from a word to a number, for what is loaded from
 * files.  The words are borrowed and must outlive the map.
 */
#ifndef KNOW_WORDMAP_H
#define KNOW_WORDMAP_H

#include "base/slice.h"

struct name {
	const char *word;		/* NULL: free */
	uint32_t n, value;		/* length, number */
};

struct wordmap {
	struct name *slots;
	uint32_t size, used;
};

/* False when the word is already there; *value is then the old number. */
bool wordmap_put(struct wordmap *m, const char *word, uint32_t *value);
void wordmap_set(struct wordmap *m, const char *word, uint32_t value);
bool wordmap_get(const struct wordmap *m, struct slice word, uint32_t *value);
void wordmap_free(struct wordmap *m);

#endif
