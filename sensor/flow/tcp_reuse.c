/*
 * tcp_reuse.c - a new connection on the ports of an old one.
 *
 * After a FIN or RST any SYN opens one, and after a minute of silence.  In
 * the middle of a living connection a SYN may be forged to cut the flow in
 * two and lose its name; there it counts only once it is answered, or data
 * follows it (RFC 5961 4).
 */
#include "flow/tcp_parts.h"

enum { SYN_IDLE_US = 60000000 };

static bool syn_opens(struct pool *missing, struct flow *f, enum dir dir,
    const struct packet *p)
{
	struct side_of s = side_of(missing, f, dir, NULL);
	struct flow_half *h = s.half;
	bool same = f->flags & seq_flag(dir) && p->seq + 1 == h->next;
	struct missing *m;

	if (f->flags & (FLOW_CLOSED | FLOW_FIN_UP | FLOW_FIN_DOWN))
		return true;
	if (f->half[UP].bytes == 0 && f->half[DOWN].bytes == 0)
		return false;		/* sent again */
	if (same && h->bytes == 0)
		return false;
	if (p->at_us - f->last_us > SYN_IDLE_US)
		return true;
	m = missing_make(&s);
	if (m != NULL) {		/* the answer will tell */
		m->syn[dir] = true;
		m->syn_next[dir] = p->seq + 1;
	}
	return false;
}

bool tcp_opens_anew(struct pool *missing, struct flow *f, enum dir dir,
    const struct packet *p)
{
	const struct missing *m;

	if ((p->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN)
		return syn_opens(missing, f, dir, p);
	m = pool_at(missing, f->missing);
	if (m == NULL)
		return false;
	if (p->tcp_flags & TCP_SYN)
		return m->syn[!dir] && p->ack == m->syn_next[!dir];
	return m->syn[dir] && p->wire_len > 0 && p->seq == m->syn_next[dir];
}
