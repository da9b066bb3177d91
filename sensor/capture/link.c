/*
 * link.c - the link types of pcap (LINKTYPE in files, DLT when live).
 *
 * Wi-Fi frames are opened when they are not encrypted, Infiniband when it
 * carries IP.  What is listed nowhere here is unknown, and counted.
 */
#include "capture/unwrap.h"

enum {
	LINK_NULL = 0, LINK_ETHERNET = 1, LINK_PPP = 9, LINK_FDDI = 10,
	LINK_DLT_RAW = 12, LINK_OPENBSD_RAW = 14, LINK_PPP_SERIAL = 50,
	LINK_PPP_ETHER = 51, LINK_RAW = 101, LINK_C_HDLC = 104,
	LINK_WIFI = 105, LINK_RADIOTAP = 127, LINK_ERF = 197,
	LINK_LOOP = 108, LINK_SLL = 113, LINK_USER2 = 149,
	LINK_PPP_WITH_DIR = 204, LINK_IPV4 = 228, LINK_IPV6 = 229,
	LINK_NFLOG = 239, LINK_PKTAP = 258, LINK_SLL2 = 276,
	LINK_DSA_BRCM = 281, LINK_DSA_BRCM_PREPEND = 282,

	NFLOG_PAYLOAD = 9
};

static enum layer open_hdlc(struct unwrap *u)
{
	return open_type_after(u, 2);
}

static enum layer open_serial(struct unwrap *u)
{
	uint8_t first = u->in.n ? u->in.p[0] : 0;

	return first == 0x0f || first == 0x8f ? open_hdlc(u) : LAYER_PPP;
}

static enum layer open_sll(struct unwrap *u)
{
	return open_type_after(u, 14);
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
	return open_after(u, n, LAYER_LINK);
}

/* A switch chip's tag of 4 bytes, before the frame or behind the addresses. */
static enum layer open_brcm(struct unwrap *u, bool before)
{
	const uint8_t *h;

	if (before)
		return open_after(u, 4, LAYER_ETHERNET);
	h = unwrap_bytes(u, 12);
	if (h == NULL)
		return LAYER_BAD;
	memcpy(u->packet->dst_mac, h, 6);
	memcpy(u->packet->src_mac, h + 6, 6);
	u->packet->has_mac = true;
	return open_type_after(u, 4);
}

/* IEEE 802.11 data frames in clear: four addresses at most, QoS, LLC. */
static enum layer open_wifi(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 24);
	uint32_t more = 0;

	if (h == NULL)
		return LAYER_BAD;
	if ((h[0] & 0x0c) != 0x08 || (h[0] & 0x40))
		return LAYER_OTHER;	/* management, or without data */
	if (h[1] & 0x40)
		return open_unknown(u, (uint32_t)u->link << 16);
	more += (h[1] & 3) == 3 ? 6 : 0;
	more += h[0] & 0x80 ? 2 : 0;
	more += (h[0] & 0x80) && (h[1] & 0x80) ? 4 : 0;
	return open_after(u, more, LAYER_LLC);
}

static enum layer open_radiotap(struct unwrap *u)
{
	struct slice ahead = u->in;
	uint32_t n;

	slice_skip(&ahead, 2);
	n = slice_le16(&ahead);
	if (slice_short(ahead) || n < 8 || unwrap_bytes(u, n) == NULL)
		return LAYER_BAD;
	return open_wifi(u);
}

/* Local route header, global one, transport, datagram, encapsulation. */
static enum layer open_infiniband(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 8);

	if (h == NULL || ((h[1] & 3) == 3 && unwrap_bytes(u, 40) == NULL))
		return LAYER_BAD;
	if ((h[1] & 2) == 0)
		return LAYER_OTHER;
	h = unwrap_bytes(u, 12);
	if (h == NULL)
		return LAYER_BAD;
	if ((h[0] & 0x1f) != 4)		/* not a whole message */
		return LAYER_OTHER;
	if (h[0] == 0x64 && unwrap_bytes(u, 8) == NULL)
		return LAYER_BAD;
	h = unwrap_bytes(u, 4);		/* RFC 4391 */
	if (h == NULL)
		return LAYER_BAD;
	u->type = be16(h);
	return LAYER_TYPE;
}

/* Endace: a fixed header, extensions, then Ethernet or Infiniband. */
static enum layer open_erf(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 16);
	const uint8_t *extension = h ? h + 8 : NULL;
	uint8_t type = h ? h[8] : 0;

	while (extension && (extension[0] & 0x80))
		extension = unwrap_bytes(u, 8);
	if (extension == NULL)
		return LAYER_BAD;
	switch (type & 0x7f) {
	case 2: case 11: case 16: case 20:
		return open_after(u, 2, LAYER_ETHERNET);
	case 21:
		return open_infiniband(u);
	default:
		return open_unknown(u, (uint32_t)u->link << 16);
	}
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
		return open_after(u, 4, LAYER_IP);
	case LINK_SLL:
		return open_sll(u);
	case LINK_SLL2:
		return open_sll2(u);
	case LINK_PPP:
		return open_serial(u);
	case LINK_PPP_SERIAL:
		return open_serial(u);
	case LINK_PPP_WITH_DIR:
		return open_after(u, 1, LAYER_PPP);
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
	case LINK_WIFI:
		return open_wifi(u);
	case LINK_RADIOTAP:
		return open_radiotap(u);
	case LINK_ERF:
		return open_erf(u);
	case LINK_DSA_BRCM: case LINK_DSA_BRCM_PREPEND:
		return open_brcm(u, u->link == LINK_DSA_BRCM_PREPEND);
	default:
		return open_unknown(u, (uint32_t)u->link << 16);
	}
}
