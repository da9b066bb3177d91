/*
 * inflate.h - streams packed with DEFLATE (RFC 1951), as WebSocket and XMPP
 * carry them: unpacked piece by piece, in bounded memory and with bounded
 * work.
 *
 * Memory is the budget's: some 7 KiB and the stream's window.  A stream may
 * unpack to so much at once, to so many times what went in, and to 1 GiB in
 * all: then it has failed, and the budget counts it (`capped`).
 */
#ifndef INFLATE_H
#define INFLATE_H

#include <stdbool.h>

#include "base/budget.h"
#include "base/slice.h"

enum { INFLATE_ZLIB = 0 };	/* RFC 1950: its header says the window */

/* What reading it costs decides how much may come out. */
struct inflate_limits {
	uint32_t free_bytes;		/* before the ratio counts */
	uint32_t ratio;
};

struct inflate;

/* `window_bits`: 9 to 15 without a header, or INFLATE_ZLIB.  NULL when the
 * budget has no room. */
struct inflate *inflate_new(struct budget *b, int window_bits,
    struct inflate_limits limits);
void inflate_free(struct inflate *f);

/* What comes out next, at most `room` bytes of `piece`; *in moves on.  Call
 * again until nothing does: then *in is used up, or the stream has failed. */
struct slice inflate_next(struct inflate *f, struct slice *in,
    uint8_t *piece, size_t room);

/* Damaged, out of memory, or too much came out: nothing will any more. */
bool inflate_failed(const struct inflate *f);

#endif
