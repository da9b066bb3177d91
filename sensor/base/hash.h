/*
 * hash.h - the keyed hash of every table whose keys come from the wire.
 *
 * The seed is drawn from the kernel at start, so nobody outside can aim at
 * one bucket.  Results never depend on it: only the order inside a bucket.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash_seed(void);		/* a new secret one at each call */

static inline uint64_t hash_of(const void *bytes, size_t n, uint64_t seed)
{
	return XXH3_64bits_withSeed(bytes, n, seed);
}

#endif
