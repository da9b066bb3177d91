/*
 * tcp_parts.h - shared by tcp.c and tcp_reuse.c, and nobody else.
 */
#ifndef FLOW_TCP_PARTS_H
#define FLOW_TCP_PARTS_H

#include "flow/holes.h"
#include "flow/tcp.h"

struct far {				/* beyond belief, until it repeats */
	uint32_t next, ack, bytes;
	uint8_t run;
	bool acked;
};

struct missing {			/* beside a flow that misses something */
	struct holes holes[2];
	struct far far[2];
	bool syn[2];			/* a SYN came in mid-connection */
	uint32_t syn_next[2];
};

/* One direction of a flow while a segment is worked on. */
struct side_of {
	struct pool *pool;
	struct flow *flow;
	struct flow_half *half, *peer;
	enum dir dir;
	bool peer_acks;			/* peer->acked is valid */
	struct flow_counts *counts;
};

static inline uint16_t seq_flag(enum dir d)
{
	return d == UP ? FLOW_SEQ_UP : FLOW_SEQ_DOWN;
}

static inline uint16_t ack_flag(enum dir d)
{
	return d == UP ? FLOW_ACK_UP : FLOW_ACK_DOWN;
}

static inline uint16_t fin_flag(enum dir d)
{
	return d == UP ? FLOW_FIN_UP : FLOW_FIN_DOWN;
}

static inline struct side_of side_of(struct pool *pool, struct flow *f, enum dir d,
    struct flow_counts *counts)
{
	return (struct side_of){ .pool = pool, .flow = f, .dir = d,
	    .half = &f->half[d], .peer = &f->half[!d], .counts = counts,
	    .peer_acks = f->flags & ack_flag(!d) };
}

static inline struct missing *missing_of(const struct side_of *s)
{
	return pool_at(s->pool, s->flow->missing);
}

static inline struct missing *missing_make(struct side_of *s)
{
	if (s->flow->missing == 0)
		s->flow->missing = pool_index(s->pool, pool_get(s->pool));
	return missing_of(s);
}

#endif
