/*
 * stun.c - STUN, TURN and what follows on the same ports: calls told from
 * files that browsers hand each other.
 *
 * RFC 8489 (magic cookie 2112a442), RFC 8656 (channel data), RFC 7983 (how
 * the first byte tells STUN, DTLS, TURN channels and RTP apart).  RTP means
 * a call: FACT_APP "call".  DTLS application data without any RTP is an
 * SCTP data channel: FACT_APP "webrtc-data".  Whose call it is shows in a
 * realm that is a domain name (FACT_HOST), in Microsoft's own attributes
 * ([MS-TURN] 2.2.2, [MS-ICE2] 2.2: "ms-stun"), or in the private attributes
 * 0x4000 and 0x4002 that WhatsApp's relays use ("whatsapp-call").
 */
#include <netinet/in.h>

#include "wire.h"

enum { REALM = 0x0014, COOKIE = 0x2112a442 };
enum { MS_VERSION = 0x8008, MS_CANDIDATE = 0x8054, MS_QUALITY = 0x8055,
	MS_IMPLEMENTATION = 0x8070 };
enum { WA_REQUEST = 0x4000, WA_RELAY = 0x4002 };
enum { RTP_ENOUGH = 4, DATA_ENOUGH = 8, LOOKS_ENOUGH = 4096 };

struct stun {
	uint16_t looks;			/* datagrams looked at */
	uint8_t rtp, data;
	bool named, data_told;
};

static bool is_stun(struct slice s)
{
	size_t n = s.n;
	uint16_t type = slice_u16(&s), length = slice_u16(&s);

	return slice_u32(&s) == COOKIE && type < 0x4000 && length % 4 == 0 &&
	    n == (size_t)length + 20;
}

static enum claim stun_claim(const struct opening *o)
{
	return is_stun(o->first[CLIENT]) || is_stun(o->first[SERVER]) ? YES :
	    NO;
}

static void app(struct dissection *d, enum side from, const char *name)
{
	struct fact fact = { .kind = FACT_APP, .from = from,
		.text = slice_str(name) };

	d->emit(d, &fact);
}

/* A realm may be any text; one with a dot in it names its owner. */
static void realm(struct dissection *d, enum side from, struct slice value)
{
	struct fact host = { .kind = FACT_HOST, .from = from, .text = value };

	if (ascii_plain(value) && value.n > 3 &&
	    memchr(value.p, '.', value.n) != NULL)
		d->emit(d, &host);
}

/* Does this attribute tell whose call it is? */
static bool names_owner(struct dissection *d, enum side from, uint16_t type,
    struct slice value)
{
	switch (type) {
	case REALM:
		realm(d, from, value);
		return true;
	case MS_VERSION:
	case MS_CANDIDATE:
	case MS_QUALITY:
	case MS_IMPLEMENTATION:
		app(d, from, "ms-stun");
		return true;
	case WA_REQUEST:
	case WA_RELAY:
		app(d, from, "whatsapp-call");
		return true;
	default:
		return false;
	}
}

static void attributes(struct dissection *d, enum side from, struct slice s)
{
	struct stun *stun = d->state;

	slice_skip(&s, 20);
	while (slice_more(s) && !stun->named) {
		uint16_t type = slice_u16(&s), n = slice_u16(&s);
		struct slice value = slice_take(&s, n);

		slice_skip(&s, (4u - n % 4u) % 4u);
		if (!slice_short(s))
			stun->named = names_owner(d, from, type, value);
	}
}

static enum verdict payload(struct dissection *d, enum side from,
    struct slice s)
{
	struct stun *stun = d->state;
	uint8_t first = s.p[0];

	if (first >= 64 && first < 80 && s.n > 16) {
		slice_skip(&s, 4);	/* TURN channel and length */
		first = s.p[0];
	}
	if (first >= 128 && first < 192 && s.n >= 12 &&
	    ++stun->rtp >= RTP_ENOUGH) {
		app(d, from, "call");
		return DONE;
	}
	if (first == 23 && stun->rtp == 0 && !stun->data_told &&
	    ++stun->data >= DATA_ENOUGH) {
		stun->data_told = true;
		app(d, from, "webrtc-data");
	}
	return MORE;
}

static enum verdict stun_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct stun *stun = d->state;
	struct slice s = *in;

	drop_all(in);
	if (s.n == 0)
		return MORE;
	if (++stun->looks >= LOOKS_ENOUGH)
		return DONE;
	if (!is_stun(s))
		return payload(d, from, s);
	attributes(d, from, s);
	return MORE;
}

const struct dissector dissector_stun = {
	.name = "stun",
	.tells = (const char *const[]){ "ms-stun", "whatsapp-call",
	    "call", "webrtc-data", NULL },
	.proto = IPPROTO_UDP,
	.waits = true,
	.state_size = sizeof(struct stun),
	.claim = stun_claim,
	.feed = stun_feed,
};
