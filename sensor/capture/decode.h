/*
 * decode.h - from a captured frame to a struct packet.
 *
 * Takes off link layers (Ethernet, raw IP, SLL, SLL2, NULL/LOOP, PPP), VLAN,
 * QinQ, MPLS, PPPoE, GRE, ERSPAN I-III, VXLAN, Geneve, GTP-U, IP-in-IP, at
 * most DECODE_DEPTH of them, and puts IP fragments together in a bounded
 * table.  Bad checksums are counted, never a reason to discard: a SPAN port
 * shows packets before their checksums are filled in.
 */
#ifndef CAPTURE_DECODE_H
#define CAPTURE_DECODE_H

#include "capture/packet.h"

enum { DECODE_DEPTH = 8 };

struct frame {
	int64_t at_us;
	int link;			/* DLT_* of the interface it came from */
	uint32_t wire_len;
	struct slice bytes;		/* what was captured */
};

enum decoded {
	DECODED,		/* *out is an IP packet */
	DECODED_FRAGMENT,	/* kept until the rest arrives */
	DECODED_OTHER,		/* not IP: ARP, LLDP, ... */
	DECODED_BAD,		/* too short or inconsistent */
	DECODED_UNKNOWN		/* a link layer or tunnel weir cannot open */
};

struct decode_counts {
	uint64_t frames, bytes;		/* wire bytes */
	uint64_t other, bad, unknown, truncated, too_deep;
	uint64_t fragments, reassembled, fragments_dropped;
	uint64_t bad_checksum, tunnelled, vlan_tagged;
	uint32_t last_unknown;		/* ethertype, or DLT << 16 */
};

struct decoder;				/* fragment table and counters */

struct decoder *decoder_new(void);	/* NULL: no memory */
void decoder_free(struct decoder *d);
const struct decode_counts *decoder_counts(const struct decoder *d);

/* *out is valid until the next call with this decoder. */
enum decoded decode(struct decoder *d, const struct frame *in,
    struct packet *out);

#endif
