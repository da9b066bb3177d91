/*
 * opaque.c - a TCP stream whose framing is unknown: bare segments.
 *
 * Small segments are acknowledgements of the protocol's own and do not
 * change the turn.
 */
#include "infer/state.h"

enum { UP_UNIT = 48, DOWN_UNIT = 100, FULL = 500 };

void opaque_segment(struct infer *i, const struct segment *s,
    const struct out *o)
{
	uint32_t n = s->new_bytes + s->hole;
	bool up = s->dir == UP;
	struct unit u = { .at_us = s->at_us, .app = n, .blind = true,
		.end = s->seq + s->wire_len, .ack = s->ack,
		.full = n >= FULL };

	if (n == 0)
		return;
	turn_bytes(i, s, o);
	u.counts = n > (up ? UP_UNIT : DOWN_UNIT);
	if (up)
		turn_up(i, &u, o);
	else
		turn_down(i, &u, o);
}
