/*
 * infer.c - the life of a flow's transfer state: who sees which segment,
 * one-sided taps, round-trip time, idle and end.
 */
#include "infer/state.h"

enum {
	IDLE_RESET_US = 500000,		/* after a reset */
	IDLE_SMALL_US = 8000000,	/* silence that ends a small object */
	IDLE_ANY_US = 60000000,		/* silence that ends any object */
	SMALL = 100000,
	ODD = 8				/* segments that prove it did */
};

size_t infer_size(void)
{
	return sizeof(struct infer);
}

void infer_init(struct infer *i, const struct infer_start *how)
{
	*i = (struct infer){ .wire = how->wire & 3, .role = how->role & 7,
		.room = how->room, .first = !how->midstream };
	if (how->midstream) {
		i->hello = HELLO_DONE;
		i->guessed = true;
	}
}

void infer_role_known(struct infer *i, enum infer_role role)
{
	i->role = role & 7;
}

/*
 * New bytes of a segment, and bytes stepped over just before them.  A jump
 * is believed when it is small, or when segments keep coming from there.
 */
static void advance(struct infer *i, struct segment *s)
{
	struct walk *w = &i->walk[s->dir];
	uint32_t start = s->seq + (s->flags & TCP_SYN ? 1 : 0);
	bool known = s->dir == UP ? i->known_up : i->known_down;
	int32_t by = (int32_t)(start + s->wire_len - w->next);

	if (!known || (i->odd >= ODD && (by > JUMP || by < -JUMP))) {
		w->next = start;
		w->state = WALK_START;
		by = (int32_t)s->wire_len;
		i->known_up |= s->dir == UP;
		i->known_down |= s->dir == DOWN;
	}
	if (by > JUMP || by < -JUMP) {
		i->odd++;
		return;
	}
	i->odd = 0;
	if (by <= 0)
		return;
	if ((uint32_t)by > s->wire_len)
		s->hole = (uint32_t)by - s->wire_len;
	s->new_bytes = (uint32_t)by - s->hole;
}

static void round_trip(struct infer *i, const struct segment *s)
{
	/* SYN, then SYN-ACK: until then acked[UP] holds the time. */
	if (i->packets[DOWN] > 0 || i->rtt_us > 0)
		return;
	if (s->dir == UP && i->packets[UP] == 0)
		i->cur.start_us = s->at_us;
	else if (s->dir == DOWN && i->packets[UP] > 0 &&
	    s->at_us > i->cur.start_us &&
	    s->at_us - i->cur.start_us < 4000000)
		i->rtt_us = (uint32_t)(s->at_us - i->cur.start_us);
}

static void count_packet(struct infer *i, enum dir d)
{
	if (i->packets[d] < UINT8_MAX)
		i->packets[d]++;
	if (i->packets[UP] && i->packets[DOWN])
		i->sides = BOTH_SIDES;
}

static void all_over(struct infer *i, const struct out *o)
{
	turn_close(i, o);
	opaque_idle(i, INT64_MAX, o);
	media_end(i, o);
}

/*
 * What waits for more has waited enough when the connection is closed: its
 * flow is not forgotten before seconds have passed.  A reset does not end an
 * answer: what was on its way still arrives, and is met by more resets.
 */
static void flags(struct infer *i, const struct segment *s,
    const struct out *o)
{
	bool reset = s->flags & TCP_RST;

	if (s->flags & TCP_FIN)
		i->fin |= s->dir == UP ? 1 : 2;
	if (reset ? i->phase != ANSWERING : i->fin == 3)
		all_over(i, o);
	if (reset)
		i->fin = 3;
}

/* Half of all packets: an ACK whose payload side is seen anyway. */
static bool bare_ack(const struct infer *i, const struct segment *s)
{
	return s->wire_len == 0 && i->packets[UP] && i->packets[DOWN] &&
	    !(s->flags & (TCP_SYN | TCP_FIN | TCP_RST));
}

/*
 * Nearly all others: the next bytes of a record under way, in a turn that
 * nothing disturbs.  True when that was all there is to it.
 */
static bool in_body(struct infer *i, const struct segment *s)
{
	struct walk *w = &i->walk[s->dir];

	if (i->wire != WIRE_TLS || !walk_passes(w, s) ||
	    s->flags & (TCP_SYN | TCP_FIN | TCP_RST) || i->pending ||
	    i->phase != (s->dir == UP ? ASKING : ANSWERING) ||
	    i->sides != BOTH_SIDES || !i->packets[UP] || !i->packets[DOWN] ||
	    i->hello != HELLO_DONE ||
	    s->at_us - i->cur.start_us >= MINUTE_US ||
	    !media_add(i, s->at_us, s->wire_len))
		return false;
	i->odd = 0;
	i->volume += s->wire_len;
	w->next += s->wire_len;
	if (s->dir == UP)
		i->cur.last_us = s->at_us;
	else
		i->down_us = s->at_us;
	return true;
}

static int64_t last_us(const struct infer *i)
{
	return i->cur.last_us > i->down_us ? i->cur.last_us : i->down_us;
}

void infer_segment(struct infer *i, const struct segment *seen,
    infer_found *found, void *arg)
{
	struct out o = { found, arg };
	struct segment own, *s = &own;

	if (bare_ack(i, seen) || in_body(i, seen))
		return;
	own = *seen;
	s->new_bytes = s->hole = 0;
	if (s->at_us - last_us(i) > IDLE_RESET_US)
		infer_idle(i, s->at_us, found, arg);
	else if (i->wire == WIRE_TLS)
		tls_behind(i, &o);
	round_trip(i, s);
	count_packet(i, s->dir);
	if (i->wire == WIRE_QUIC) {
		s->new_bytes = s->wire_len;
	} else {
		advance(i, s);
		if (!i->packets[UP] || !i->packets[DOWN])
			ack_invisible(i, s, &o);
		else if (s->ack != i->walk[!s->dir].next)
			ack_missed(i, s, &o);
	}
	i->volume += s->new_bytes + s->hole;
	if (i->wire == WIRE_QUIC)
		quic_segment(i, s, &o);
	else if (i->wire == WIRE_TLS)
		tls_segment(i, s, &o);
	else
		opaque_segment(i, s, &o);
	if (i->wire != WIRE_QUIC)
		i->walk[s->dir].next += s->new_bytes + s->hole;
	if (s->new_bytes + s->hole > 0)
		media_tick(i, s->at_us, s->new_bytes + s->hole, false, &o);
	if (s->flags & (TCP_FIN | TCP_RST) && i->wire != WIRE_QUIC)
		flags(i, s, &o);
}

void infer_idle(struct infer *i, int64_t now_us, infer_found *found,
    void *arg)
{
	struct out o = { found, arg };
	int64_t last = last_us(i);
	bool small = i->down_app < SMALL && i->cur.app < SMALL;

	if (i->wire == WIRE_TLS)
		tls_behind(i, &o);
	if (i->phase != IDLE && i->fin == 3 && now_us - last > IDLE_RESET_US)
		all_over(i, &o);
	if (i->phase != IDLE && !i->pending &&
	    now_us - last > (small ? IDLE_SMALL_US : IDLE_ANY_US))
		turn_close(i, &o);
	if (i->wire == WIRE_OPAQUE)
		opaque_idle(i, now_us, &o);
	media_tick(i, now_us, 0, false, &o);
}

void infer_end(struct infer *i, infer_found *found, void *arg)
{
	struct out o = { found, arg };

	if (i->wire == WIRE_TLS)
		tls_behind(i, &o);
	all_over(i, &o);
}

struct infer_stats infer_stats(const struct infer *i)
{
	return (struct infer_stats){ .volume = i->volume,
		.reported = i->reported, .media = i->media,
		.small = i->volume - i->reported - i->media,
		.requests = i->requests };
}
