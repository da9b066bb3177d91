/*
 * dhcpv6.c - DHCPv6: addresses given to a client, by its DUID.
 *
 * RFC 8415, RFC 4704 (FQDN).  A REPLY with IA_NA or IA_TA addresses binds
 * them; the MAC is inside the client's DUID (types 1 and 3) unless it is an
 * opaque one.  Only the client tells its name, so request and reply are
 * joined by transaction when they share a flow; multicast requests do not.
 * Relayed messages (12, 13) are opened one level deep.
 */
#include <netinet/in.h>

#include "dns_name.h"
#include "wire.h"

enum { SOLICIT = 1, REQUEST = 3, RENEW = 5, REBIND = 6, REPLY = 7, RELEASE = 8,
	INFORMATION = 11, RELAY_FORWARD = 12, RELAY_REPLY = 13 };
enum { OPT_CLIENT_ID = 1, OPT_SERVER_ID = 2, OPT_IA_NA = 3, OPT_IA_TA = 4,
	OPT_IAADDR = 5, OPT_ORO = 6, OPT_ELAPSED = 8, OPT_RELAY = 9,
	OPT_RAPID = 14, OPT_FQDN = 39 };

struct message {
	uint8_t type;
	uint8_t mac[6];
	struct slice fqdn;
};

/* Type, transaction, then options whose lengths add up. */
static bool is_dhcpv6(struct slice s)
{
	uint8_t type = slice_u8(&s);
	int known = 0;

	if (type == RELAY_FORWARD || type == RELAY_REPLY)
		slice_skip(&s, 1 + 16 + 16);
	else
		slice_skip(&s, 3);
	if (type == 0 || type > RELAY_REPLY || !slice_more(s))
		return false;
	while (slice_more(s)) {
		uint16_t code = slice_u16(&s);

		slice_block16(&s);
		known += code == OPT_CLIENT_ID || code == OPT_RELAY ||
		    code == OPT_SERVER_ID;
		if (code == 0 || code > 150)
			return false;
	}
	return !slice_short(s) && known > 0;
}

static enum claim dhcpv6_claim(const struct opening *o)
{
	bool port = o->port[CLIENT] == 546 || o->port[CLIENT] == 547 ||
	    o->port[SERVER] == 546 || o->port[SERVER] == 547;

	return port && (is_dhcpv6(o->first[CLIENT]) ||
	    is_dhcpv6(o->first[SERVER])) ? YES : NO;
}

/* DUID-LLT: type 1, hardware, time, address; DUID-LL: type 3, no time. */
static void mac_of_duid(uint8_t mac[6], struct slice duid)
{
	uint16_t type = slice_u16(&duid), hardware = slice_u16(&duid);

	if (type == 1)
		slice_u32(&duid);
	if ((type == 1 || type == 3) && hardware == 1 && duid.n == 6)
		memcpy(mac, duid.p, 6);
}

static struct slice fqdn_name(struct slice s, char *name)
{
	slice_u8(&s);			/* flags */
	return dns_labels(s, name);
}

static void address(struct dissection *d, enum side from,
    const struct message *m, struct slice s)
{
	struct fact fact = { .from = from };
	const uint8_t *b = slice_bytes(&s, 16);
	char name[DNS_NAME_LONGEST];

	slice_u32(&s);			/* preferred lifetime */
	fact.ttl_s = slice_u32(&s);
	if (slice_short(s))
		return;
	memcpy(fact.addr.b, b, 16);
	memcpy(fact.mac, m->mac, 6);
	fact.detail = fqdn_name(m->fqdn, name);
	if (m->type == RELEASE) {
		fact.kind = FACT_UNBIND;
		fact.proof = PROOF_CLAIM;
	} else if (m->type == REPLY && fact.ttl_s) {
		fact.kind = FACT_BINDING;
		fact.proof = PROOF_LEASE;
	} else {
		return;
	}
	d->emit(d, &fact);
}

static void identity_association(struct dissection *d, enum side from,
    const struct message *m, struct slice s, size_t header)
{
	slice_skip(&s, header);
	while (slice_more(s)) {
		uint16_t code = slice_u16(&s);
		struct slice value = slice_block16(&s);

		if (code == OPT_IAADDR)
			address(d, from, m, value);
	}
}

/* Who it is about; then, in a second pass, which addresses. */
static void message(struct dissection *d, enum side from, struct slice s)
{
	struct message m = { .type = slice_u8(&s) };
	struct fact label = { .kind = FACT_BINDING, .from = from,
		.proof = PROOF_LABEL };
	struct slice options;
	char name[DNS_NAME_LONGEST];

	slice_skip(&s, 3);
	for (options = s; slice_more(options);) {
		uint16_t code = slice_u16(&options);
		struct slice value = slice_block16(&options);

		if (code == OPT_CLIENT_ID)
			mac_of_duid(m.mac, value);
		else if (code == OPT_FQDN)
			m.fqdn = value;
	}
	memcpy(label.mac, m.mac, 6);
	label.detail = fqdn_name(m.fqdn, name);
	if (m.type != REPLY && slice_more(label.detail))
		d->emit(d, &label);
	for (options = s; slice_more(options);) {
		uint16_t code = slice_u16(&options);
		struct slice value = slice_block16(&options);

		if (code == OPT_IA_NA)
			identity_association(d, from, &m, value, 12);
		else if (code == OPT_IA_TA)
			identity_association(d, from, &m, value, 4);
	}
}

static enum verdict dhcpv6_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct slice s = *in;
	uint8_t type = s.n ? s.p[0] : 0;

	drop_all(in);
	if (type != RELAY_FORWARD && type != RELAY_REPLY) {
		message(d, from, s);
		return MORE;
	}
	slice_skip(&s, 2 + 16 + 16);
	while (slice_more(s)) {
		uint16_t code = slice_u16(&s);
		struct slice value = slice_block16(&s);

		if (code == OPT_RELAY && slice_more(value))
			message(d, from, value);
	}
	return MORE;
}

const struct dissector dissector_dhcpv6 = {
	.name = "dhcpv6",
	.proto = IPPROTO_UDP,
	.waits = true,
	.claim = dhcpv6_claim,
	.feed = dhcpv6_feed,
};
