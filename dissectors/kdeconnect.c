/*
 * kdeconnect.c - KDE Connect and GSConnect over TCP.
 *
 * The connecting side sends one line of JSON, an identity packet, then both
 * turn to TLS.  It names the device; files go over TLS on ports 1739-1764,
 * told by flow bytes.
 */
#include <netinet/in.h>

#include "wire.h"

enum { LINE_LONGEST = 8192 };

static enum claim kdeconnect_claim(const struct opening *o)
{
	for (int side = 0; side < 2; side++) {
		struct slice s = o->first[side];

		if (slice_starts(s, "{") &&
		    !slice_short(find_after(s, "\"kdeconnect.identity\"")))
			return YES;
	}
	return NO;
}

static enum verdict kdeconnect_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct slice rest = *in, line = line_next(&rest);
	struct fact device = { .kind = FACT_DEVICE, .from = from,
		.addr = *d->addr[from], .proof = PROOF_LABEL };

	if (slice_short(rest))
		return in->n < LINE_LONGEST ? MORE : NOT_MINE;
	*in = rest;
	device.text = json_value(line, "deviceName");
	device.detail = json_value(line, "deviceId");
	if (slice_more(device.text))
		d->emit(d, &device);
	return DONE;
}

const struct dissector dissector_kdeconnect = {
	.name = "kdeconnect",
	.proto = IPPROTO_TCP,
	.claim = kdeconnect_claim,
	.feed = kdeconnect_feed,
};
