/*
 * localsend.c - LocalSend looks for peers: UDP port 53317, JSON.
 *
 * localsend/protocol, version 2: multicast announcements and answers with
 * alias, version, deviceModel, fingerprint, port.  The transfer itself is
 * HTTP (localsend_http.c) or TLS on the port told here.
 */
#include <netinet/in.h>

#include "wire.h"

static bool is_announce(struct slice s)
{
	return slice_starts(ascii_trim(s), "{") &&
	    !slice_short(find_after(s, "\"fingerprint\"")) &&
	    slice_more(json_value(s, "alias"));
}

static enum claim localsend_claim(const struct opening *o)
{
	return is_announce(o->first[CLIENT]) || is_announce(o->first[SERVER]) ?
	    YES : NO;
}

static enum verdict localsend_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct fact device = { .kind = FACT_DEVICE, .from = from,
		.addr = *d->addr[from], .text = json_value(*in, "alias"),
		.detail = json_value(*in, "deviceModel"),
		.proof = PROOF_LABEL };
	bool bad;
	uint64_t port = ascii_decimal(json_value(*in, "port"), &bad);

	if (!bad && port <= UINT16_MAX)
		device.port = (uint16_t)port;
	if (slice_more(device.text))
		d->emit(d, &device);
	drop_all(in);
	return DONE;
}

const struct dissector dissector_localsend = {
	.name = "localsend",
	.proto = IPPROTO_UDP,
	.claim = localsend_claim,
	.feed = localsend_feed,
};
