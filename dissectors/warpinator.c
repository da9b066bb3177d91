/*
 * warpinator.c - Warpinator asks another PC for its certificate.
 *
 * Its own source (auth.py, server.py): a datagram "REQUEST" to the port of
 * the service, answered by the certificate, sealed with the group's code, in
 * base64.  Files go to the same port over TCP, gRPC in TLS: told by flow
 * bytes.  The services themselves are announced by mDNS (link_names.c).
 */
#include <netinet/in.h>

#include "wire.h"

enum { ANSWER_FEWEST = 400 };	/* the shortest certificate is longer */

static bool is_answer(struct slice s)
{
	if (s.n < ANSWER_FEWEST)
		return false;
	while (slice_more(s)) {
		uint8_t c = slice_u8(&s), lower = ascii_lower(c);

		if (!(lower >= 'a' && lower <= 'z') && c != '+' &&
		    !(c >= '/' && c <= '9') && c != '=' && c != '\n')
			return false;
	}
	return true;
}

static enum claim warpinator_claim(const struct opening *o)
{
	if (!slice_is(o->first[CLIENT], "REQUEST"))
		return NO;
	if (o->first[SERVER].n == 0)
		return MAYBE;
	return is_answer(o->first[SERVER]) ? YES : NO;
}

static enum verdict warpinator_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct fact device = { .kind = FACT_DEVICE, .from = SERVER,
		.addr = *d->addr[SERVER], .port = d->port[SERVER],
		.detail = slice_str("warpinator"), .proof = PROOF_LABEL,
		.made_up = true };
	char text[ADDR_TEXT];

	drop_all(in);
	if (from == CLIENT)
		return MORE;
	device.text = slice_str(addr_text(d->addr[SERVER], text));
	d->emit(d, &device);
	return DONE;
}

const struct dissector dissector_warpinator = {
	.name = "warpinator",
	.proto = IPPROTO_UDP,
	.claim = warpinator_claim,
	.feed = warpinator_feed,
};
