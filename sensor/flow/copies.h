/*
 * copies.h - telling a packet that was captured twice from one sent twice.
 *
 * A SPAN of both ports of a switch, or of two VLANs, shows every packet
 * twice, microseconds to milliseconds apart, with another VLAN tag, MAC or
 * TTL.  A small memory of the last packets finds them: sets of four, so that
 * the packets between a packet and its copy do not push it out (of a thousand
 * between, as at a million a second, one in 7,000 would be lost).  A true
 * retransmission has a new IPv4 identification, and comes later.
 */
#ifndef FLOW_COPIES_H
#define FLOW_COPIES_H

#include "capture/packet.h"

enum {
	COPY_SETS = 4096, COPY_WAYS = 4,
	COPY_WITHIN_US = 1000,
	COPY_ID_WITHIN_US = 5000	/* with an IPv4 identification */
};

struct copies {
	uint64_t seed;
	struct copy {
		uint32_t print;		/* of the packet */
		uint32_t at_us;		/* low bits of its time */
	} seen[COPY_SETS][COPY_WAYS];
};

/* Seen just before?  Remembers it if not.  `hash` is the flow's. */
bool copies_seen(struct copies *c, const struct packet *p, uint32_t hash);

#endif
