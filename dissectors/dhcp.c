/*
 * dhcp.c - DHCPv4: which machine holds which address, and for how long.
 *
 * RFC 2131, RFC 2132, RFC 4702 (FQDN).  An ACK binds yiaddr to the hardware
 * address for the lease; without one it answers an INFORM, which anybody may
 * send about any address.  A RELEASE or DECLINE ends the lease.  The host
 * name is usually told only by the client, in packets of another flow (from
 * 0.0.0.0): that is a label with the same MAC, with the address wished for
 * when there is one.  Option overload is not followed.
 */
#include <netinet/in.h>

#include "dns_name.h"
#include "wire.h"

enum { BOOT_REQUEST = 1, BOOT_REPLY = 2, ETHERNET = 1, COOKIE = 0x63825363 };
enum { OPT_PAD = 0, OPT_HOST_NAME = 12, OPT_REQUESTED = 50, OPT_LEASE = 51,
	OPT_TYPE = 53, OPT_FQDN = 81, OPT_END = 255 };
enum { DISCOVER = 1, REQUEST = 3, DECLINE = 4, ACK = 5, RELEASE = 7,
	INFORM = 8 };

struct message {
	uint8_t op, type;
	struct slice ciaddr, yiaddr, mac;
	struct slice requested, host, fqdn;
	uint32_t lease_s;
};

static enum claim dhcp_claim(const struct opening *o)
{
	for (int side = 0; side < 2; side++) {
		struct slice s = o->first[side];
		uint8_t op = slice_u8(&s);

		slice_skip(&s, 1 + 1 + 1 + 232);
		if (slice_u32(&s) == COOKIE && (op == BOOT_REQUEST ||
		    op == BOOT_REPLY))
			return YES;
	}
	return NO;
}

static void options(struct message *m, struct slice s)
{
	while (slice_more(s)) {
		uint8_t code = slice_u8(&s);
		struct slice value;

		if (code == OPT_PAD)
			continue;
		if (code == OPT_END)
			return;
		value = slice_block8(&s);
		switch (code) {
		case OPT_HOST_NAME:
			m->host = value;
			break;
		case OPT_REQUESTED:
			m->requested = value;
			break;
		case OPT_LEASE:
			m->lease_s = slice_u32(&value);
			break;
		case OPT_TYPE:
			m->type = slice_u8(&value);
			break;
		case OPT_FQDN:
			m->fqdn = value;
			break;
		}
	}
}

/* Flags, two result codes, then ASCII or (flag E) DNS labels. */
static struct slice fqdn_name(struct slice s, char *name)
{
	uint8_t flags = slice_u8(&s);

	slice_skip(&s, 2);
	return flags & 4 ? dns_labels(s, name) : s;
}

static bool set_addr(struct addr *a, struct slice s)
{
	static const uint8_t none[4];

	if (s.n != 4 || memcmp(s.p, none, 4) == 0)
		return false;
	*a = addr_v4(s.p);
	return true;
}

static void tell(struct dissection *d, enum side from,
    const struct message *m, enum fact_kind kind, enum proof proof)
{
	struct fact fact = { .kind = kind, .from = from, .proof = proof };
	char name[DNS_NAME_LONGEST];
	bool known;

	memcpy(fact.mac, m->mac.p, 6);
	fact.detail = m->host.n ? m->host : fqdn_name(m->fqdn, name);
	while (fact.detail.n && fact.detail.p[fact.detail.n - 1] == '\0')
		fact.detail.n--;	/* some clients terminate it */
	if (m->op == BOOT_REPLY) {
		known = set_addr(&fact.addr, m->yiaddr);
		fact.ttl_s = m->lease_s;
	} else {
		known = set_addr(&fact.addr, m->ciaddr) ||
		    set_addr(&fact.addr, m->requested);
	}
	if (known || (proof == PROOF_LABEL && slice_more(fact.detail)))
		d->emit(d, &fact);
}

static void message(struct dissection *d, enum side from, struct slice s)
{
	struct message m = { 0 };
	uint8_t hardware, length;

	m.op = slice_u8(&s);
	hardware = slice_u8(&s);
	length = slice_u8(&s);
	slice_skip(&s, 1 + 4 + 2 + 2);	/* hops, xid, secs, flags */
	m.ciaddr = slice_take(&s, 4);
	m.yiaddr = slice_take(&s, 4);
	slice_skip(&s, 4 + 4);
	m.mac = slice_take(&s, 16);
	slice_skip(&s, 64 + 128);
	if (slice_u32(&s) != COOKIE || hardware != ETHERNET || length != 6)
		return;
	options(&m, s);
	if (m.op == BOOT_REPLY && m.type == ACK)
		tell(d, from, &m, FACT_BINDING, PROOF_LEASE);
	if (m.op != BOOT_REQUEST)
		return;
	if (m.type == RELEASE || m.type == DECLINE)
		tell(d, from, &m, FACT_UNBIND, PROOF_CLAIM);
	else if (m.type == DISCOVER || m.type == REQUEST || m.type == INFORM)
		tell(d, from, &m, FACT_BINDING, PROOF_LABEL);
}

static enum verdict dhcp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct slice s = *in;

	drop_all(in);
	message(d, from, s);
	return MORE;
}

const struct dissector dissector_dhcp = {
	.name = "dhcp",
	.proto = IPPROTO_UDP,
	.waits = true,
	.claim = dhcp_claim,
	.feed = dhcp_feed,
};
