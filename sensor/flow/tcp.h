/*
 * tcp.h - what a TCP segment adds to its flow.
 *
 * Exact volumes, whatever the order, loss and duplication of segments:
 * bytes = seen once + acknowledged by the peer though never captured.
 */
#ifndef FLOW_TCP_H
#define FLOW_TCP_H

#include "flow/flow.h"

/* How far a sequence number may jump and still be believed at once. */
enum { TCP_PLAUSIBLE = 32 << 20 };

/*
 * Does this packet open a new connection on the ports of `f`?  Then the
 * caller ends `f` and makes a new flow before it accounts the packet.
 */
bool tcp_opens_anew(struct pool *missing, struct flow *f, enum dir dir,
    const struct packet *p);

/* Sets new_bytes, late, hole and overlap of *st, and the flow's flags. */
void tcp_account(struct pool *missing, struct flow *f, const struct packet *p,
    struct step *st, struct flow_counts *counts);

/* The flow is over: settle what is still missing, give the memory back. */
void tcp_settle(struct pool *missing, struct flow *f,
    struct flow_counts *counts);

size_t tcp_missing_size(void);		/* bytes of one object of `missing` */

#endif
