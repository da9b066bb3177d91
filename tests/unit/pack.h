/*
 * pack.h - messages packed with DEFLATE, for tests: flushed after each, and
 * each may refer to those before it.
 */
#ifndef TESTS_UNIT_PACK_H
#define TESTS_UNIT_PACK_H

#define ZLIB_CONST
#include <zlib.h>

#include "tap.h"

/* As zlib counts: negative without a header.  Returns z. */
static inline z_stream *packer(z_stream *z, int window_bits)
{
	memset(z, 0, sizeof(*z));
	if (deflateInit2(z, 9, Z_DEFLATED, window_bits, 8,
	    Z_DEFAULT_STRATEGY) != Z_OK)
		errx(1, "deflateInit2");
	return z;
}

/* One message, whose last four bytes are 00 00 ff ff; its size. */
static inline size_t pack(z_stream *z, const void *message, size_t n,
    uint8_t *to, size_t room)
{
	z->next_in = message;
	z->avail_in = (unsigned int)n;
	z->next_out = to;
	z->avail_out = (unsigned int)room;
	if (deflate(z, Z_SYNC_FLUSH) != Z_OK || z->avail_in > 0)
		errx(1, "deflate");
	return room - z->avail_out;
}

#endif
