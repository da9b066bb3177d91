/*
 * opaque.c - a TCP stream whose framing is unknown: bare segments.
 *
 * Small segments are acknowledgements of the protocol's own and do not
 * change the turn.
 */
#include "infer/room.h"

enum {
	UP_UNIT = 48, DOWN_UNIT = 100,
	TINY = 8,		/* a length, a keep-alive */
	FULL = 1200,		/* a segment with more of the message behind */
	MESSAGE = 10000
};

/* A message is over when its last segment was short, and all was received. */
static bool answers(const struct infer *i, uint32_t n, uint32_t ack)
{
	const struct request *r = i->pending ? &i->pend : &i->cur;

	return n > TINY && (i->phase == ASKING || i->pending) &&
	    r->app >= MESSAGE && !r->full && (int32_t)(ack - r->end) >= 0;
}

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
	u.counts = n > (up ? UP_UNIT : DOWN_UNIT) ||
	    (!up && i->wire == WIRE_OPAQUE && answers(i, n, s->ack));
	if (up)
		turn_up(i, &u, o);
	else
		turn_down(i, &u, o);
}
