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
	OVER_DOWN = 29, OVER_UP = 36,
	/*
	 * io.Copy of Go reads 32 KiB at a time; so do others.  A run of short
	 * datagrams that far apart is one response alone; when others are
	 * sent as well, their data fill the datagrams up.  One may be lost.
	 */
	CHUNK = 32768, CHUNK_SLACK = 3000,
	RUN = 2 * CHUNK
};

static void watch(struct infer *i, uint32_t n)
{
	struct quic *q = &i->quic;
	uint64_t now = i->down_app;

	if (n > q->largest)
		q->largest = (uint16_t)(n < UINT16_MAX ? n : UINT16_MAX);
	if (now < q->short_app)			/* another exchange */
		q->short_app = q->solo_app = q->shorts = 0;
	if (n * 10 >= q->largest * 9u)
		return;
	if (q->shorts == 0 || now - q->short_app > 2 * CHUNK + CHUNK_SLACK) {
		q->solo_app = now;
		q->shorts = 0;
	}
	q->short_app = now;
	q->shorts++;
}

/* No ACK can be read: the fastest answer so far is the round trip. */
static void round_trip(struct infer *i, int64_t us)
{
	if (us > 0 && us < i->rtt_us)
		i->rtt_us = (uint32_t)us;
}

uint64_t quic_solo(const struct infer *i)
{
	const struct quic *q = &i->quic;
	uint64_t app = i->down_app;

	if (app < q->short_app || app - q->short_app > 2 * CHUNK + CHUNK_SLACK ||
	    app - q->solo_app < RUN)
		return 0;
	/* It began in the chunk before, or in the one before that. */
	return app - q->solo_app + CHUNK;
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
		watch(i, s->new_bytes);
	} else {
		turn_up(i, &u, o);
	}
}
