/*
 * names.h - a growing map from a word to a number, for what is loaded from
 * files.  The words are borrowed and must outlive the map.
 */
#ifndef KNOW_NAMES_H
#define KNOW_NAMES_H

#include "base/slice.h"

struct name {
	const char *word;		/* NULL: free */
	uint32_t n, value;		/* length, number */
};

struct names {
	struct name *slots;
	uint32_t size, used;
};

/* False when the word is already there; *value is then the old number. */
bool names_put(struct names *m, const char *word, uint32_t *value);
void names_set(struct names *m, const char *word, uint32_t value);
bool names_get(const struct names *m, struct slice word, uint32_t *value);
void names_free(struct names *m);

#endif
