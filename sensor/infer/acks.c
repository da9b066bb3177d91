/*
 * acks.c - what one side's acknowledgements tell of the other.
 *
 * What was acknowledged was sent, though the tap saw nothing of it: all that
 * a side sent, when the tap sees the other one only; or a request, or the end
 * of an answer, that the tap missed, while more of the same side would show
 * it too late, when the next turn has begun.
 */
#include "infer/state.h"

enum {
	NO_REQUEST = 48,	/* two WINDOW_UPDATEs in a record, or less */
	MISSED_MAX = 65536	/* more than a tap misses at once */
};

static struct segment unseen(const struct segment *s, uint32_t from)
{
	return (struct segment){ .at_us = s->at_us,
		.dir = s->dir == UP ? DOWN : UP, .seq = from, .ack = s->seq,
		.wire_len = s->ack - from, .new_bytes = s->ack - from };
}

/*
 * What the invisible side sent is what the visible side acknowledges.  A
 * side is invisible when its bytes are acknowledged and no packet of it was
 * ever seen.
 */
void ack_invisible(struct infer *i, const struct segment *s,
    const struct out *o)
{
	struct segment v = unseen(s, i->acked[s->dir]);

	if (!(s->flags & TCP_ACK) || i->packets[v.dir] > 0)
		return;
	if (i->packets[s->dir] > 1) {
		if (v.new_bytes == 0 || v.new_bytes > JUMP)
			return;
		i->sides = s->dir == UP ? UP_ONLY : DOWN_ONLY;
		i->volume += v.new_bytes;
		media_tick(i, s->at_us, v.new_bytes, false, o);
		tls_unseen(i, v.dir);
		opaque_segment(i, &v, o);
	}
	i->acked[s->dir] = s->ack;
}

/* An answer comes half a round trip after the one before, and more. */
static bool answers_unseen(const struct infer *i, const struct segment *s,
    uint32_t missed)
{
	uint32_t rtt_us = i->rtt_us ? i->rtt_us : 50000;

	return i->phase == ASKING || (missed > NO_REQUEST && !i->pending &&
	    walk_owed(&i->walk[DOWN]) == 0 &&
	    s->at_us - i->down_us > rtt_us / 2);
}

/* Bytes of the other side that were missed, before this is looked at. */
void ack_missed(struct infer *i, const struct segment *s, const struct out *o)
{
	struct walk *w = &i->walk[s->dir == UP ? DOWN : UP];
	struct segment v = unseen(s, w->next);

	if (!(s->flags & TCP_ACK) || s->new_bytes == 0 || v.new_bytes == 0 ||
	    v.new_bytes > MISSED_MAX || i->wire != WIRE_TLS ||
	    i->hello != HELLO_DONE || i->sides != BOTH_SIDES ||
	    !i->known_up || !i->known_down)
		return;
	if (s->dir == DOWN && !answers_unseen(i, s, v.new_bytes))
		return;
	i->volume += v.new_bytes;
	tls_segment(i, &v, o);
	w->next += v.new_bytes;
	media_tick(i, s->at_us, v.new_bytes, false, o);
}
