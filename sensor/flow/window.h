/*
 * window.h - the bytes of one direction that cannot be handed on yet.
 *
 * A window of fixed size behind a stream position: what a dissector left
 * unread at its front, then whatever arrived ahead of order, in a few ranges.
 * It knows offsets from the front, no sequence numbers.
 */
#ifndef FLOW_WINDOW_H
#define FLOW_WINDOW_H

#include "base/slice.h"

enum { WINDOW_BYTES = 32768, WINDOW_RANGES = 64 };

struct window {
	uint32_t n;			/* ranges */
	struct {
		uint32_t from, to;
	} range[WINDOW_RANGES];		/* sorted, never touching */
	uint8_t bytes[WINDOW_BYTES];
};

/* Store bytes at an offset, where none are yet; false: no room for them. */
bool window_put(struct window *w, uint32_t at, struct slice bytes);
/* The whole bytes at the front; empty when the first is missing. */
struct slice window_front(const struct window *w);
/* Where the first gap ends: whole again from there on.  0: no gap. */
uint32_t window_gap_end(const struct window *w);
/* The front moves on by n; bytes before it are forgotten. */
void window_drop(struct window *w, uint32_t n);

static inline bool window_empty(const struct window *w)
{
	return w->n == 0;
}

#endif
