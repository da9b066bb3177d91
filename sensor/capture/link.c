/*
 * link.c - link layers down to IP: Ethernet and what is stacked on it.
 *
 * IEEE 802.1Q and 802.1ad tags (also the old 9100 to 9300), 802.2 LLC with
 * SNAP, Cisco ISL and metadata (security group tags), 802.1ah, 802.1BR and
 * VN tags, HSR, NSH (RFC 8300), MPLS (RFC 3032, 4448), PPPoE (RFC 2516), PPP
 * (RFC 1661, 1662), Cisco HDLC; the pcap link types of LINKTYPE and DLT.
 * MACsec is opened only where it does not encrypt.
 */
#include "capture/unwrap.h"

enum {
	LINK_NULL = 0, LINK_ETHERNET = 1, LINK_PPP = 9, LINK_FDDI = 10,
	LINK_DLT_RAW = 12, LINK_OPENBSD_RAW = 14, LINK_PPP_SERIAL = 50,
	LINK_PPP_ETHER = 51, LINK_RAW = 101, LINK_C_HDLC = 104,
	LINK_LOOP = 108, LINK_SLL = 113, LINK_USER2 = 149,
	LINK_PPP_WITH_DIR = 204, LINK_IPV4 = 228, LINK_IPV6 = 229,
	LINK_NFLOG = 239, LINK_PKTAP = 258, LINK_SLL2 = 276,
	LINK_DSA_BRCM = 281, LINK_DSA_BRCM_PREPEND = 282,

	TYPE_IP4 = 0x0800, TYPE_IP6 = 0x86dd, TYPE_LLC_MAX = 0x05dc,
	NFLOG_PAYLOAD = 9
};

static enum layer unknown(struct unwrap *u, uint32_t what)
{
	u->decoder->counts.last_unknown = what;
	return LAYER_UNKNOWN;
}

/* Take n bytes off and go on with `next`. */
static enum layer skip(struct unwrap *u, uint32_t n, enum layer next)
{
	return unwrap_bytes(u, n) ? next : LAYER_BAD;
}

/* The next ethertype follows after n bytes. */
static enum layer skip_to_type(struct unwrap *u, uint32_t n)
{
	const uint8_t *b = unwrap_bytes(u, n + 2);

	if (b == NULL)
		return LAYER_BAD;
	u->type = be16(b + n);
	return LAYER_TYPE;
}

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
		return unknown(u, u->type);
	return skip_to_type(u, tci & 0x20 ? 14 : 6);
}

/* RFC 8300: the length is in words, the next protocol a number of its own. */
static enum layer open_nsh(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 8);
	uint32_t words;

	if (h == NULL)
		return LAYER_BAD;
	words = h[1] & 0x3f;
	if (words < 2 || unwrap_bytes(u, (words - 2) * 4) == NULL)
		return LAYER_BAD;
	switch (h[3]) {
	case 1:
		return LAYER_IP4;
	case 2:
		return LAYER_IP6;
	case 3:
		return LAYER_ETHERNET;
	case 5:
		return LAYER_MPLS;
	default:
		return unknown(u, u->type);
	}
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
		return skip_to_type(u, 6);
	case 0x8926: case 0x892f:	/* VN tag, HSR */
		return skip_to_type(u, 4);
	case 0x893f:			/* 802.1BR */
		return skip_to_type(u, 6);
	case 0x88e7:			/* 802.1ah: service tag, then all */
		return skip(u, 4, LAYER_ETHERNET);
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
		return unknown(u, u->type);
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
		return skip(u, 1, LAYER_IP4);
	if (h[0] != 0xaa || h[1] != 0xaa)
		return LAYER_OTHER;
	h = unwrap_bytes(u, 5);
	if (h == NULL)
		return LAYER_BAD;
	oui = be32(h) >> 8;
	u->type = be16(h + 3);
	if (oui == 0x0080c2 && (u->type == 1 || u->type == 7))
		return skip(u, u->type == 1 ? 2 : 0, LAYER_ETHERNET);
	if ((oui != 0 && oui != 0x0000f8) || u->type <= TYPE_LLC_MAX)
		return LAYER_OTHER;
	return LAYER_TYPE;
}

/*
 * Labels to the bottom of the stack; what is below is not said.  An IP
 * packet begins with 4 or 6, a pseudowire's control word with 0; anything
 * else is an Ethernet frame without one.
 */
enum layer open_mpls(struct unwrap *u)
{
	const uint8_t *label;

	do {
		label = unwrap_bytes(u, 4);
		if (label == NULL)
			return LAYER_BAD;
	} while (!(label[2] & 1));
	if (u->packet->tunnels < UINT8_MAX)
		u->packet->tunnels++;
	if (looks_like_ip(u->in, u->wire))
		return LAYER_IP;
	if (u->in.n == 0)
		return LAYER_BAD;
	if (u->in.p[0] >> 4 == 1)	/* operation and maintenance */
		return LAYER_OTHER;
	return u->in.p[0] >> 4 == 0 && u->in.n > 4 ?
	    skip(u, 4, LAYER_ETHERNET) : LAYER_ETHERNET;
}

enum layer open_pppoe(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 6);

	if (h == NULL || h[0] != 0x11)
		return LAYER_BAD;
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
		return unknown(u, protocol);
	}
}

static enum layer open_hdlc(struct unwrap *u)
{
	return skip_to_type(u, 2);
}

static enum layer open_serial(struct unwrap *u)
{
	uint8_t first = u->in.n ? u->in.p[0] : 0;

	return first == 0x0f || first == 0x8f ? open_hdlc(u) : LAYER_PPP;
}

static enum layer open_sll(struct unwrap *u)
{
	return skip_to_type(u, 14);
}

static enum layer open_sll2(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 20);

	if (h == NULL)
		return LAYER_BAD;
	u->type = be16(h);
	return LAYER_TYPE;
}

/* Frame control, two addresses, LLC; addresses are in another bit order. */
static enum layer open_fddi(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 13);

	if (h == NULL)
		return LAYER_BAD;
	return (h[0] & 0x30) == 0x10 ? LAYER_LLC : LAYER_OTHER;
}

/* A list of type-length-value in the byte order of the capturing host. */
static enum layer open_nflog(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 4);

	while (h && (h = unwrap_bytes(u, 4)) != NULL) {
		uint32_t n = (uint32_t)(h[0] | h[1] << 8);
		uint32_t type = (uint32_t)(h[2] | h[3] << 8);

		if (type > 0xff && (type & 0xff) == 0) {	/* big-endian */
			n = be16(h);
			type = be16(h + 2);
		}
		if (n < 4)
			return LAYER_BAD;
		if ((type & 0x7fff) == NFLOG_PAYLOAD)
			return LAYER_IP;
		n = (n + 3) / 4 * 4 - 4;
		if (n && unwrap_bytes(u, n) == NULL)
			return LAYER_BAD;
	}
	return LAYER_BAD;
}

/* Apple's: its own length, and the link type of what follows. */
static enum layer open_pktap(struct unwrap *u)
{
	struct slice ahead = u->in;
	uint32_t n = slice_le32(&ahead);

	(void)slice_u32(&ahead);
	u->link = (int)slice_le32(&ahead);
	if (slice_short(ahead) || n < 12 || u->link == LINK_PKTAP)
		return LAYER_BAD;
	return skip(u, n, LAYER_LINK);
}

/* A switch chip's tag of 4 bytes, before the frame or behind the addresses. */
static enum layer open_brcm(struct unwrap *u, bool before)
{
	const uint8_t *h;

	if (before)
		return skip(u, 4, LAYER_ETHERNET);
	h = unwrap_bytes(u, 12);
	if (h == NULL)
		return LAYER_BAD;
	memcpy(u->packet->dst_mac, h, 6);
	memcpy(u->packet->src_mac, h + 6, 6);
	u->packet->has_mac = true;
	return skip_to_type(u, 4);
}

enum layer open_link(struct unwrap *u)
{
	switch (u->link) {
	case LINK_ETHERNET:
		return open_ethernet(u);
	case LINK_DLT_RAW: case LINK_OPENBSD_RAW: case LINK_RAW:
	case LINK_IPV4: case LINK_IPV6:
		return LAYER_IP;
	case LINK_NULL: case LINK_LOOP:
		return skip(u, 4, LAYER_IP);
	case LINK_SLL:
		return open_sll(u);
	case LINK_SLL2:
		return open_sll2(u);
	case LINK_PPP:
		return open_serial(u);
	case LINK_PPP_SERIAL:
		return open_serial(u);
	case LINK_PPP_WITH_DIR:
		return skip(u, 1, LAYER_PPP);
	case LINK_PPP_ETHER:
		return LAYER_PPPOE;
	case LINK_C_HDLC:
		return open_hdlc(u);
	case LINK_NFLOG:
		return open_nflog(u);
	case LINK_PKTAP: case LINK_USER2:
		return open_pktap(u);
	case LINK_FDDI:
		return open_fddi(u);
	case LINK_DSA_BRCM: case LINK_DSA_BRCM_PREPEND:
		return open_brcm(u, u->link == LINK_DSA_BRCM_PREPEND);
	default:
		return unknown(u, (uint32_t)u->link << 16);
	}
}
