/*
 * dns_tcp.c - DNS over TCP (RFC 7766): the same messages, with a length.
 */
#include <netinet/in.h>

#include "dns.h"
#include "wire.h"

enum { PORT_DNS = 53, KEPT_MAX = 16384 };

static enum claim tcp_claim(const struct opening *o)
{
	bool response = !slice_more(o->first[CLIENT]);
	struct slice s = o->first[response ? SERVER : CLIENT];

	if (o->port[SERVER] != PORT_DNS)
		return NO;
	slice_skip(&s, 2);
	return s.n < 12 ? MAYBE : dns_claim(s, response);
}

static enum verdict tcp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	if (d->lost > 0 || from == CLIENT) {
		drop_all(in);
		return d->lost > 0 ? DONE : MORE;
	}
	while (slice_more(*in)) {
		struct slice rest = *in;
		uint16_t n = slice_u16(&rest);
		struct slice message;

		if (!slice_short(rest) && n + 2u > KEPT_MAX) {
			pass_over(d, in, n + UINT64_C(2));
			continue;
		}
		message = slice_take(&rest, n);
		if (slice_short(rest))
			return MORE;
		dns_tell(d, message);
		*in = rest;
	}
	return MORE;
}

const struct dissector dissector_dns_tcp = {
	.name = "dns",
	.proto = IPPROTO_TCP,
	.waits = true,
	.claim = tcp_claim,
	.feed = tcp_feed,
};
