/*
 * llmnr.c - LLMNR: host names as labels (easily poisoned, so no more).
 * What is read from it is in link_names.c.
 */
#include <netinet/in.h>

#include "link_names.h"

enum { PORT = 5355 };

static enum claim llmnr_claim(const struct opening *o)
{
	if (o->port[CLIENT] != PORT && o->port[SERVER] != PORT)
		return NO;
	return link_names_is(o->first[CLIENT]) ||
	    link_names_is(o->first[SERVER]) ? YES : NO;
}

static enum verdict llmnr_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct slice s = *in;

	drop_all(in);
	link_names_message(d, from, s);
	return MORE;
}

const struct dissector dissector_llmnr = {
	.name = "llmnr",
	.proto = IPPROTO_UDP,
	.waits = true,
	.state_size = sizeof(struct link_names),
	.claim = llmnr_claim,
	.feed = llmnr_feed,
};
