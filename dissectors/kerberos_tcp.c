/*
 * kerberos_tcp.c - Kerberos over TCP: a 32-bit length before each message
 * (RFC 4120 7.2.2).  Messages longer than the caller keeps are passed over.
 */
#include <netinet/in.h>

#include "kerberos.h"

enum { MESSAGE_LONGEST = 16000 };

static bool is_framed(struct slice s)
{
	uint32_t n = slice_u32(&s);

	return n >= 16 && n < 1 << 20 && kerberos_is(s);
}

static enum claim kerberos_tcp_claim(const struct opening *o)
{
	enum claim best = NO;

	for (int side = 0; side < 2; side++) {
		struct slice s = o->first[side];

		if (is_framed(s))
			return YES;
		if (s.n && s.n < 16 && s.p[0] == 0 && (s.n < 5 ||
		    (s.p[4] & 0xe0) == 0x60))
			best = MAYBE;
	}
	return best;
}

static enum verdict kerberos_tcp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	while (slice_more(*in)) {
		struct slice rest = *in, message;
		uint32_t n = slice_u32(&rest);

		if (slice_short(rest))
			return MORE;
		if (d->lost && !is_framed(*in)) {
			drop_all(in);		/* wait for a beginning */
			return MORE;
		}
		if (n > MESSAGE_LONGEST) {
			if (n >= 1 << 20)
				return NOT_MINE;
			*in = rest;
			pass_over(d, in, n);
			continue;
		}
		message = slice_take(&rest, n);
		if (slice_short(rest))
			return MORE;
		*in = rest;
		kerberos_message(d, from, message);
	}
	return MORE;
}

const struct dissector dissector_kerberos_tcp = {
	.name = "kerberos",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct kerberos),
	.claim = kerberos_tcp_claim,
	.feed = kerberos_tcp_feed,
};
