/*
 * whatsapp.c - WhatsApp's Noise handshake, told by its prologue.
 *
 * "WA", a version byte and a dictionary byte, then a 24-bit length and a
 * protobuf HandshakeMessage whose field 2 is the ClientHello.  Newer clients
 * put routing information first: "ED", 00 01, a 24-bit length and that many
 * bytes.  Everything after is encrypted, so one look is enough.  Inside a
 * WebSocket (the web client) it is not visible here.
 */
#include <netinet/in.h>

#include "wire.h"

enum { HELLO_LONGEST = 4096, ROUTING_LONGEST = 400 };

static enum claim is_prologue(struct slice s)
{
	uint32_t n;

	if (!could_start(s, "WA"))
		return s.n ? NO : MAYBE;
	slice_skip(&s, 2);
	if (slice_u8(&s) > 0x20 || slice_u8(&s) > 0x20)
		return NO;
	n = slice_u24(&s);
	if (slice_short(s) || !slice_more(s))
		return MAYBE;
	return n > 8 && n < HELLO_LONGEST && slice_u8(&s) == 0x12 ? YES : NO;
}

static enum claim whatsapp_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT], rest;
	uint32_t n;

	if (s.n == 0)
		return NO;
	if (!slice_starts(s, "ED"))
		return could_start(s, "ED") ? MAYBE : is_prologue(s);
	slice_skip(&s, 2);
	if (slice_u16(&s) != 1)
		return slice_short(s) ? MAYBE : NO;
	rest = s;
	n = slice_u24(&rest);
	if (!slice_short(rest) && n > ROUTING_LONGEST)
		return NO;
	slice_block24(&s);
	return slice_short(s) ? MAYBE : is_prologue(s);
}

static enum verdict whatsapp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	(void)d;
	(void)from;
	drop_all(in);
	return DONE;
}

const struct dissector dissector_whatsapp = {
	.name = "whatsapp",
	.proto = IPPROTO_TCP,
	.claim = whatsapp_claim,
	.feed = whatsapp_feed,
};
