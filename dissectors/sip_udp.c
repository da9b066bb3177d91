/*
 * sip_udp.c - SIP over UDP: one message a datagram.
 */
#include <netinet/in.h>

#include "sip.h"

static enum claim sip_udp_claim(const struct opening *o)
{
	return sip_starts(o->first[CLIENT]) || sip_starts(o->first[SERVER]) ?
	    YES : NO;
}

static enum verdict sip_udp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	sip_message(d, from, in);
	drop_all(in);
	d->skip = 0;
	return MORE;
}

static const char *const tells[] = { "msrp", NULL };

const struct dissector dissector_sip_udp = {
	.name = "sip",
	.tells = tells,
	.proto = IPPROTO_UDP,
	.waits = true,
	.state_size = sizeof(struct sip),
	.claim = sip_udp_claim,
	.feed = sip_udp_feed,
};
