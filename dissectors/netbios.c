/*
 * netbios.c - NetBIOS names: what a Windows machine says it is called.
 *
 * RFC 1002 4.2 (name service: registrations, refreshes, answers) and 4.4
 * (datagrams).  Sixteen bytes, two letters each: fifteen of name and one of
 * kind: 00 and 20 name the host, 03 a person logged on there.  Unverified
 * broadcasts: labels only.
 */
#include <netinet/in.h>

#include "dns_name.h"

enum { NAMES = 137, DATAGRAMS = 138, TYPE_NB = 0x20, ENCODED = 32 };
enum { OP_QUERY = 0, OP_REGISTER = 5, OP_REFRESH = 8, OP_REFRESH_ALT = 9 };

struct netbios {
	uint8_t told[16];		/* the name told last, with its kind */
};

/* The first label, two letters a byte. */
static bool decode(struct slice s, uint8_t name[16])
{
	struct slice label = slice_block8(&s);

	if (label.n != ENCODED)
		return false;
	for (int i = 0; i < 16; i++) {
		uint8_t high = (uint8_t)(slice_u8(&label) - 'A');
		uint8_t low = (uint8_t)(slice_u8(&label) - 'A');

		if (high > 15 || low > 15)
			return false;
		name[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool is_name_message(struct slice s)
{
	uint8_t name[16];
	uint16_t flags, questions, answers;

	slice_u16(&s);
	flags = slice_u16(&s);
	questions = slice_u16(&s);
	answers = slice_u16(&s);
	slice_u32(&s);
	return questions + answers > 0 && questions < 2 && answers < 2 &&
	    ((flags & 0x8000) || questions) && decode(s, name);
}

static bool is_datagram(struct slice s)
{
	uint8_t name[16], type = slice_u8(&s);

	slice_skip(&s, 13);
	return type >= 0x10 && type <= 0x12 && decode(s, name);
}

static enum claim netbios_claim(const struct opening *o)
{
	for (int side = 0; side < 2; side++) {
		struct slice s = o->first[side];

		if ((o->port[SERVER] == NAMES || o->port[CLIENT] == NAMES) &&
		    is_name_message(s))
			return YES;
		if (o->port[SERVER] == DATAGRAMS && is_datagram(s))
			return YES;
	}
	return NO;
}

static void label(struct dissection *d, enum side from,
    const uint8_t name[16], struct slice address)
{
	struct netbios *n = d->state;
	struct slice text = ascii_trim(slice_of(name, 15));
	struct fact fact = { .kind = FACT_BINDING, .from = from,
		.proof = PROOF_LABEL };

	if (address.n != 4 || !ascii_plain(text) ||
	    memcmp(n->told, name, 16) == 0)
		return;
	fact.addr = addr_v4(address.p);
	if (name[15] == 0x00 || name[15] == 0x20)
		fact.detail = text;
	else if (name[15] == 0x03)
		fact.text = text;
	else
		return;
	memcpy(n->told, name, 16);
	d->emit(d, &fact);
}

/* A registration holds the name twice: asked, and as an additional record. */
static void name_message(struct dissection *d, enum side from, struct slice s)
{
	uint8_t name[16];
	uint16_t flags, questions;
	struct slice data;
	uint8_t op;

	slice_u16(&s);
	flags = slice_u16(&s);
	questions = slice_u16(&s);
	slice_skip(&s, 6);
	op = flags >> 11 & 0xf;
	if (!decode(s, name) || (flags & 0xf))
		return;
	if (!(flags & 0x8000) && op != OP_REGISTER && op != OP_REFRESH &&
	    op != OP_REFRESH_ALT)
		return;			/* asks for somebody else */
	dns_name_skip(&s);
	if (questions) {
		slice_u32(&s);
		dns_name_skip(&s);
	}
	if (slice_u16(&s) != TYPE_NB)
		return;
	slice_skip(&s, 2 + 4);		/* class, time to live */
	data = slice_block16(&s);
	if (slice_u16(&data) & 0x8000)
		return;			/* a group, not a machine */
	label(d, from, name, slice_take(&data, 4));
}

static void datagram(struct dissection *d, enum side from, struct slice s)
{
	uint8_t name[16];
	struct slice address;

	slice_skip(&s, 4);
	address = slice_take(&s, 4);
	slice_skip(&s, 6);
	if (decode(s, name))
		label(d, from, name, address);
}

static enum verdict netbios_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct slice s = *in;

	drop_all(in);
	if (is_datagram(s))
		datagram(d, from, s);
	else if (is_name_message(s))
		name_message(d, from, s);
	return MORE;
}

const struct dissector dissector_netbios = {
	.name = "netbios",
	.proto = IPPROTO_UDP,
	.waits = true,
	.state_size = sizeof(struct netbios),
	.claim = netbios_claim,
	.feed = netbios_feed,
};
