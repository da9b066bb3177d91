/*
 * quic.c - the server name in a QUIC client's first flight.
 *
 * RFC 9000 17.2 (long headers), 19 (frames), RFC 9001, RFC 9369.  A hello may
 * be cut into CRYPTO frames in any order, over several packets and datagrams;
 * its pieces are collected until it is whole.  Versions: quic_keys.c.  Older
 * gQUIC sends its CHLO in clear (Q046 and before) or in the same protection
 * (Q050): there the SNI tag is read.
 *
 * Of a connection picked up later, only that it is QUIC is known.
 */
#include <netinet/in.h>

#include "quic_keys.h"
#include "tls_hello.h"
#include "wire.h"

enum {
	LONG_HEADER = 0x80, FIXED_BIT = 0x40, CID_MAX = 20,
	FRAME_PADDING = 0, FRAME_PING = 1, FRAME_ACK = 2, FRAME_ACK_ECN = 3,
	FRAME_CRYPTO = 6, FRAME_CRYPTO_GOOGLE = 8,
	DATAGRAMS_MAX = 24,		/* of the client, without a hello */
	RANGES_MAX = 40, HELLO_MAX = 7680, HEADER = 4,
	CLEAR_HELLO_WITHIN = 64		/* Q046: where CHLO begins */
};

struct quic {
	struct quic_keys keys;
	uint32_t version;		/* of the keys; 0: none yet */
	uint8_t cid_n, cid[CID_MAX];	/* the keys follow from it */
	uint8_t datagrams;
	uint8_t n;
	struct {
		uint16_t from, to;
	} range[RANGES_MAX];		/* of the hello, sorted, apart */
	uint8_t hello[HELLO_MAX];
};

struct header {
	uint8_t first;
	uint32_t version;
	struct slice dcid;
	size_t number_at;		/* where the packet number is */
	struct slice packet;		/* up to its end */
	const struct quic_version *known;
};

/* A long header and its packet; *in moves past it.  False: stop. */
static bool next_packet(struct slice *in, struct header *h)
{
	struct slice s = *in;
	uint64_t length;
	uint8_t type;

	h->first = slice_u8(&s);
	if (!(h->first & LONG_HEADER))
		return false;
	h->version = slice_u32(&s);
	h->dcid = slice_block8(&s);
	slice_block8(&s);		/* source connection ID */
	h->known = quic_version(h->version);
	if (slice_short(s) || h->known == NULL || h->dcid.n > CID_MAX)
		return false;
	type = (uint8_t)(h->first >> 4 & 3);
	if (type == (h->known->initial + 3) % 4)
		return false;		/* Retry: nothing follows */
	if (type == h->known->initial)
		slice_take(&s, (size_t)slice_varint(&s));	/* token */
	length = slice_varint(&s);
	if (slice_short(s) || length > s.n)
		return false;
	h->number_at = in->n - s.n;
	h->packet = slice_take(in, h->number_at + (size_t)length);
	return true;
}

static bool is_initial(const struct header *h)
{
	return (h->first >> 4 & 3) == h->known->initial;
}

/* Join [from, to) with the ranges there are; false: too many. */
static bool range_add(struct quic *q, size_t from, size_t to)
{
	size_t i = 0, end, n = q->n;

	while (i < n && q->range[i].to < from)
		i++;
	for (end = i; end < n && q->range[end].from <= to; end++) {
		from = q->range[end].from < from ? q->range[end].from : from;
		to = q->range[end].to > to ? q->range[end].to : to;
	}
	if (end == i && n == RANGES_MAX)
		return false;
	memmove(&q->range[i + 1], &q->range[end],
	    (n - end) * sizeof(q->range[0]));
	q->n = (uint8_t)(n - (end - i) + 1);
	q->range[i].from = (uint16_t)from;
	q->range[i].to = (uint16_t)to;
	return true;
}

static void keep(struct quic *q, uint64_t at, struct slice data)
{
	if (data.n == 0 || at > HELLO_MAX || data.n > HELLO_MAX - at)
		return;
	if (range_add(q, (size_t)at, (size_t)at + data.n))
		memcpy(q->hello + at, data.p, data.n);
}

static void skip_ack(struct slice *s, bool ecn)
{
	uint64_t ranges;

	slice_varint(s);		/* largest */
	slice_varint(s);		/* delay */
	ranges = slice_varint(s);
	slice_varint(s);		/* first range */
	while (ranges-- > 0 && slice_more(*s)) {
		slice_varint(s);
		slice_varint(s);
	}
	for (int i = 0; ecn && i < 3; i++)
		slice_varint(s);
}

/* RFC 9000 12.4: Initials hold no other frames worth going on behind. */
static void frames(struct quic *q, struct slice s, bool google)
{
	while (slice_more(s)) {
		uint64_t type = slice_varint(&s), at, n;

		if (type == FRAME_PADDING || type == FRAME_PING)
			continue;
		if (type == FRAME_ACK || type == FRAME_ACK_ECN) {
			skip_ack(&s, type == FRAME_ACK_ECN);
			continue;
		}
		if (type != FRAME_CRYPTO &&
		    !(google && type == FRAME_CRYPTO_GOOGLE))
			return;
		at = slice_varint(&s);
		n = slice_varint(&s);
		if (n > s.n)
			return;
		keep(q, at, slice_take(&s, (size_t)n));
	}
}

static bool keys_fit(const struct quic *q, const struct header *h)
{
	return q->version == h->version && q->cid_n == h->dcid.n &&
	    memcmp(q->cid, h->dcid.p, h->dcid.n) == 0;
}

static bool keys_renew(struct quic *q, const struct header *h)
{
	if (!quic_keys_derive(&q->keys, h->known, h->dcid))
		return false;
	q->version = h->version;
	q->cid_n = (uint8_t)h->dcid.n;
	memcpy(q->cid, h->dcid.p, h->dcid.n);
	return true;
}

/*
 * The client's keys follow from the first connection ID it made up, and stay
 * when the server chooses another; but after a Retry, or a change of version,
 * they follow from the new one, and the hello begins again.
 */
static struct slice open_initial(struct quic *q, const struct header *h,
    uint8_t *plain)
{
	struct slice text = slice_of(NULL, 0);
	bool fit = keys_fit(q, h);

	if (q->version == h->version)
		text = quic_open(&q->keys, h->packet, h->number_at, plain);
	if (slice_more(text) || fit)
		return text;
	if (!keys_renew(q, h))
		return text;
	text = quic_open(&q->keys, h->packet, h->number_at, plain);
	if (slice_more(text))
		q->n = 0;
	return text;
}

/* gQUIC's CHLO: tags with the offsets where their values end. */
static bool google_hello(struct dissection *d, struct slice chlo)
{
	struct fact host = { .kind = FACT_HOST, .from = CLIENT };
	struct slice entries, values;
	uint32_t begin = 0;
	uint16_t count;

	slice_skip(&chlo, 4);
	count = slice_le16(&chlo);
	slice_skip(&chlo, 2);
	entries = slice_take(&chlo, 8u * count);
	if (slice_short(chlo))
		return false;
	while (slice_more(entries)) {
		struct slice tag = slice_take(&entries, 4);
		uint32_t end = slice_le32(&entries);

		if (end < begin || slice_short(entries))
			return true;
		values = chlo;
		slice_skip(&values, begin);
		host.text = slice_take(&values, end - begin);
		begin = end;
		if (memcmp(tag.p, "SNI", 4) != 0)
			continue;
		if (slice_short(values))
			return false;
		if (ascii_plain(host.text) && host.text.n <= 255)
			d->emit(d, &host);
		return true;
	}
	return true;
}

/* Is the hello whole by now?  Then tell what it says. */
static bool hello_told(struct dissection *d, const struct quic *q)
{
	struct slice s = slice_of(q->hello, q->n > 0 && q->range[0].from == 0 ?
	    q->range[0].to : 0);
	struct tls_hello hello;
	struct slice body;

	if (slice_starts(s, "CHLO"))
		return google_hello(d, s);
	if (s.n < HEADER)
		return false;
	if (slice_u8(&s) != TLS_CLIENT_HELLO)
		return true;
	body = slice_block24(&s);
	if (slice_short(s))
		return false;
	if (tls_hello_read(body, &hello))
		tls_hello_tell(d, &hello);
	return true;
}

/* gQUIC up to Q046: the hello is in clear, behind a short header. */
static bool clear_hello(struct dissection *d, struct slice s)
{
	struct slice rest = find_after(slice_head(s, CLEAR_HELLO_WITHIN),
	    "CHLO");

	if (slice_short(rest))
		return false;
	slice_skip(&s, slice_head(s, CLEAR_HELLO_WITHIN).n - rest.n - 4);
	(void)google_hello(d, s);
	return true;
}

static enum verdict quic_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	uint8_t plain[QUIC_OPEN_MAX];
	struct quic *q = d->state;
	struct slice s = *in;
	struct header h;

	if (from != CLIENT)
		return MORE;
	if (clear_hello(d, s))
		return DONE;
	while (slice_more(s) && next_packet(&s, &h))
		if (is_initial(&h))
			frames(q, open_initial(q, &h, plain),
			    h.known->google);
	if (hello_told(d, q))
		return DONE;
	return ++q->datagrams < DATAGRAMS_MAX ? MORE : DONE;
}

/* "Q043": a version of gQUIC, in its old header or in a long one. */
static bool google_version(struct slice s)
{
	uint8_t first = slice_u8(&s);
	const uint8_t *v;

	if (!(first & LONG_HEADER))
		slice_skip(&s, first & 0x08 ? 8 : 0);
	v = slice_bytes(&s, 4);
	return v != NULL && (first & (LONG_HEADER | 0x01)) &&
	    (v[0] == 'Q' || v[0] == 'T') && v[1] == '0' && v[2] >= '2' &&
	    v[2] <= '5' && v[3] >= '0' && v[3] <= '9';
}

static enum claim quic_claim(const struct opening *o)
{
	struct slice s = slice_more(o->first[CLIENT]) ? o->first[CLIENT] :
	    o->first[SERVER];
	struct slice at = s;
	uint8_t first = slice_u8(&at);
	uint32_t version = slice_u32(&at);

	if (google_version(s))
		return YES;
	if (!(first & LONG_HEADER) || !(first & FIXED_BIT) ||
	    slice_short(at))
		return NO;
	slice_block8(&at);
	slice_block8(&at);
	if (slice_short(at))
		return NO;
	return quic_version(version) != NULL || version >> 8 == 0xff0000 ||
	    version >> 16 == 0xface ? YES : NO;
}

const struct dissector dissector_quic = {
	.name = "quic",
	.proto = IPPROTO_UDP,
	.state_size = sizeof(struct quic),
	.claim = quic_claim,
	.feed = quic_feed,
};
