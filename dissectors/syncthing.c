/*
 * syncthing.c - Syncthing announces itself on the link.
 *
 * docs.syncthing.net, Local Discovery Protocol v4: a magic number, then a
 * protobuf Announce whose field 1 is the device's 32-byte id.  Told as the
 * first group of the id, the way Syncthing shows it.  The sync itself is TLS
 * with ALPN bep/1.0.
 */
#include <netinet/in.h>

#include "wire.h"

enum { MAGIC = 0x2ea7d90b, ID_FIELD = 0x0a, ID_BYTES = 32 };

static enum claim syncthing_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT];

	return slice_u32(&s) == MAGIC && slice_more(s) ? YES : NO;
}

static enum verdict syncthing_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	struct fact device = { .kind = FACT_DEVICE, .from = from,
		.addr = *d->addr[from], .detail = slice_str("syncthing"),
		.proof = PROOF_LABEL, .made_up = true };
	struct slice s = *in;
	uint64_t bits = 0;
	char id[7];

	drop_all(in);
	slice_u32(&s);
	if (slice_u8(&s) != ID_FIELD || slice_u8(&s) != ID_BYTES)
		return DONE;
	for (int i = 0; i < 5; i++)
		bits = bits << 8 | slice_u8(&s);
	if (slice_short(s))
		return DONE;
	for (int i = 0; i < 7; i++)
		id[i] = base32[bits >> (35 - 5 * i) & 31];
	device.text = slice_of(id, sizeof(id));
	d->emit(d, &device);
	return DONE;
}

const struct dissector dissector_syncthing = {
	.name = "syncthing",
	.proto = IPPROTO_UDP,
	.claim = syncthing_claim,
	.feed = syncthing_feed,
};
