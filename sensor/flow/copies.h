/*
 * copies.h - telling a packet that was captured twice from one sent twice.
 *
 * A SPAN of both ports of a switch, or of two VLANs, shows every packet
 * twice, microseconds to milliseconds apart, with another VLAN tag, MAC or
 * TTL.  A small direct-mapped memory of the last packets finds them.  A true
 * retransmission has a new IPv4 identification, and comes later.
 */
#ifndef FLOW_COPIES_H
#define FLOW_COPIES_H

#include "capture/packet.h"

enum {
	COPIES = 16384,			/* packets remembered */
	COPY_WITHIN_US = 1000,
	COPY_ID_WITHIN_US = 5000	/* with an IPv4 identification */
};

struct copies {
	uint64_t seed;
	struct {
		uint32_t print;		/* of the packet */
		uint32_t at_us;		/* low bits of its time */
	} seen[COPIES];
};

/* Seen just before?  Remembers it if not.  `hash` is the flow's. */
bool copies_seen(struct copies *c, const struct packet *p, uint32_t hash);

#endif
