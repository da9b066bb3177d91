/*
 * pack.h - mostly empty structs, without their empty bytes.
 *
 * Every 8 bytes become a mask of those that are not zero, and these; a mask
 * of zero is followed by how many more such eights there are.  Nothing is
 * lost, and it takes about a microsecond for 12 kB: for memory that must be
 * remembered and is seldom touched.
 */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include "base/slice.h"

/* Room for what n bytes become; n is a multiple of 8. */
#define PACK_MOST(n) ((n) / 8 * 9 + 8)

size_t pack(void *out, const void *in, size_t n);

/* Into n zeroed bytes.  False: this is not what n bytes were packed to. */
__attribute__((warn_unused_result))
bool unpack(void *out, size_t n, struct slice in);

#endif
