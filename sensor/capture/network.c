/*
 * network.c - IPv4 (RFC 791) and IPv6 (RFC 8200) with its extensions.
 *
 * Lengths come from the IP header, never from what was captured: a snaplen
 * must not make a flow smaller, nor Ethernet's padding make it larger.  A
 * length of 0 is what a host's own capture shows of segmentation offload.
 */
#include "capture/unwrap.h"

#include <netinet/in.h>

enum {
	IP4_HEADER = 20, IP6_HEADER = 40,
	MORE_FRAGMENTS = 0x2000, OFFSET_MASK = 0x1fff,
	PROTO_MOBILITY = 135, PROTO_HIP = 139, PROTO_SHIM6 = 140
};

static void put_v4(struct addr *a, const uint8_t *b)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(a->b, mapped, 12);
	memcpy(a->b + 12, b, 4);
}

/* RFC 1071.  Zero is what a host leaves for its network card to fill in. */
static bool checksum_good(const uint8_t *h, uint32_t n)
{
	uint64_t sum = 0;

	if (h[10] == 0 && h[11] == 0)
		return true;
	for (uint32_t i = 0; i < n; i += 4) {
		uint32_t word;

		memcpy(&word, h + i, 4);
		sum += word;
	}
	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 32) + (sum & 0xffffffff);
	sum = (sum >> 16) + (sum & 0xffff);
	sum = (sum >> 16) + (sum & 0xffff);
	return sum == 0xffff;
}

bool looks_like_ip(struct slice in, uint32_t wire)
{
	const uint8_t *h = slice_bytes(&in, IP4_HEADER);
	uint32_t length;

	if (h == NULL)
		return false;
	length = be16(h + 2);
	if (h[0] >> 4 == 4)
		return (h[0] & 15) >= 5 && length <= wire &&
		    (length >= IP4_HEADER || (length == 0 &&
		    (h[9] == IPPROTO_TCP || h[9] == IPPROTO_UDP)));
	return h[0] >> 4 == 6 && (uint32_t)be16(h + 4) + IP6_HEADER <= wire;
}

enum layer open_ip(struct unwrap *u)
{
	if (u->in.n == 0)
		return LAYER_BAD;
	switch (u->in.p[0] >> 4) {
	case 4:
		return LAYER_IP4;
	case 6:
		return LAYER_IP6;
	default:
		return LAYER_BAD;
	}
}

/* A fragment goes to the table; the last one brings the packet back. */
static enum layer open_fragment(struct unwrap *u, struct fragment *f)
{
	struct decode_counts *n = &u->decoder->counts;
	struct packet *p = u->packet;
	struct whole whole;

	n->fragments++;
	f->at_us = p->at_us;
	f->src = p->src;
	f->dst = p->dst;
	f->wire_len = u->wire;
	f->bytes = slice_head(u->in, u->wire);
	switch (defrag(u->decoder->defrag, f, &whole)) {
	case DEFRAG_WHOLE:
		n->reassembled++;
		p->proto = whole.proto;
		p->ip = whole.ip;
		p->ip_len = whole.ip_len;
		u->in = whole.payload;
		u->wire = whole.payload_len;
		return LAYER_PROTO;
	case DEFRAG_HELD:
		n->fragments_dropped = defrag_dropped(u->decoder->defrag);
		return LAYER_FRAGMENT;
	default:
		n->fragments_dropped = defrag_dropped(u->decoder->defrag);
		return LAYER_BAD;
	}
}

static enum layer fragment4(struct unwrap *u, const uint8_t *h,
    uint32_t header_n)
{
	struct fragment f = {
		.id = be16(h + 4), .proto = h[9],
		.offset = (uint32_t)(be16(h + 6) & OFFSET_MASK) * 8,
		.more = be16(h + 6) & MORE_FRAGMENTS,
		.header = slice_of(h, header_n),
	};

	return open_fragment(u, &f);
}

enum layer open_ip4(struct unwrap *u)
{
	struct slice whole = u->in;
	const uint8_t *h = unwrap_bytes(u, IP4_HEADER);
	struct packet *p = u->packet;
	uint32_t header_n, total;

	if (h == NULL)
		return LAYER_BAD;
	header_n = (uint32_t)(h[0] & 15) * 4;
	total = be16(h + 2);
	if (total == 0 || (u->exact && total > u->wire + IP4_HEADER))
		total = u->wire + IP4_HEADER;
	if (h[0] >> 4 != 4 || header_n < IP4_HEADER || total < header_n)
		return LAYER_BAD;
	if (header_n > IP4_HEADER &&
	    unwrap_bytes(u, header_n - IP4_HEADER) == NULL)
		return LAYER_BAD;
	u->decoder->counts.bad_checksum += !checksum_good(h, header_n);
	u->wire = total - header_n;
	u->in = slice_head(u->in, u->wire);
	put_v4(&p->src, h + 12);
	put_v4(&p->dst, h + 16);
	p->ip = slice_head(whole, total);
	p->ip_len = total;
	p->ip_id = be16(h + 4);
	p->ttl = h[8];
	p->proto = h[9];
	if (be16(h + 6) & (MORE_FRAGMENTS | OFFSET_MASK))
		return fragment4(u, h, header_n);
	return LAYER_PROTO;
}

static enum layer fragment6(struct unwrap *u, const uint8_t *h,
    const uint8_t *ext)
{
	struct fragment f = {
		.v6 = true, .id = be32(ext + 4), .proto = ext[0],
		.offset = be16(ext + 2) & 0xfff8u, .more = ext[3] & 1,
		.header = slice_of(h, IP6_HEADER),
	};

	return open_fragment(u, &f);
}

/*
 * Extension headers, as far as they are captured, to the payload.  What was
 * put together from fragments may begin with further ones, but not with a
 * fragment again: no host sends that, and each costs a copy of the whole.
 */
static enum layer skip_extensions(struct unwrap *u, const uint8_t *h)
{
	struct packet *p = u->packet;
	bool whole = false;
	enum layer next;
	const uint8_t *ext;
	uint32_t more;

	for (;;) {
		switch (p->proto) {
		case IPPROTO_HOPOPTS: case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS: case PROTO_MOBILITY: case PROTO_HIP:
		case PROTO_SHIM6: case IPPROTO_FRAGMENT: case IPPROTO_AH:
			ext = unwrap_bytes(u, 8);
			break;
		default:
			return LAYER_PROTO;
		}
		if (ext == NULL)
			return LAYER_BAD;
		more = p->proto == IPPROTO_FRAGMENT ? 0 :
		    p->proto == IPPROTO_AH ? ext[1] * 4u : ext[1] * 8u;
		if (p->proto == IPPROTO_FRAGMENT && (be16(ext + 2) & 0xfff9)) {
			next = whole ? LAYER_BAD : fragment6(u, h, ext);
			if (next != LAYER_PROTO)
				return next;
			whole = true;
			continue;
		}
		p->proto = ext[0];
		if (more && unwrap_bytes(u, more) == NULL)
			return LAYER_BAD;
	}
}

enum layer open_ip6(struct unwrap *u)
{
	struct slice whole = u->in;
	const uint8_t *h = unwrap_bytes(u, IP6_HEADER);
	struct packet *p = u->packet;
	uint32_t length;

	if (h == NULL || h[0] >> 4 != 6)
		return LAYER_BAD;
	length = be16(h + 4);		/* 0: a jumbogram, or offload */
	if (length && !(u->exact && length > u->wire))
		u->wire = length;
	u->in = slice_head(u->in, u->wire);
	memcpy(p->src.b, h + 8, 16);
	memcpy(p->dst.b, h + 24, 16);
	p->ip_len = u->wire + IP6_HEADER;
	p->ip = slice_head(whole, p->ip_len);
	p->ip_id = 0;
	p->ttl = h[7];
	p->proto = h[6];
	return skip_extensions(u, h);
}
