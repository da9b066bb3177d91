/*
 * kerberos.c - who a Kerberos ticket was issued to.
 *
 * RFC 4120 5.4.  An AS-REP or TGS-REP exists only after the KDC accepted the
 * client; its cname and crealm are in clear and bind the client's address.
 * But for an account without pre-authentication anybody gets an AS-REP: when
 * the request held no proof, the name is no more than one that was sent, until
 * a ticket is used.  An AS-REQ is a claim by anyone about anyone, with the
 * NetBIOS name of the host among its addresses.  FAST (RFC 6113) may hide all
 * of it; WELLKNOWN names (RFC 6111) are nobody's.  Names that end in $ are
 * machines; the reader of the fact decides about that.
 */
#include <netinet/in.h>

#include "base/text.h"
#include "kerberos.h"

enum { AS_REQ = 10, AS_REP = 11, TGS_REQ = 12, TGS_REP = 13, AP_REQ = 14,
	AP_REP = 15, ERROR = 30 };
enum { PVNO_5 = 5, APPLICATION = 0x60, ADDRESS_NETBIOS = 20 };
enum { NAME_LONGEST = 192 };
/* What a client proves itself with: a key's time stamp, a certificate, a
 * challenge, FAST (which may hold any of them), SPAKE. */
enum { PA_ENC_TIMESTAMP = 2, PA_PK_AS_REQ = 16, PA_FX_FAST = 136,
	PA_ENCRYPTED_CHALLENGE = 138, PA_SPAKE = 151 };

bool kerberos_is(struct slice s)
{
	uint8_t type = s.n ? s.p[0] & 0x1f : 0;
	bool reply = type == AS_REP || type == TGS_REP || type == ERROR ||
	    type == AP_REQ || type == AP_REP;
	struct slice body, version;
	uint8_t tag, inner;

	if (s.n < 12 || (s.p[0] & 0xe0) != APPLICATION ||
	    (!reply && type != AS_REQ && type != TGS_REQ))
		return false;
	/* only the beginning may be here: look at lengths, not at ends */
	slice_u8(&s);
	der_length(&s);
	tag = slice_u8(&s);
	der_length(&s);
	inner = slice_u8(&s);
	body = s;
	der_length(&body);
	version = der_take(&body, DER_INTEGER);
	if (slice_short(body) || tag != DER_SEQUENCE)
		return false;
	return inner == (reply ? DER_CONTEXT(0) : DER_CONTEXT(1)) &&
	    der_integer(version) == PVNO_5;
}

/* PrincipalName: [1] SEQUENCE OF GeneralString, joined by '/'. */
static void add_principal(struct text *t, struct slice name)
{
	struct slice seq = der_take(&name, DER_SEQUENCE);
	struct slice strings = der_find(seq, DER_CONTEXT(1));
	struct slice parts = der_take(&strings, DER_SEQUENCE);
	bool first = true;

	while (slice_more(parts)) {
		struct slice part = der_take(&parts, DER_GENERAL_STRING);

		if (slice_short(parts))
			return;
		if (!first)
			text_add(t, "/");
		text_bytes(t, part.p, part.n);
		first = false;
	}
}

/* "anna@EXAMPLE.COM"; empty when there is no name. */
static struct slice account(struct text *t, struct slice name,
    struct slice realm)
{
	add_principal(t, name);
	realm = der_take(&realm, DER_GENERAL_STRING);
	if (t->n && slice_more(realm)) {
		text_add(t, "@");
		text_bytes(t, realm.p, realm.n);
	}
	return slice_of(t->p, t->cut ? 0 : t->n);
}

/* HostAddresses: the NetBIOS name, 15 characters and a type, padded. */
static struct slice netbios_name(struct slice addresses)
{
	struct slice list = der_take(&addresses, DER_SEQUENCE);

	while (slice_more(list)) {
		struct slice one = der_take(&list, DER_SEQUENCE);
		struct slice type = der_find(one, DER_CONTEXT(0));
		struct slice value = der_find(one, DER_CONTEXT(1));
		struct slice name = der_take(&value, DER_OCTETS);

		if (der_integer(der_take(&type, DER_INTEGER)) ==
		    ADDRESS_NETBIOS && name.n == 16)
			return ascii_trim(slice_head(name, 15));
	}
	return slice_of("", 0);
}

static void belongs(struct dissection *d, struct slice who, struct slice host,
    enum proof proof)
{
	struct fact fact = { .kind = FACT_BINDING, .from = CLIENT,
		.text = who, .detail = host, .proof = proof };

	if (slice_more(who) && !slice_starts(who, "WELLKNOWN/"))
		d->emit(d, &fact);
}

/* padata: SEQUENCE OF SEQUENCE { type [1], value [2] } */
static bool proves_itself(struct slice padata)
{
	struct slice list = der_take(&padata, DER_SEQUENCE);

	while (slice_more(list)) {
		struct slice one = der_take(&list, DER_SEQUENCE);
		struct slice type = der_find(one, DER_CONTEXT(1));

		switch (der_integer(der_take(&type, DER_INTEGER))) {
		case PA_ENC_TIMESTAMP:
		case PA_PK_AS_REQ:
		case PA_FX_FAST:
		case PA_ENCRYPTED_CHALLENGE:
		case PA_SPAKE:
			return true;
		}
	}
	return false;
}

static void request(struct dissection *d, struct slice fields)
{
	struct kerberos *k = d->state;
	char name[NAME_LONGEST];
	struct text t = text_in(name, sizeof(name));
	struct slice body = der_find(fields, DER_CONTEXT(4));
	struct slice seq = der_take(&body, DER_SEQUENCE);
	struct slice who = account(&t, der_find(seq, DER_CONTEXT(1)),
	    der_find(seq, DER_CONTEXT(2)));

	k->unproven = !proves_itself(der_find(fields, DER_CONTEXT(3)));
	belongs(d, who, netbios_name(der_find(seq, DER_CONTEXT(9))),
	    PROOF_CLAIM);
}

static void reply(struct dissection *d, struct slice fields, enum proof proof)
{
	char name[NAME_LONGEST];
	struct text t = text_in(name, sizeof(name));
	struct slice who = account(&t, der_find(fields, DER_CONTEXT(4)),
	    der_find(fields, DER_CONTEXT(3)));

	belongs(d, who, slice_of("", 0), proof);
}

void kerberos_message(struct dissection *d, enum side from, struct slice s)
{
	const struct kerberos *k = d->state;
	uint8_t tag;
	struct slice message = der_next(&s, &tag);
	struct slice fields = der_take(&message, DER_SEQUENCE);

	if (slice_short(fields))
		return;
	if (from == CLIENT && tag == (APPLICATION | AS_REQ))
		request(d, fields);
	if (from == SERVER && tag == (APPLICATION | AS_REP))
		reply(d, fields, k->unproven ? PROOF_SENT : PROOF_TICKET);
	if (from == SERVER && tag == (APPLICATION | TGS_REP))
		reply(d, fields, PROOF_TICKET);
}

static enum claim kerberos_claim(const struct opening *o)
{
	return kerberos_is(o->first[CLIENT]) || kerberos_is(o->first[SERVER]) ?
	    YES : NO;
}

static enum verdict kerberos_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct slice s = *in;

	drop_all(in);
	kerberos_message(d, from, s);
	return MORE;
}

const struct dissector dissector_kerberos = {
	.name = "kerberos",
	.proto = IPPROTO_UDP,
	.waits = true,
	.state_size = sizeof(struct kerberos),
	.claim = kerberos_claim,
	.feed = kerberos_feed,
};
