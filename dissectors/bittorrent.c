/*
 * bittorrent.c - BitTorrent over TCP, so that its volume is never a
 * transfer to a chat or cloud service.  BEP 3: 19, "BitTorrent protocol".
 */
#include <netinet/in.h>

#include "wire.h"

static const char greeting[] = "\023BitTorrent protocol";

static enum claim bittorrent_claim(const struct opening *o)
{
	for (int side = 0; side < 2; side++) {
		struct slice s = o->first[side];

		if (slice_starts(s, greeting))
			return YES;
		if (s.n >= 8 && could_start(s, greeting))
			return MAYBE;
	}
	return NO;
}

static enum verdict bittorrent_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	(void)d;
	(void)from;
	drop_all(in);
	return DONE;
}

const struct dissector dissector_bittorrent = {
	.name = "bittorrent",
	.proto = IPPROTO_TCP,
	.claim = bittorrent_claim,
	.feed = bittorrent_feed,
};
