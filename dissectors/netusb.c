/*
 * netusb.c - KCodes NetUSB: the USB port of a router (ReadySHARE and others).
 *
 * By what was published with CVE-2015-3036 and CVE-2021-45608: the client
 * sends 56 and a version (3 to 6), 16 bytes of challenge, and 16 of answer to
 * the router's 32; then a 32-bit length, little endian, and its computer's
 * name.  Drivers talk after that; the volume is told by flow bytes.
 */
#include <netinet/in.h>

#include "wire.h"

enum { PORT = 20005, BEFORE_NAME = 2 + 16 + 16, NAME_MOST = 63 };

static bool is_version(struct slice s)
{
	uint8_t mark = slice_u8(&s), version = slice_u8(&s);

	return mark == 0x56 && version >= 3 && version <= 6;
}

/* The computer's name; empty and short when it is not all there. */
static struct slice name_in(struct slice s)
{
	uint32_t n;

	slice_skip(&s, BEFORE_NAME);
	n = slice_le32(&s);
	if (n == 0 || n > NAME_MOST)
		return slice_of("", 0);
	return slice_take(&s, n);
}

static enum claim netusb_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT], name;

	if (!is_version(s))
		return s.n == 1 && s.p[0] == 0x56 ? MAYBE : NO;
	if (o->port[SERVER] == PORT && s.n >= 2 + 16)
		return YES;
	if (s.n < BEFORE_NAME + 4)
		return MAYBE;
	name = name_in(s);
	if (slice_short(name))
		return MAYBE;
	return ascii_plain(slice_before(name, '\0')) ? YES : NO;
}

static enum verdict netusb_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct fact host = { .kind = FACT_BINDING, .from = CLIENT,
		.addr = *d->addr[CLIENT], .proof = PROOF_LABEL };
	struct slice name;

	if (from == SERVER) {
		drop_all(in);
		return MORE;
	}
	if (d->lost)
		return NOT_MINE;
	if (in->n < BEFORE_NAME + 4)
		return MORE;
	name = name_in(*in);
	if (!is_version(*in))
		return NOT_MINE;
	if (slice_short(name))
		return MORE;
	host.detail = slice_before(name, '\0');
	if (ascii_plain(host.detail))
		d->emit(d, &host);
	return DONE;
}

const struct dissector dissector_netusb = {
	.name = "netusb",
	.proto = IPPROTO_TCP,
	.claim = netusb_claim,
	.feed = netusb_feed,
};
