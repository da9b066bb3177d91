/*
 * resilio_udp.c - Resilio Sync looks for peers of a shared folder on the link.
 *
 * An announcement names the peer by 20 random bytes and says where it listens
 * ("la": address and port), which is what ties its other flows to it.
 */
#include <netinet/in.h>
#include <stdio.h>

#include "resilio.h"

static enum claim resilio_udp_claim(const struct opening *o)
{
	return resilio_is(o->first[CLIENT]) || resilio_is(o->first[SERVER]) ?
	    YES : NO;
}

static enum verdict resilio_udp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct fact device = { .kind = FACT_DEVICE, .from = from,
		.addr = *d->addr[from], .detail = slice_str("resilio"),
		.proof = PROOF_LABEL, .made_up = true };
	struct slice peer = find_after(*in, "4:peer20:");
	struct slice listens = find_after(*in, "2:la6:");
	char text[9];

	drop_all(in);
	snprintf(text, sizeof(text), "%08x", slice_u32(&peer));
	device.text = slice_str(text);
	slice_skip(&listens, 4);
	device.port = slice_u16(&listens);
	if (!slice_short(peer))
		d->emit(d, &device);
	return DONE;
}

const struct dissector dissector_resilio_udp = {
	.name = "resilio",
	.proto = IPPROTO_UDP,
	.claim = resilio_udp_claim,
	.feed = resilio_udp_feed,
};
