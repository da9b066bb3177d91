/*
 * dropbox_lan.c - Dropbox LAN sync announces itself: JSON to UDP port 17500
 * with host_int, version, displayname and the namespaces of one account.
 */
#include <netinet/in.h>

#include "wire.h"

static bool is_announce(struct slice s)
{
	return slice_starts(s, "{") &&
	    !slice_short(find_after(s, "\"host_int\"")) &&
	    !slice_short(find_after(s, "\"version\""));
}

static enum claim dropbox_lan_claim(const struct opening *o)
{
	return is_announce(o->first[CLIENT]) || is_announce(o->first[SERVER]) ?
	    YES : NO;
}

static enum verdict dropbox_lan_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct fact device = { .kind = FACT_DEVICE, .from = from,
		.addr = *d->addr[from],
		.text = json_value(*in, "displayname"),
		.detail = json_value(*in, "host_int"), .proof = PROOF_LABEL };

	drop_all(in);
	if (!slice_more(device.text))
		device.text = device.detail;
	if (slice_more(device.text))
		d->emit(d, &device);
	return DONE;
}

const struct dissector dissector_dropbox_lan = {
	.name = "dropbox-lansync",
	.proto = IPPROTO_UDP,
	.claim = dropbox_lan_claim,
	.feed = dropbox_lan_feed,
};
