/*
 * key.h - the sensor's secret: one file, 32 bytes, readable by its owner.
 *
 * Pseudonyms are computed with it and the state on disk is sealed with it.
 * Who destroys it cuts every pseudonym from its person, for good.
 */
#ifndef PRIVACY_KEY_H
#define PRIVACY_KEY_H

#include <stdbool.h>
#include <stdint.h>

enum { PRIVACY_KEY = 32, KEY_WHY = 512, KEY_PATH = 1100 };

struct privacy_key {
	uint8_t b[PRIVACY_KEY];
};

/* From the kernel's random source.  False: there is none. */
__attribute__((warn_unused_result))
bool key_random(struct privacy_key *k);

/*
 * Read it; with `make`, make it first where there is no file, mode 0600.  A
 * file that others may read, or of another size, is refused.  False: the
 * reason is in why[KEY_WHY].
 */
__attribute__((warn_unused_result))
bool key_load(struct privacy_key *k, const char *path, bool make, char *why);

/* The key file beside this file of state, KEY_PATH bytes. */
void key_beside(const char *state, char *path);

void key_forget(struct privacy_key *k);		/* overwrite it */

#endif
