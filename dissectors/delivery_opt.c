/*
 * delivery_opt.c - Windows Delivery Optimization: updates from PC to PC.
 *
 * Its handshake is BitTorrent's with another name: 14, "Swarm protocol".
 * Gigabytes on patch days that are nobody's files; named, so never counted.
 */
#include <netinet/in.h>

#include "wire.h"

static enum claim delivery_opt_claim(const struct opening *o)
{
	for (int side = 0; side < 2; side++)
		if (slice_starts(o->first[side], "\016Swarm protocol"))
			return YES;
	return NO;
}

static enum verdict delivery_opt_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct fact app = { .kind = FACT_APP, .from = from,
		.text = slice_str("delivery-optimization") };

	drop_all(in);
	d->emit(d, &app);
	return DONE;
}

const struct dissector dissector_delivery_opt = {
	.name = "delivery-optimization",
	.proto = IPPROTO_TCP,
	.claim = delivery_opt_claim,
	.feed = delivery_opt_feed,
};
