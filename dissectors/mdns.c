/*
 * mdns.c - multicast DNS: host names as labels, services as devices.
 * What is read from it is in link_names.c.
 */
#include <netinet/in.h>

#include "link_names.h"

enum { PORT = 5353 };

static enum claim mdns_claim(const struct opening *o)
{
	if (o->port[CLIENT] != PORT && o->port[SERVER] != PORT)
		return NO;
	return link_names_is(o->first[CLIENT]) ||
	    link_names_is(o->first[SERVER]) ? YES : NO;
}

static enum verdict mdns_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct slice s = *in;

	drop_all(in);
	link_names_message(d, from, s);
	return MORE;
}

const struct dissector dissector_mdns = {
	.name = "mdns",
	.tells = link_services,		/* by FACT_DEVICE, which says where */
	.proto = IPPROTO_UDP,
	.waits = true,
	.state_size = sizeof(struct link_names),
	.claim = mdns_claim,
	.feed = mdns_feed,
};
