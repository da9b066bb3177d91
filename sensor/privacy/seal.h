/*
 * seal.h - state on disk, so that the file alone tells nothing.
 *
 * AES-256-SIV (RFC 5297) under a key derived from the sensor's: without a
 * nonce to lose, and a changed byte is refused.  What was written before it
 * was sealed is read as it is.
 */
#ifndef PRIVACY_SEAL_H
#define PRIVACY_SEAL_H

#include "base/slice.h"
#include "privacy/key.h"

struct seal;

struct seal *seal_new(const struct privacy_key *k);	/* NULL: cannot */
void seal_free(struct seal *s);

/*
 * What they return lies in the seal's own memory until its next use, and is
 * short when it cannot be done: no memory, another key, a changed byte.  s
 * NULL: no seal; what is plain stays plain, what is sealed stays shut.
 */
struct slice seal_close(struct seal *s, struct slice plain);
struct slice seal_open(struct seal *s, struct slice stored);

#endif
