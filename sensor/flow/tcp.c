/*
 * tcp.c - unique bytes of a TCP direction (RFC 9293 3.4, 3.8).
 *
 * `next` is the highest sequence number believed.  Ranges below it that were
 * not seen are holes, kept in order beside the flow only while there are any.
 * A hole counts as moved once the peer acknowledges it: the capture missed
 * it, the receiver did not.  A segment that comes late fills its hole.
 *
 * A jump beyond TCP_PLAUSIBLE is not believed: such segments are set aside,
 * and only a run of them that carries on where it left off, acknowledged by
 * the peer where there is one to be seen, moves `next`.  Even then the gap
 * itself counts as lost, never as moved.  So forged sequence numbers add no
 * more than the bytes they really carried.
 *
 * Of a direction that the tap does not show, the ACKs of the other one tell
 * the volume; bytes and lost are then the same number.
 */
#include "flow/tcp.h"

enum {
	HOLES = 32,			/* per direction, then the oldest go */
	FAR_RUN = 3,			/* segments that prove a jump */
	FAR_STEP = 1 << 20,		/* between two of them */
	EARLIER = 1 << 20,		/* mid-stream: accepted before the first */
	SYN_IDLE_US = 60000000		/* a SYN then opens a new connection */
};

struct hole {
	uint32_t from, to;
};

struct holes {
	uint32_t n;
	struct hole hole[HOLES];	/* lowest sequence number first */
	uint32_t far_next, far_ack;	/* beyond belief, until it repeats */
	uint32_t far_bytes;
	uint8_t far_run;
	bool far_acked;
	bool syn;			/* a SYN came in mid-connection */
	uint32_t syn_next;
};

/* One direction of a flow while a segment is worked on. */
struct side_of {
	struct pool *pool;
	struct flow *flow;
	struct flow_half *half, *peer;
	uint32_t *record;		/* pool index of its holes */
	bool peer_acks;			/* peer->acked is valid */
	struct flow_counts *counts;
};

size_t tcp_holes_size(void)
{
	return sizeof(struct holes);
}

static uint16_t seq_flag(enum dir d)
{
	return d == UP ? FLOW_SEQ_UP : FLOW_SEQ_DOWN;
}

static uint16_t ack_flag(enum dir d)
{
	return d == UP ? FLOW_ACK_UP : FLOW_ACK_DOWN;
}

static uint16_t fin_flag(enum dir d)
{
	return d == UP ? FLOW_FIN_UP : FLOW_FIN_DOWN;
}

/* Distance on the circle of sequence numbers: positive when a is ahead. */
static int32_t ahead(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

static bool plausible(uint32_t a, uint32_t b)
{
	int32_t d = ahead(a, b);

	return d <= TCP_PLAUSIBLE && d >= -TCP_PLAUSIBLE;
}

static struct side_of side_of(struct pool *pool, struct flow *f, enum dir d,
    struct flow_counts *counts)
{
	return (struct side_of){ .pool = pool, .flow = f,
	    .half = &f->half[d], .peer = &f->half[!d],
	    .record = &f->holes[d], .counts = counts,
	    .peer_acks = f->flags & ack_flag(!d) };
}

static struct holes *record_of(const struct side_of *s)
{
	return pool_at(s->pool, *s->record);
}

static struct holes *record_make(struct side_of *s)
{
	if (*s->record == 0)
		*s->record = pool_index(s->pool, pool_get(s->pool));
	return record_of(s);
}

static void add_lost(struct side_of *s, uint32_t n)
{
	s->half->lost = s->half->lost > UINT32_MAX - n ? UINT32_MAX :
	    s->half->lost + n;
	s->counts->lost_bytes += n;
}

static void take_lost(struct side_of *s, uint32_t n)
{
	s->half->lost -= n < s->half->lost ? n : s->half->lost;
	s->counts->lost_bytes -= n < s->counts->lost_bytes ? n :
	    s->counts->lost_bytes;
}

/* How much of [from, to) lies below `mark`. */
static uint32_t below(uint32_t from, uint32_t to, uint32_t mark)
{
	if (ahead(mark, from) <= 0)
		return 0;
	return ahead(mark, to) >= 0 ? to - from : mark - from;
}

/* Missed, but acknowledged: it has moved. */
static void hole_moved(struct side_of *s, uint32_t n)
{
	s->half->bytes += n;
	add_lost(s, n);
}

static void hole_drop(struct holes *r, uint32_t i)
{
	memmove(&r->hole[i], &r->hole[i + 1],
	    (--r->n - i) * sizeof(r->hole[0]));
}

static void hole_insert(struct holes *r, uint32_t i, struct hole h)
{
	memmove(&r->hole[i + 1], &r->hole[i],
	    (r->n++ - i) * sizeof(r->hole[0]));
	r->hole[i] = h;
}

/* Too many holes: what the lowest one lacks is not waited for any longer. */
static void hole_forget(struct side_of *s, struct holes *r)
{
	struct hole h = r->hole[0];
	uint32_t moved = s->peer_acks ?
	    below(h.from, h.to, s->peer->acked) : 0;

	add_lost(s, h.to - h.from - moved);
	hole_drop(r, 0);
}

/* [from, to) is missing; at the top of the list, or at its bottom. */
static void hole_add(struct side_of *s, uint32_t from, uint32_t to)
{
	struct holes *r = record_make(s);
	struct hole h = { from, to };

	if (s->peer_acks)
		hole_moved(s, below(from, to, s->peer->acked));
	if (r == NULL)
		return;
	if (r->n > 0 && r->hole[r->n - 1].to == from) {
		r->hole[r->n - 1].to = to;
		return;
	}
	if (r->n == HOLES)
		hole_forget(s, r);
	hole_insert(r, r->n > 0 && ahead(from, r->hole[0].from) < 0 ? 0 : r->n,
	    h);
}

/* Take [a, b) out of hole i; returns how many holes stand in its place. */
static uint32_t hole_shrink(struct side_of *s, struct holes *r, uint32_t i,
    uint32_t a, uint32_t b)
{
	struct hole h = r->hole[i];
	uint32_t left = 0;

	hole_drop(r, i);
	if (b != h.to) {
		hole_insert(r, i, (struct hole){ b, h.to });
		left++;
	}
	if (a != h.from && r->n < HOLES) {
		hole_insert(r, i, (struct hole){ h.from, a });
		left++;
	} else if (a != h.from) {
		add_lost(s, a - h.from);
	}
	return left;
}

/* [from, to) arrived late: what of it was missing? */
static uint32_t hole_fill(struct side_of *s, uint32_t from, uint32_t to)
{
	struct holes *r = record_of(s);
	uint32_t filled = 0, counted, a, b;

	for (uint32_t i = 0; r != NULL && i < r->n; i++) {
		struct hole h = r->hole[i];

		a = ahead(from, h.from) > 0 ? from : h.from;
		b = ahead(to, h.to) < 0 ? to : h.to;
		if (ahead(b, a) <= 0)
			continue;
		counted = s->peer_acks ? below(a, b, s->peer->acked) : 0;
		take_lost(s, counted);
		s->half->bytes += b - a - counted;
		filled += b - a;
		i += hole_shrink(s, r, i, a, b) - 1;
	}
	return filled;
}

/* The peer's ACK went from `old` to `new`. */
static void holes_acked(struct side_of *s, bool first, uint32_t old,
    uint32_t new)
{
	struct holes *r = record_of(s);

	for (uint32_t i = 0; r != NULL && i < r->n; i++) {
		struct hole h = r->hole[i];
		uint32_t before = first ? 0 : below(h.from, h.to, old);

		hole_moved(s, below(h.from, h.to, new) - before);
	}
}

/* Sequence number of the first byte accounted in this direction. */
static uint32_t lowest(const struct side_of *s)
{
	const struct holes *r = record_of(s);
	uint32_t span = (uint32_t)s->half->bytes;

	for (uint32_t i = 0; r != NULL && i < r->n; i++) {
		struct hole h = r->hole[i];

		span += h.to - h.from - (s->peer_acks ?
		    below(h.from, h.to, s->peer->acked) : 0);
	}
	return s->half->next - span;
}

/* Picked up mid-stream: a segment from before the first one we saw. */
static void extend_down(struct side_of *s, uint32_t from, uint32_t n)
{
	uint32_t low;

	if (s->flow->flags & FLOW_SYN_SEEN || s->half->bytes >= EARLIER ||
	    s->half->bytes == 0 || n <= 1)
		return;
	low = lowest(s);
	if (ahead(low, from) > 0 && ahead(low, from) < EARLIER)
		hole_add(s, from, low);
}

/*
 * Sequence number `from` is out of all proportion.  True when, at last, it
 * is believed, and `next` stands there.
 */
static bool far_believed(struct side_of *s, uint32_t from, uint32_t n)
{
	struct holes *r = record_make(s);
	int32_t step;

	s->flow->flags |= FLOW_IMPLAUSIBLE;
	s->counts->implausible++;
	if (r == NULL)
		return false;
	step = ahead(from, r->far_next);
	if (r->far_run == 0 || step < 0 || step > FAR_STEP) {
		r->far_run = 0;
		r->far_bytes = 0;
	}
	r->far_next = from + n;
	if (++r->far_run < FAR_RUN) {
		r->far_bytes += n;
		return false;
	}
	r->far_run = FAR_RUN;
	if (s->peer->packets > 0 && !(r->far_acked &&
	    plausible(r->far_ack, from))) {
		r->far_bytes += n;
		return false;
	}
	if (ahead(from, s->half->next) > 0)
		add_lost(s, from - s->half->next);
	s->half->bytes += r->far_bytes;
	s->half->next = from;
	if (r->far_acked) {
		s->peer->acked = r->far_ack;
		s->peer_acks = true;
	}
	*r = (struct holes){ 0 };
	return true;
}

/* Where this direction begins, when its first segment comes. */
static void first_segment(struct side_of *s, uint16_t valid, uint32_t from)
{
	bool unknown = !(s->flow->flags & valid);
	uint32_t guessed = s->half->lost;

	if (unknown || !plausible(from, s->half->next) ||
	    (s->half->bytes == 0 && !(s->flow->flags & FLOW_SYN_SEEN))) {
		s->half->next = from;
		s->flow->flags |= valid;
		return;
	}
	if (guessed > 0 && s->half->bytes == guessed) {
		/* counted by ACKs so far; the bytes may yet arrive */
		s->half->bytes = 0;
		take_lost(s, guessed);
		hole_add(s, s->half->next - guessed, s->half->next);
	}
}

static void account_payload(struct side_of *s, uint32_t from, uint32_t n,
    struct step *st)
{
	int32_t d = ahead(from, s->half->next);
	uint32_t behind;

	if (!plausible(from, s->half->next)) {
		if (!far_believed(s, from, n))
			return;
		d = 0;
	}
	if (d > 0) {
		hole_add(s, s->half->next, from);
		st->hole = (uint32_t)d;
		s->half->next = from;
		d = 0;
	}
	behind = (uint32_t)-d < n ? (uint32_t)-d : n;
	if (behind > 0) {
		extend_down(s, from, n);
		st->late = hole_fill(s, from, from + behind);
		st->overlap = behind - st->late;
		s->counts->retransmitted_bytes += st->overlap;
	}
	s->half->next += n - behind;
	s->half->bytes += n - behind;
	st->new_bytes = n - behind + st->late;
}

/* An ACK for data of direction `s`, which its peer sent. */
static void account_ack(struct side_of *s, uint16_t valid_ack,
    uint16_t valid_seq, uint32_t ack)
{
	struct flow *f = s->flow;
	bool first = !(f->flags & valid_ack);
	uint32_t old = s->peer->acked;
	struct holes *r;

	if (!(f->flags & valid_seq)) {	/* nothing seen of it yet */
		s->half->next = ack;
		f->flags |= valid_seq;
	}
	if (!plausible(ack, s->half->next)) {
		if ((r = record_make(s)) != NULL) {
			r->far_ack = ack;
			r->far_acked = true;
		}
		return;
	}
	if (!first && ahead(ack, old) <= 0)
		return;
	s->peer->acked = ack;
	f->flags |= valid_ack;
	holes_acked(s, first, old, ack);
	s->peer_acks = true;

	if (ahead(ack, s->half->next) <= 0)
		return;
	if (s->half->packets == 0) {
		hole_moved(s, ack - s->half->next);
		s->half->next = ack;
	} else if (ack - s->half->next > 1) {	/* 1: a FIN we missed */
		hole_add(s, s->half->next, ack);
		s->half->next = ack;
	}
}

static void account_fin(struct side_of *s, enum dir dir, uint32_t end)
{
	struct flow *f = s->flow;

	if (f->flags & fin_flag(dir) || end != s->half->next)
		return;
	s->half->next++;
	f->flags |= fin_flag(dir);
	if (f->flags & FLOW_FIN_UP && f->flags & FLOW_FIN_DOWN)
		f->flags |= FLOW_CLOSED;
}

static void account_syn(struct side_of *s, uint16_t valid, uint32_t from)
{
	struct flow *f = s->flow;

	if (s->half->packets == 0 && s->peer->packets == 0)
		f->flags |= FLOW_SYN_SEEN;
	if (s->half->bytes == 0 && s->peer->bytes == 0) {
		s->half->next = from;
		f->flags |= valid;
	}
}

static void account_rst(struct side_of *s, bool seq_known, uint32_t seq)
{
	/* A RST from nowhere must not end the flow. */
	if (!seq_known || plausible(seq, s->half->next) || seq == 0)
		s->flow->flags |= FLOW_RST | FLOW_CLOSED;
}

void tcp_account(struct pool *holes, struct flow *f, const struct packet *p,
    struct step *st, struct flow_counts *counts)
{
	enum dir dir = st->dir;
	struct side_of s = side_of(holes, f, dir, counts);
	struct side_of peer = side_of(holes, f, !dir, counts);
	uint32_t from = p->seq + (p->tcp_flags & TCP_SYN ? 1 : 0);

	if (p->tcp_flags & TCP_RST) {
		account_rst(&s, f->flags & seq_flag(dir), p->seq);
		return;
	}
	if (p->tcp_flags & TCP_SYN)
		account_syn(&s, seq_flag(dir), from);
	if (s.half->packets == 0)
		first_segment(&s, seq_flag(dir), from);
	if (p->wire_len > 0 && !(p->wire_len == 1 &&
	    ahead(from, s.half->next) == -1))	/* keep-alive */
		account_payload(&s, from, p->wire_len, st);
	if (p->tcp_flags & TCP_FIN)
		account_fin(&s, dir, from + p->wire_len);
	if (p->tcp_flags & TCP_ACK)
		account_ack(&peer, ack_flag(dir), seq_flag(!dir), p->ack);
	if (st->new_bytes > st->late && f->flags & FLOW_RST)
		f->flags &= (uint16_t)~(FLOW_RST | FLOW_CLOSED);
}

static bool syn_opens(struct pool *holes, struct flow *f, enum dir dir,
    const struct packet *p)
{
	struct side_of s = side_of(holes, f, dir, NULL);
	struct flow_half *h = s.half;
	bool same = f->flags & seq_flag(dir) && p->seq + 1 == h->next;
	struct holes *r;

	if (f->flags & (FLOW_CLOSED | FLOW_FIN_UP | FLOW_FIN_DOWN))
		return true;
	if (f->half[UP].bytes == 0 && f->half[DOWN].bytes == 0)
		return false;		/* sent again */
	if (same && h->bytes == 0)
		return false;
	if (p->at_us - f->last_us > SYN_IDLE_US)
		return true;
	r = record_make(&s);
	if (r != NULL) {		/* the answer will tell */
		r->syn = true;
		r->syn_next = p->seq + 1;
	}
	return false;
}

bool tcp_opens_anew(struct pool *holes, struct flow *f, enum dir dir,
    const struct packet *p)
{
	const struct holes *own = pool_at(holes, f->holes[dir]);
	const struct holes *peer = pool_at(holes, f->holes[!dir]);

	if ((p->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN)
		return syn_opens(holes, f, dir, p);
	if (p->tcp_flags & TCP_SYN)
		return peer != NULL && peer->syn && p->ack == peer->syn_next;
	return own != NULL && own->syn && p->wire_len > 0 &&
	    p->seq == own->syn_next;
}

void tcp_settle(struct pool *holes, struct flow *f,
    struct flow_counts *counts)
{
	for (enum dir d = UP; d <= DOWN; d++) {
		struct side_of s = side_of(holes, f, d, counts);
		struct holes *r = record_of(&s);

		while (r != NULL && r->n > 0) {
			uint32_t n = r->hole[0].to - r->hole[0].from;

			if (s.peer->packets > 0 || n > FAR_STEP) {
				hole_forget(&s, r);
			} else {	/* nobody there to acknowledge it */
				hole_moved(&s, n);
				hole_drop(r, 0);
			}
		}
		pool_put(holes, r);
		f->holes[d] = 0;
	}
}
