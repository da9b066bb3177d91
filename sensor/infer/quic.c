/*
 * quic.c - QUIC datagrams (RFC 9000) as units of a turn.
 *
 * Short-header packets only; everything before is handshake.  A client's
 * acknowledgements are 25 to 56 bytes, its requests hundreds; what the
 * server sends above the size of an acknowledgement is response.  Sent-again
 * data cannot be told from new data, so loss before the tap shows as growth.
 */
#include "infer/state.h"

enum {
	UP_UNIT = 80,		/* above any pure acknowledgement */
	DOWN_UNIT = 80,
	FULL = 1100,
	/* short header, packet number, tag, STREAM frame header */
	OVER_DOWN = 29, OVER_UP = 36
};

/* No ACK can be read: the fastest answer so far is the round trip. */
static void round_trip(struct infer *i, int64_t us)
{
	if (us > 0 && us < i->rtt_us)
		i->rtt_us = (uint32_t)us;
}

void quic_segment(struct infer *i, const struct segment *s,
    const struct out *o)
{
	struct slice d = s->data;
	struct unit u = { .at_us = s->at_us };
	bool down = s->dir == DOWN;

	if (slice_u8(&d) & 0x80 || s->new_bytes == 0)
		return;
	turn_bytes(i, s, o);
	u.over = down ? OVER_DOWN : OVER_UP;
	if (u.over > s->new_bytes)
		u.over = s->new_bytes;
	u.app = s->new_bytes - u.over;
	u.full = s->new_bytes >= FULL;
	u.counts = s->new_bytes >= (down ? DOWN_UNIT : UP_UNIT);
	if (!u.counts)
		return;
	if (down) {
		if (i->phase == ASKING)
			round_trip(i, s->at_us - i->cur.last_us);
		turn_down(i, &u, o);
		quic_watch(i, s->new_bytes);
	} else {
		turn_up(i, &u, o);
	}
}
