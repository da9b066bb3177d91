/*
 * transport.c - TCP (RFC 9293), UDP (RFC 768), and the way into tunnels.
 *
 * Headers cut short by the snaplen still give what is there: the ports, the
 * sequence number, and so the volume.
 */
#include "capture/unwrap.h"

#include <netinet/in.h>

enum {
	TCP_HEADER = 20, UDP_HEADER = 8,
	PROTO_IPIP = 4, PROTO_IP6 = 41, PROTO_ETHERIP = 97, PROTO_MPLS = 137,
	PROTO_DCCP = 33, PROTO_SCTP = 132, PROTO_UDPLITE = 136
};

/* RFC 7323: how far a SYN says its windows are to be shifted. */
static uint8_t window_shift(struct slice options)
{
	while (slice_more(options)) {
		uint8_t kind = slice_u8(&options);
		struct slice value;
		uint8_t n;

		if (kind == 0)
			break;
		if (kind == 1)
			continue;
		n = slice_u8(&options);
		if (n < 2)
			break;
		value = slice_take(&options, n - 2u);
		if (kind == 3 && value.n == 1) {
			uint8_t shift = slice_u8(&value);

			return shift > 14 ? 14 : shift;
		}
	}
	return NO_WINDOW_SHIFT;
}

/* Cut short by the snaplen: what is there of the ports and the sequence. */
static enum layer open_short_tcp(struct unwrap *u)
{
	struct packet *p = u->packet;
	struct slice in = u->in;

	if (in.n < 8 || u->wire < TCP_HEADER)
		return LAYER_BAD;
	p->sport = slice_u16(&in);
	p->dport = slice_u16(&in);
	p->seq = slice_u32(&in);
	p->wire_len = u->wire - TCP_HEADER;
	if (in.n >= 6) {
		uint32_t header_n;

		p->ack = slice_u32(&in);
		header_n = (uint32_t)(slice_u8(&in) >> 4) * 4;
		if (header_n < TCP_HEADER || header_n > u->wire)
			return LAYER_BAD;
		p->tcp_flags = slice_u8(&in);
		p->wire_len = u->wire - header_n;
	}
	p->payload = slice_head(in, 0);
	return LAYER_DONE;
}

static enum layer open_tcp(struct unwrap *u)
{
	const uint8_t *h;
	struct packet *p = u->packet;
	uint32_t header_n, options_n;

	if (u->in.n < TCP_HEADER)
		return open_short_tcp(u);
	h = slice_bytes(&u->in, TCP_HEADER);
	header_n = (uint32_t)(h[12] >> 4) * 4;
	if (header_n < TCP_HEADER || header_n > u->wire)
		return LAYER_BAD;
	p->sport = be16(h);
	p->dport = be16(h + 2);
	p->seq = be32(h + 4);
	p->ack = be32(h + 8);
	p->tcp_flags = h[13];
	p->window = be16(h + 14);
	options_n = header_n - TCP_HEADER;
	if (p->tcp_flags & TCP_SYN)
		p->window_shift = window_shift(slice_head(u->in, options_n));
	p->wire_len = u->wire - header_n;
	p->payload = slice_head(u->in, 0);
	if (options_n <= u->in.n) {
		slice_skip(&u->in, options_n);
		p->payload = slice_head(u->in, p->wire_len);
	}
	return LAYER_DONE;
}

static enum layer open_udp(struct unwrap *u)
{
	struct packet *p = u->packet;
	struct slice in = u->in;
	uint32_t length;

	if (in.n < 4 || u->wire < UDP_HEADER)
		return LAYER_BAD;
	p->sport = slice_u16(&in);
	p->dport = slice_u16(&in);
	p->wire_len = u->wire - UDP_HEADER;
	p->payload = slice_head(in, 0);
	if (in.n < 4)
		return LAYER_DONE;
	length = slice_u16(&in);
	slice_skip(&in, 2);
	if (length >= UDP_HEADER && length < u->wire)
		p->wire_len = length - UDP_HEADER;
	p->payload = slice_head(in, p->wire_len);
	u->in = p->payload;
	u->wire = p->wire_len;
	return is_tunnel_port(p->sport, p->dport) ? LAYER_UDP_TUNNEL :
	    LAYER_DONE;
}

/* SCTP, DCCP and UDP-Lite keep their ports where UDP does. */
static enum layer open_plain(struct unwrap *u, bool ports)
{
	struct packet *p = u->packet;
	struct slice in = u->in;

	p->wire_len = u->wire;
	p->payload = u->in;
	if (ports && in.n >= 4) {
		p->sport = slice_u16(&in);
		p->dport = slice_u16(&in);
	}
	return LAYER_DONE;
}

static enum layer open_ah(struct unwrap *u)
{
	const uint8_t *h = unwrap_bytes(u, 8);

	if (h == NULL || unwrap_bytes(u, (h[1] + 2u) * 4 - 8) == NULL)
		return LAYER_BAD;
	u->packet->proto = h[0];
	return LAYER_PROTO;
}

static enum layer open_inner(struct unwrap *u, enum layer next)
{
	(void)open_plain(u, false);
	return enter_tunnel(u) ? next : LAYER_DONE;
}

enum layer open_proto(struct unwrap *u)
{
	switch (u->packet->proto) {
	case IPPROTO_TCP:
		return open_tcp(u);
	case IPPROTO_UDP:
		return open_udp(u);
	case PROTO_IPIP:
		return open_inner(u, LAYER_IP4);
	case PROTO_IP6:
		return open_inner(u, LAYER_IP6);
	case IPPROTO_GRE:
		return open_inner(u, LAYER_GRE);
	case PROTO_MPLS:
		return open_inner(u, LAYER_MPLS);
	case PROTO_ETHERIP:
		return open_inner(u, unwrap_bytes(u, 2) ? LAYER_ETHERNET :
		    LAYER_DONE);
	case IPPROTO_AH:
		return open_ah(u);
	case PROTO_SCTP: case PROTO_DCCP: case PROTO_UDPLITE:
		return open_plain(u, true);
	default:
		return open_plain(u, false);
	}
}
