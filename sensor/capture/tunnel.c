/*
 * tunnel.c - GRE and what runs in it, and tunnels over UDP.
 *
 * GRE (RFC 2784, 2890, 1701) with ERSPAN I to III, PPTP's version 1 (RFC
 * 2637), WCCP; VXLAN (RFC 7348) and its GPE, Geneve (RFC 8926), GTP-U (3GPP
 * TS 29.281), Teredo (RFC 4380), TZSP, MPLS in UDP (RFC 7510).
 *
 * A port alone proves nothing: a tunnel over UDP is opened only when its
 * header is what the standard says, and what is inside must decode, or the
 * outer packet stands.  Not opened: L2TP, WireGuard, anything encrypted.
 */
#include "capture/unwrap.h"

enum {
	GRE_CHECKSUM = 0x8000, GRE_ROUTING = 0x4000, GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000, GRE_ACK = 0x0080, GRE_VERSION = 7,

	TYPE_IP4 = 0x0800, TYPE_IP6 = 0x86dd, TYPE_ETHERNET = 0x6558,
	TYPE_WCCP = 0x883e, TYPE_ERSPAN = 0x88be, TYPE_ERSPAN3 = 0x22eb,

	PORT_GTP_U = 2152, PORT_TEREDO = 3544, PORT_VXLAN = 4789,
	PORT_VXLAN_GPE = 4790, PORT_GENEVE = 6081, PORT_MPLS = 6635,
	PORT_VXLAN_LINUX = 8472, PORT_TZSP = 37008
};

static enum layer inner_type(struct unwrap *u, uint32_t type)
{
	u->type = type;
	return LAYER_TYPE;
}

/* RFC 1701: source routes, the last one of length 0. */
static bool skip_routes(struct unwrap *u)
{
	const uint8_t *h;

	do {
		h = unwrap_bytes(u, 4);
		if (h == NULL || unwrap_bytes(u, h[3]) == NULL)
			return false;
	} while (h[3]);
	return true;
}

/* What such a header promises is there, whether weir knows it or not. */
static enum layer certain(struct unwrap *u, enum layer next)
{
	u->certain = true;
	return next;
}

/* Type II has a header of 8 bytes, known by the sequence number; I none. */
static enum layer open_erspan(struct unwrap *u, bool sequence)
{
	if (sequence && unwrap_bytes(u, 8) == NULL)
		return LAYER_BAD;
	return certain(u, LAYER_ETHERNET);
}

/* 12 bytes, 8 more when the last bit says so; a frame or an IP packet. */
static enum layer open_erspan3(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 12);

	if (h == NULL || h[0] >> 4 != 2)
		return LAYER_BAD;
	if ((h[11] & 1) && unwrap_bytes(u, 8) == NULL)
		return LAYER_BAD;
	switch (h[10] >> 2 & 0x1f) {
	case 0:
		return certain(u, LAYER_ETHERNET);
	case 2:
		return LAYER_IP;
	default:
		return LAYER_UNKNOWN;
	}
}

/* Version 2 puts four bytes before the packet, version 1 does not. */
static enum layer open_wccp(struct unwrap *u)
{
	if (!looks_like_ip(u->in, u->wire) && unwrap_bytes(u, 4) == NULL)
		return LAYER_BAD;
	return LAYER_IP;
}

enum layer open_gre(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 4);
	uint32_t flags, type, n = 0;

	if (h == NULL)
		return LAYER_BAD;
	flags = be16(h);
	type = be16(h + 2);
	if ((flags & GRE_VERSION) > 1)
		return LAYER_UNKNOWN;
	n += flags & (GRE_CHECKSUM | GRE_ROUTING) ? 4 : 0;
	n += flags & GRE_KEY ? 4 : 0;
	n += flags & GRE_SEQUENCE ? 4 : 0;
	if ((flags & GRE_VERSION) == 1)
		n += flags & GRE_ACK ? 4 : 0;
	if (n && unwrap_bytes(u, n) == NULL)
		return LAYER_BAD;
	if ((flags & GRE_ROUTING) && !skip_routes(u))
		return LAYER_BAD;
	if (u->wire == 0)		/* keepalive, or a bare acknowledgement */
		return LAYER_BAD;
	switch (type) {
	case TYPE_ERSPAN:
		return open_erspan(u, flags & GRE_SEQUENCE);
	case TYPE_ERSPAN3:
		return open_erspan3(u);
	case TYPE_WCCP:
		return open_wccp(u);
	case TYPE_IP4: case TYPE_IP6: case TYPE_ETHERNET:
		return certain(u, inner_type(u, type));
	default:
		return type <= 1500 ? LAYER_BAD : inner_type(u, type);
	}
}

/*
 * The flag for a valid id must be set, the last byte zero.  The flag for a
 * next protocol is also seen on the port where it does not belong.
 */
static enum layer open_vxlan(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 8);

	if (h == NULL || !(h[0] & 0x08) || h[7] != 0)
		return LAYER_BAD;
	if (be32(h) == 0x08000000)	/* RFC 7348 alone, nothing added */
		return certain(u, LAYER_ETHERNET);
	return h[0] & 0x04 ? open_numbered(u, h[3]) : LAYER_ETHERNET;
}

static enum layer open_geneve(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 8);

	if (h == NULL || h[0] >> 6 != 0 || (h[1] & 0x3f) || h[7])
		return LAYER_BAD;
	if (unwrap_bytes(u, (h[0] & 0x3fu) * 4) == NULL)
		return LAYER_BAD;
	if (be16(h + 2) == TYPE_ETHERNET)
		return certain(u, LAYER_ETHERNET);
	return inner_type(u, be16(h + 2));
}

/* Extension headers count their length in words, and name the next. */
static bool skip_gtp_extensions(struct unwrap *u, uint8_t next)
{
	while (next) {
		const uint8_t *h = unwrap_bytes(u, 1);
		const uint8_t *rest;

		if (h == NULL || h[0] == 0)
			return false;
		rest = unwrap_bytes(u, h[0] * 4u - 1);
		if (rest == NULL)
			return false;
		next = rest[h[0] * 4u - 2];
	}
	return true;
}

/* Version 1, a user packet; what it carries has no name but its looks. */
static enum layer open_gtp(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 8);

	if (h == NULL || h[0] >> 4 != 3 || h[1] != 0xff || be16(h + 2) == 0)
		return LAYER_BAD;
	if (h[0] & 7) {
		const uint8_t *more = unwrap_bytes(u, 4);

		if (more == NULL || ((h[0] & 4) &&
		    !skip_gtp_extensions(u, more[3])))
			return LAYER_BAD;
	}
	return looks_like_ip(u->in, u->wire) ? LAYER_IP : LAYER_BAD;
}

/* Authentication and origin may come before the IPv6 packet. */
static enum layer open_teredo(struct unwrap *u)
{
	const uint8_t *h;

	if (u->in.n > 4 && u->in.p[0] == 0 && u->in.p[1] == 1) {
		h = unwrap_bytes(u, 4);
		if (unwrap_bytes(u, h[2] + h[3] + 9u) == NULL)
			return LAYER_BAD;
	}
	if (u->in.n > 8 && u->in.p[0] == 0 && u->in.p[1] == 0)
		(void)unwrap_bytes(u, 8);
	return looks_like_ip(u->in, u->wire) && u->in.p[0] >> 4 == 6 ?
	    LAYER_IP6 : LAYER_BAD;
}

/* Tagged fields up to the end tag, then an Ethernet frame. */
static enum layer open_tzsp(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 4);

	if (h == NULL || h[0] != 1 || h[1] > 1 || be16(h + 2) != 1)
		return LAYER_BAD;
	for (;;) {
		h = unwrap_bytes(u, 1);
		if (h == NULL)
			return LAYER_BAD;
		if (h[0] == 1)
			return LAYER_ETHERNET;
		if (h[0] == 0)		/* padding */
			continue;
		h = unwrap_bytes(u, 1);
		if (h == NULL || unwrap_bytes(u, h[0]) == NULL)
			return LAYER_BAD;
	}
}

bool is_tunnel_port(uint16_t sport, uint16_t dport)
{
	switch (dport) {
	case PORT_GTP_U: case PORT_TEREDO: case PORT_VXLAN:
	case PORT_VXLAN_GPE: case PORT_GENEVE: case PORT_MPLS:
	case PORT_VXLAN_LINUX: case PORT_TZSP:
		return true;
	default:
		return sport == PORT_TEREDO || sport == PORT_GTP_U;
	}
}

static enum layer open_port(struct unwrap *u, uint16_t port)
{
	switch (port) {
	case PORT_GTP_U:
		return open_gtp(u);
	case PORT_TEREDO:
		return open_teredo(u);
	case PORT_VXLAN: case PORT_VXLAN_LINUX: case PORT_VXLAN_GPE:
		return open_vxlan(u);
	case PORT_GENEVE:
		return open_geneve(u);
	case PORT_MPLS:
		return LAYER_MPLS;
	case PORT_TZSP:
		return open_tzsp(u);
	default:
		return LAYER_BAD;
	}
}

enum layer open_udp_tunnel(struct unwrap *u)
{
	uint16_t port = u->packet->dport;

	if (!is_tunnel_port(0, port))
		port = u->packet->sport;
	return enter_tunnel(u) ? open_port(u, port) : LAYER_DONE;
}

bool enter_tunnel(struct unwrap *u)
{
	struct packet *p = u->packet;

	if (p->tunnels >= DECODE_DEPTH) {
		u->decoder->counts.too_deep++;
		return false;
	}
	u->outer = *p;
	u->in_tunnel = true;
	u->certain = false;
	u->exact = false;
	*p = (struct packet){ .at_us = p->at_us, .vlan = p->vlan,
		.has_mac = p->has_mac, .tunnels = (uint8_t)(p->tunnels + 1),
		.window_shift = NO_WINDOW_SHIFT };
	memcpy(p->src_mac, u->outer.src_mac, sizeof(p->src_mac));
	memcpy(p->dst_mac, u->outer.dst_mac, sizeof(p->dst_mac));
	return true;
}
