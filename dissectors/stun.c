/*
 * stun.c - STUN, TURN and what follows on the same ports: calls told from
 * files that browsers hand each other.
 *
 * RFC 8489 (magic cookie 2112a442), RFC 8656 (channel data), RFC 7983 (how
 * the first byte tells STUN, DTLS, TURN channels and RTP apart).  RTP means
 * a call: FACT_APP "call".  DTLS application data without any RTP is an
 * SCTP data channel: FACT_APP "webrtc-data".  The realm or software a TURN
 * server shows is told as FACT_APP too, once: "turn", detail the name.
 */
#include <netinet/in.h>

#include "wire.h"

enum { REALM = 0x0014, SOFTWARE = 0x8022, COOKIE = 0x2112a442 };
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

static void app(struct dissection *d, enum side from, const char *name,
    struct slice detail)
{
	struct fact fact = { .kind = FACT_APP, .from = from,
		.text = slice_of(name, strlen(name)), .detail = detail };

	d->emit(d, &fact);
}

static void attributes(struct dissection *d, enum side from, struct slice s)
{
	struct stun *stun = d->state;

	slice_skip(&s, 20);
	while (slice_more(s) && !stun->named) {
		uint16_t type = slice_u16(&s), n = slice_u16(&s);
		struct slice value = slice_take(&s, n);

		slice_skip(&s, (4u - n % 4u) % 4u);
		if ((type == REALM || type == SOFTWARE) &&
		    ascii_plain(value)) {
			stun->named = true;
			app(d, from, "turn", value);
		}
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
		app(d, from, "call", slice_of("", 0));
		return DONE;
	}
	if (first == 23 && stun->rtp == 0 && !stun->data_told &&
	    ++stun->data >= DATA_ENOUGH) {
		stun->data_told = true;
		app(d, from, "webrtc-data", slice_of("", 0));
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
	if (from == SERVER)
		attributes(d, from, s);
	return MORE;
}

const struct dissector dissector_stun = {
	.name = "stun",
	.proto = IPPROTO_UDP,
	.waits = true,
	.state_size = sizeof(struct stun),
	.claim = stun_claim,
	.feed = stun_feed,
};
