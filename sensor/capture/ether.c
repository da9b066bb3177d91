/*
 * ether.c - what is stacked on Ethernet, down to IP.
 *
 * IEEE 802.1Q and 802.1ad tags (also the old 9100 to 9300), 802.2 LLC with
 * SNAP, Cisco ISL and metadata (security group tags), 802.1ah, 802.1BR and
 * VN tags, HSR, NSH (RFC 8300), MPLS (RFC 3032, 4448), PPPoE (RFC 2516), PPP
 * (RFC 1661, 1662).  MACsec is opened only where it does not encrypt.
 */
#include "capture/unwrap.h"

enum { TYPE_IP4 = 0x0800, TYPE_IP6 = 0x86dd, TYPE_LLC_MAX = 0x05dc };

/* Cisco ISL: 26 bytes around a whole Ethernet frame, VLAN inside. */
static enum layer open_isl(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 26 - 14);

	if (h == NULL)
		return LAYER_BAD;
	u->packet->vlan = be16(h + 6) >> 1 & 0xfff;
	return LAYER_ETHERNET;
}

enum layer open_ethernet(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 14);
	struct packet *p = u->packet;

	if (h == NULL)
		return LAYER_BAD;
	if ((h[0] == 1 || h[0] == 3) && h[1] == 0 && h[2] == 0x0c &&
	    h[3] == 0 && h[4] == 0)
		return open_isl(u);
	memcpy(p->dst_mac, h, 6);
	memcpy(p->src_mac, h + 6, 6);
	p->has_mac = true;
	u->type = be16(h + 12);
	return u->type == TYPE_IP4 ? LAYER_IP4 : LAYER_TYPE;
}

static enum layer open_vlan(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 4);

	if (h == NULL)
		return LAYER_BAD;
	if (be16(h) & 0xfff)		/* 0: only a priority */
		u->packet->vlan = be16(h) & 0xfff;
	u->type = be16(h + 2);
	return LAYER_TYPE;
}

/* IEEE 802.1AE: in clear when neither encrypted nor changed. */
static enum layer open_macsec(struct unwrap *u)
{
	uint8_t tci = slice_u8(&(struct slice){ u->in.p, u->in.n });

	if (tci & 0x0c)
		return open_unknown(u, u->type);
	return open_type_after(u, tci & 0x20 ? 14 : 6);
}

enum layer open_numbered(struct unwrap *u, uint8_t next)
{
	switch (next) {
	case 1:
		return LAYER_IP4;
	case 2:
		return LAYER_IP6;
	case 3:
		return LAYER_ETHERNET;
	case 4:
		u->type = 0x894f;	/* NSH */
		return LAYER_TYPE;
	case 5:
		return LAYER_MPLS;
	default:
		return LAYER_UNKNOWN;
	}
}

/* RFC 8300: the length is in words, the next protocol a number of its own. */
static enum layer open_nsh(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 8);
	enum layer next;
	uint32_t words;

	if (h == NULL)
		return LAYER_BAD;
	words = h[1] & 0x3f;
	if (words < 2 || unwrap_bytes(u, (words - 2) * 4) == NULL)
		return LAYER_BAD;
	next = open_numbered(u, h[3]);
	return next == LAYER_UNKNOWN ? open_unknown(u, u->type) : next;
}

static bool is_known_other(uint32_t type)
{
	switch (type) {
	case 0x0806:			/* ARP */
	case 0x8035:			/* RARP */
	case 0x0842:			/* wake on LAN */
	case 0x8137:			/* IPX */
	case 0x809b: case 0x80f3:	/* AppleTalk */
	case 0x8808: case 0x8809:	/* pause, slow protocols */
	case 0x8863:			/* PPPoE discovery */
	case 0x887b: case 0x88e1: case 0x8912:	/* HomePlug */
	case 0x888e:			/* EAP over LAN */
	case 0x8899:			/* loop detection */
	case 0x88cc:			/* LLDP */
	case 0x88f5: case 0x88f6:	/* MVRP, MMRP */
	case 0x88f7:			/* PTP */
	case 0x8902:			/* connectivity faults */
	case 0x890d:			/* fast roaming, TDLS */
	case 0x9000:			/* loopback */
		return true;
	default:
		return false;
	}
}

enum layer open_type(struct unwrap *u)
{
	switch (u->type) {
	case TYPE_IP4:
		return LAYER_IP4;
	case TYPE_IP6:
		return LAYER_IP6;
	case 0x8100: case 0x88a8: case 0x9100: case 0x9200: case 0x9300:
		return open_vlan(u);
	case 0x8847: case 0x8848:
		return LAYER_MPLS;
	case 0x8864:
		return LAYER_PPPOE;
	case 0x8909:			/* Cisco metadata */
		return open_type_after(u, 6);
	case 0x8926: case 0x892f:	/* VN tag, HSR */
		return open_type_after(u, 4);
	case 0x893f:			/* 802.1BR */
		return open_type_after(u, 6);
	case 0x88e7:			/* 802.1ah: service tag, then all */
		return open_after(u, 4, LAYER_ETHERNET);
	case 0x6558:
		return LAYER_ETHERNET;
	case 0x880b:
		return LAYER_PPP;
	case 0x894f:
		return open_nsh(u);
	case 0x88e5:
		return open_macsec(u);
	default:
		if (u->type <= TYPE_LLC_MAX)
			return LAYER_LLC;
		if (is_known_other(u->type))
			return LAYER_OTHER;
		return open_unknown(u, u->type);
	}
}

enum layer open_llc(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 3);
	uint32_t oui;

	if (h == NULL)
		return LAYER_BAD;
	if (h[0] == 0x06 && h[1] == 0x06)
		return LAYER_IP4;
	if (h[0] == 0xfe && h[1] == 0xfe && u->in.n && u->in.p[0] == 0xcc)
		return open_after(u, 1, LAYER_IP4);
	if (h[0] != 0xaa || h[1] != 0xaa)
		return LAYER_OTHER;
	h = unwrap_bytes(u, 5);
	if (h == NULL)
		return LAYER_BAD;
	oui = be32(h) >> 8;
	u->type = be16(h + 3);
	if (oui == 0x0080c2 && (u->type == 1 || u->type == 7))
		return open_after(u, u->type == 1 ? 2 : 0, LAYER_ETHERNET);
	if ((oui != 0 && oui != 0x0000f8) || u->type <= TYPE_LLC_MAX)
		return LAYER_OTHER;
	return LAYER_TYPE;
}

static bool looks_like_ethernet(struct slice in)
{
	uint32_t type;

	slice_skip(&in, 12);
	type = slice_u16(&in);
	return !slice_short(in) && (type == TYPE_IP4 || type == TYPE_IP6 ||
	    type == 0x8100 || type == 0x88a8 || type == 0x8847 ||
	    type == 0x8864 || is_known_other(type));
}

/*
 * Labels to the bottom of the stack; what is below is not said.  An IP
 * packet begins with 4 or 6, a pseudowire's control word with 0, but so may
 * an Ethernet frame without one.
 */
enum layer open_mpls(struct unwrap *u)
{
	const uint8_t *label;
	struct slice ahead;

	do {
		label = unwrap_bytes(u, 4);
		if (label == NULL)
			return LAYER_BAD;
	} while (!(label[2] & 1));
	if (u->packet->tunnels < UINT8_MAX)
		u->packet->tunnels++;
	if (looks_like_ip(u->in, u->wire))
		return LAYER_IP;
	ahead = u->in;
	if (slice_u8(&ahead) >> 4 == 1)	/* operation and maintenance */
		return LAYER_OTHER;
	if (u->in.n && u->in.p[0] >> 4 == 0 && !looks_like_ethernet(u->in))
		return open_after(u, 4, LAYER_ETHERNET);
	return LAYER_ETHERNET;
}

enum layer open_pppoe(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 6);

	if (h == NULL || h[0] != 0x11)
		return LAYER_BAD;
	if (be16(h + 4) <= u->wire) {
		u->wire = be16(h + 4);
		u->exact = true;
	}
	if (u->packet->tunnels < UINT8_MAX)
		u->packet->tunnels++;
	return h[1] == 0 ? LAYER_PPP : LAYER_OTHER;
}

enum layer open_ppp(struct unwrap *u)
{
	struct slice ahead = u->in;
	uint32_t protocol = slice_u8(&ahead);
	uint32_t n = 1;

	if (protocol == 0xff) {		/* address and control, RFC 1662 */
		slice_skip(&ahead, 1);
		protocol = slice_u8(&ahead);
		n = 3;
	}
	if (!(protocol & 1)) {		/* not compressed to one byte */
		protocol = protocol << 8 | slice_u8(&ahead);
		n++;
	}
	if (slice_short(ahead) || unwrap_bytes(u, n) == NULL)
		return LAYER_BAD;
	switch (protocol) {
	case 0x0021:
		return LAYER_IP4;
	case 0x0057:
		return LAYER_IP6;
	case 0x0281: case 0x0283:
		return LAYER_MPLS;
	default:
		if (protocol >= 0x8000)	/* negotiation */
			return LAYER_OTHER;
		return open_unknown(u, protocol);
	}
}
