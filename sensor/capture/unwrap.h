/*
 * unwrap.h - one frame on its way from the link layer to a packet.
 *
 * Behind decode.h.  Each step takes one layer off and names the next; the
 * loop in decode.c runs them, so hostile nesting cannot use up the stack.
 * Every step but the last consumes bytes, so the loop ends.
 */
#ifndef CAPTURE_UNWRAP_H
#define CAPTURE_UNWRAP_H

#include "capture/decode.h"
#include "capture/defrag.h"

enum layer {
	LAYER_LINK,		/* by the frame's link type */
	LAYER_ETHERNET,
	LAYER_TYPE,		/* by the ethertype, or length, in u->type */
	LAYER_LLC,
	LAYER_PPP,
	LAYER_PPPOE,
	LAYER_MPLS,
	LAYER_IP,		/* by the first nibble */
	LAYER_IP4,
	LAYER_IP6,
	LAYER_PROTO,		/* by u->packet->proto */
	LAYER_GRE,
	LAYER_UDP_TUNNEL,	/* by port and looks */
	LAYER_DONE,		/* from here on: the result */
	LAYER_FRAGMENT,
	LAYER_OTHER,
	LAYER_BAD,
	LAYER_UNKNOWN
};

struct unwrap {
	struct decoder *decoder;
	struct packet *packet;
	struct slice in;		/* captured, from this layer on */
	uint32_t wire;			/* bytes on the wire, likewise */
	uint32_t type;
	int link;
	bool exact;			/* nothing can be longer than wire */
	bool in_tunnel;			/* `outer` is set */
	bool certain;			/* its header left no doubt */
	struct packet outer;		/* stands in doubt about the inside */
};

struct decoder {
	struct decode_counts counts;
	struct defrag *defrag;
};

/* link.c, ether.c, network.c, transport.c, tunnel.c */
enum layer open_link(struct unwrap *u);
enum layer open_ethernet(struct unwrap *u);
enum layer open_type(struct unwrap *u);
enum layer open_llc(struct unwrap *u);
enum layer open_ppp(struct unwrap *u);
enum layer open_pppoe(struct unwrap *u);
enum layer open_mpls(struct unwrap *u);
enum layer open_ip(struct unwrap *u);
enum layer open_ip4(struct unwrap *u);
enum layer open_ip6(struct unwrap *u);
enum layer open_proto(struct unwrap *u);
enum layer open_gre(struct unwrap *u);
enum layer open_udp_tunnel(struct unwrap *u);
/* The next protocol, as VXLAN-GPE and NSH number it. */
enum layer open_numbered(struct unwrap *u, uint8_t next);

/* Is this the port of a tunnel that open_udp_tunnel() knows? */
bool is_tunnel_port(uint16_t sport, uint16_t dport);

/* Could an IP packet begin here? */
bool looks_like_ip(struct slice in, uint32_t wire);

/* Keep the packet as the outer one; false: too deep, it must stand. */
bool enter_tunnel(struct unwrap *u);

/* The next n bytes, or NULL. */
static inline const uint8_t *unwrap_bytes(struct unwrap *u, uint32_t n)
{
	u->wire = u->wire > n ? u->wire - n : 0;
	return slice_bytes(&u->in, n);
}

static inline uint16_t be16(const uint8_t *b)
{
	return (uint16_t)(b[0] << 8 | b[1]);
}

static inline uint32_t be32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

static inline enum layer open_unknown(struct unwrap *u, uint32_t what)
{
	u->decoder->counts.last_unknown = what;
	return LAYER_UNKNOWN;
}

/* Take n bytes off and go on with `next`. */
static inline enum layer open_after(struct unwrap *u, uint32_t n,
    enum layer next)
{
	return unwrap_bytes(u, n) ? next : LAYER_BAD;
}

/* The next ethertype follows after n bytes. */
static inline enum layer open_type_after(struct unwrap *u, uint32_t n)
{
	const uint8_t *b = unwrap_bytes(u, n + 2);

	if (b == NULL)
		return LAYER_BAD;
	u->type = be16(b + n);
	return LAYER_TYPE;
}

#endif
