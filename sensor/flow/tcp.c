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
#include "flow/tcp_parts.h"

enum {
	FAR_RUN = 3,			/* segments that prove a jump */
	FAR_STEP = 1 << 20,		/* between two of them */
	EARLIER = 1 << 20,		/* mid-stream: accepted before the first */
	UNWITNESSED = 1 << 18		/* a hole believed without an ACK */
};

size_t tcp_missing_size(void)
{
	return sizeof(struct missing);
}

static bool plausible(uint32_t a, uint32_t b)
{
	int32_t d = seq_ahead(a, b);

	return d <= TCP_PLAUSIBLE && d >= -TCP_PLAUSIBLE;
}

static struct holes *holes_of(const struct side_of *s)
{
	struct missing *m = missing_of(s);

	return m == NULL || m->holes[s->dir].n == 0 ? NULL :
	    &m->holes[s->dir];
}

/* Below it, everything has moved.  Without an ACK: below everything. */
static uint32_t mark_of(const struct side_of *s)
{
	return s->peer_acks ? s->peer->acked : s->half->next - INT32_MAX;
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

/* Missed, but acknowledged: it has moved. */
static void hole_moved(struct side_of *s, uint32_t n)
{
	s->half->bytes += n;
	add_lost(s, n);
}

/* Not waited for any longer; what was acknowledged is counted already. */
static void hole_forgotten(struct side_of *s, struct hole h)
{
	add_lost(s, h.to - h.from - seq_below(h.from, h.to, mark_of(s)));
}

/* [from, to) is missing; above all that was seen, or below. */
static void hole_add(struct side_of *s, uint32_t from, uint32_t to)
{
	struct missing *m = missing_make(s);

	hole_moved(s, seq_below(from, to, mark_of(s)));
	if (m != NULL)
		hole_forgotten(s, holes_add(&m->holes[s->dir], from, to));
}

/* [from, to) arrived late: how much of it was missing? */
static uint32_t hole_fill(struct side_of *s, uint32_t from, uint32_t to)
{
	struct holes *h = holes_of(s);
	struct filled f;

	if (h == NULL)
		return 0;
	f = holes_fill(h, from, to, mark_of(s));
	take_lost(s, f.below);
	s->half->bytes += f.bytes - f.below;
	add_lost(s, f.forgotten);
	return f.bytes;
}

/* The peer's ACK has come to `ack`, the first or from `old`. */
static void holes_acked(struct side_of *s, bool first, uint32_t old,
    uint32_t ack)
{
	const struct holes *h = holes_of(s);

	if (h != NULL)
		hole_moved(s, holes_below(h, ack) -
		    (first ? 0 : holes_below(h, old)));
}

/* Sequence number of the first byte accounted in this direction. */
static uint32_t lowest(const struct side_of *s)
{
	const struct holes *h = holes_of(s);

	return s->half->next - (uint32_t)s->half->bytes -
	    (h == NULL ? 0 : holes_above(h, mark_of(s)));
}

/* Picked up mid-stream: a segment from before the first one we saw. */
static void extend_down(struct side_of *s, uint32_t from, uint32_t n)
{
	uint32_t low;

	if (s->flow->flags & FLOW_SYN_SEEN || s->half->bytes >= EARLIER ||
	    s->half->bytes == 0 || n <= 1)
		return;
	low = lowest(s);
	if (seq_ahead(low, from) > 0 && seq_ahead(low, from) < EARLIER)
		hole_add(s, from, low);
}

static void far_jump(struct side_of *s, struct missing *m, uint32_t from)
{
	struct far *far = &m->far[s->dir];

	if (seq_ahead(from, s->half->next) > 0)
		add_lost(s, from - s->half->next);
	s->half->bytes += far->bytes;
	s->half->next = from;
	if (far->acked) {
		s->peer->acked = far->ack;
		s->peer_acks = true;
	}
	m->holes[s->dir].n = 0;
	*far = (struct far){ 0 };
}

/*
 * Sequence number `from` is out of all proportion.  True when, at last, it
 * is believed, and `next` stands there.
 */
static bool far_believed(struct side_of *s, uint32_t from, uint32_t n)
{
	struct missing *m = missing_make(s);
	struct far *far;
	int32_t step;

	s->flow->flags |= FLOW_IMPLAUSIBLE;
	s->counts->implausible++;
	if (m == NULL)
		return false;
	far = &m->far[s->dir];
	step = seq_ahead(from, far->next);
	if (far->run == 0 || step < 0 || step > FAR_STEP) {
		far->run = 0;
		far->bytes = 0;
	}
	far->next = from + n;
	if (far->run < FAR_RUN)
		far->run++;
	if (far->run == FAR_RUN && (s->peer->packets == 0 ||
	    (far->acked && plausible(far->ack, from)))) {
		far_jump(s, m, from);
		return true;
	}
	far->bytes += n;
	return false;
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
	int32_t d = seq_ahead(from, s->half->next);
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
	struct missing *m;

	if (!(f->flags & valid_seq)) {	/* nothing seen of it yet */
		s->half->next = ack;
		f->flags |= valid_seq;
	}
	if (!plausible(ack, s->half->next)) {
		if ((m = missing_make(s)) != NULL) {
			m->far[s->dir].ack = ack;
			m->far[s->dir].acked = true;
		}
		return;
	}
	if (!first && seq_ahead(ack, old) <= 0)
		return;
	s->peer->acked = ack;
	f->flags |= valid_ack;
	holes_acked(s, first, old, ack);
	s->peer_acks = true;

	if (seq_ahead(ack, s->half->next) <= 0)
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
		if (s->half->next != from)	/* what was acknowledged? */
			f->flags &= (uint16_t)~ack_flag(!s->dir);
		s->half->next = from;
		f->flags |= valid;
	}
}

static void account_rst(struct side_of *s, bool seq_known, uint32_t seq)
{
	bool silent = s->half->bytes == 0 && s->peer->bytes == 0;

	/* A RST from nowhere must not end the flow. */
	if (!seq_known || plausible(seq, s->half->next) ||
	    (seq == 0 && silent))
		s->flow->flags |= FLOW_RST | FLOW_CLOSED;
}

void tcp_account(struct pool *missing, struct flow *f, const struct packet *p,
    struct step *st, struct flow_counts *counts)
{
	enum dir dir = st->dir;
	struct side_of s = side_of(missing, f, dir, counts);
	struct side_of peer = side_of(missing, f, !dir, counts);
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
	    seq_ahead(from, s.half->next) == -1))	/* keep-alive */
		account_payload(&s, from, p->wire_len, st);
	if (p->tcp_flags & TCP_FIN)
		account_fin(&s, dir, from + p->wire_len);
	if (p->tcp_flags & TCP_ACK)
		account_ack(&peer, ack_flag(dir), seq_flag(!dir), p->ack);
	if (st->new_bytes > st->late && f->flags & FLOW_RST)
		f->flags &= (uint16_t)~(FLOW_RST | FLOW_CLOSED);
}

static void settle(struct side_of *s)
{
	struct holes *h;

	while ((h = holes_of(s)) != NULL) {
		struct hole lowest = holes_pop(h);

		if (s->peer->packets > 0 ||
		    lowest.to - lowest.from > UNWITNESSED)
			hole_forgotten(s, lowest);
		else		/* nobody is there to acknowledge it */
			hole_moved(s, lowest.to - lowest.from);
	}
}

void tcp_settle(struct pool *missing, struct flow *f,
    struct flow_counts *counts)
{
	if (f->missing == 0)
		return;
	for (enum dir d = UP; d <= DOWN; d++) {
		struct side_of s = side_of(missing, f, d, counts);

		settle(&s);
	}
	pool_put(missing, pool_at(missing, f->missing));
	f->missing = 0;
}
