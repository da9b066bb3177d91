/*
 * resilio.c - Resilio Sync (BitTorrent Sync) over TCP, by its greeting.
 *
 * The folder's content is encrypted, and told by flow bytes.
 */
#include <netinet/in.h>

#include "resilio.h"

static enum claim resilio_claim(const struct opening *o)
{
	if (resilio_is(o->first[CLIENT]) || resilio_is(o->first[SERVER]))
		return YES;
	return o->first[CLIENT].n && o->first[CLIENT].n <= 6 &&
	    could_start(o->first[CLIENT], "BSYNC") ? MAYBE : NO;
}

static enum verdict resilio_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	(void)d;
	(void)from;
	drop_all(in);
	return DONE;
}

const struct dissector dissector_resilio = {
	.name = "resilio",
	.proto = IPPROTO_TCP,
	.claim = resilio_claim,
	.feed = resilio_feed,
};
