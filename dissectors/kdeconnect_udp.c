/*
 * kdeconnect_udp.c - KDE Connect looks for devices: an identity packet as
 * JSON, broadcast to UDP port 1716.
 */
#include <netinet/in.h>

#include "wire.h"

static enum claim kdeconnect_udp_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT];

	return slice_starts(s, "{") && !slice_short(find_after(s,
	    "\"kdeconnect.identity\"")) ? YES : NO;
}

static enum verdict kdeconnect_udp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct fact device = { .kind = FACT_DEVICE, .from = from,
		.addr = *d->addr[from], .text = json_value(*in, "deviceName"),
		.detail = json_value(*in, "deviceId"), .proof = PROOF_LABEL };

	if (slice_more(device.text))
		d->emit(d, &device);
	drop_all(in);
	return DONE;
}

const struct dissector dissector_kdeconnect_udp = {
	.name = "kdeconnect",
	.proto = IPPROTO_UDP,
	.claim = kdeconnect_udp_claim,
	.feed = kdeconnect_udp_feed,
};
