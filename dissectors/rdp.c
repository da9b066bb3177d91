/*
 * rdp.c - Remote Desktop, by its first packet.
 *
 * [MS-RDPBCGR] 2.2.1.1: TPKT (03 00, length), an X.224 connection request
 * (E0), perhaps "Cookie: mstshash=name" (which clients cut short): a label
 * for who tries to log on elsewhere.  All else is inside TLS.
 */
#include <netinet/in.h>

#include "wire.h"

static bool is_request(struct slice s)
{
	uint16_t version = slice_u16(&s), n = slice_u16(&s);
	uint8_t length = slice_u8(&s), code = slice_u8(&s);

	return version == 0x0300 && code == 0xe0 && n >= 11 && n < 512 &&
	    length == n - 5 && !slice_short(s);
}

/* RDP_NEG_REQ ends it: type 1, flags, length 8, protocols. */
static bool asks_security(struct slice s)
{
	if (s.n < 19)
		return false;
	slice_skip(&s, s.n - 8);
	return slice_u8(&s) == 1 && slice_u8(&s) < 8 && slice_le16(&s) == 8;
}

static enum claim rdp_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT];

	if (!is_request(s))
		return could_start(s, "\3") && s.n < 6 ? MAYBE : NO;
	/* other OSI applications begin alike */
	return o->port[SERVER] == 3389 || asks_security(s) || !slice_short(
	    find_after(s, "Cookie: mst")) ? YES : NO;
}

static enum verdict rdp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct fact user = { .kind = FACT_ACCOUNT, .from = CLIENT,
		.proof = PROOF_LABEL };
	struct slice rest = *in, packet, cookie;

	if (from == SERVER) {
		drop_all(in);
		return MORE;
	}
	slice_u16(&rest);
	packet = *in;
	packet = slice_take(&packet, slice_u16(&rest));
	if (slice_short(packet) || slice_short(rest))
		return in->n < 512 ? MORE : NOT_MINE;
	cookie = find_after(packet, "Cookie: mstshash=");
	user.text = line_next(&cookie);
	if (slice_more(user.text))
		d->emit(d, &user);
	return DONE;
}

const struct dissector dissector_rdp = {
	.name = "rdp",
	.proto = IPPROTO_TCP,
	.claim = rdp_claim,
	.feed = rdp_feed,
};
