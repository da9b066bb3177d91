/*
 * ldap.c - who binds to a directory (RFC 4511).
 *
 * A simple bind shows a DN or UPN, a SASL bind may hold NTLM; bindResponse
 * with code 0 says that the server agreed.  Service accounts bind for other
 * people, so this is weak evidence.  The simple password is never looked
 * at.  After StartTLS, or inside a SASL security layer, nothing shows.
 */
#include <netinet/in.h>

#include "ntlm.h"
#include "der.h"

enum { BIND_REQUEST = 0x60, BIND_RESPONSE = 0x61, EXTENDED_REQUEST = 0x77,
	EXTENDED_RESPONSE = 0x78, AUTH_SASL = 0xa3, AUTH_SIMPLE = 0x80 };
enum { SUCCESS = 0, SASL_IN_PROGRESS = 14, MESSAGE_LONGEST = 16000,
	DN_LONGEST = 200 };

struct ldap {
	bool starttls;			/* asked for */
	bool ntlm;			/* names are pending, not the DN */
	uint8_t dn_n;
	uint8_t dn[DN_LONGEST];
	struct ntlm_names names;
};

/* The whole frame: SEQUENCE { messageID, operation ... }. */
static bool is_message(struct slice s)
{
	uint8_t op;
	struct slice id;

	if (slice_u8(&s) != DER_SEQUENCE)
		return false;
	der_length(&s);
	id = der_take(&s, DER_INTEGER);
	op = slice_u8(&s);
	der_length(&s);
	return !slice_short(s) && id.n >= 1 && id.n <= 4 && (op & 0xc0) == 0x40
	    && (op & 0x1f) <= 25;
}

static enum claim ldap_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT];

	if (!could_start(s, "\x30"))
		return o->midstream && s.n == 0 && o->first[SERVER].n &&
		    o->port[SERVER] == 389 && is_message(o->first[SERVER]) ?
		    YES : NO;
	if (s.n < 14)
		return MAYBE;
	return is_message(s) && (o->port[SERVER] == 389 ||
	    o->port[SERVER] == 3268 || !slice_short(find_after(s,
	    "\x02\x01\x03"))) ? YES : NO;
}

static void bind_request(struct ldap *l, struct slice op)
{
	uint8_t tag;
	struct slice name, auth;

	der_take(&op, DER_INTEGER);	/* version */
	name = der_take(&op, DER_OCTETS);
	auth = der_next(&op, &tag);
	l->ntlm = false;
	l->dn_n = 0;
	if (slice_short(op))
		return;
	if (tag == AUTH_SIMPLE && auth.n && name.n <= DN_LONGEST && name.n) {
		l->dn_n = (uint8_t)name.n;
		memcpy(l->dn, name.p, name.n);
	} else if (tag == AUTH_SASL || tag == 0x8a || tag == 0x8b) {
		/* [MS-ADTS] sicily binds carry bare NTLM */
		l->ntlm = ntlm_authenticate(&l->names, auth);
	}
}

/* "uid=anna,ou=people,dc=example" is anna's; another DN stays as it is. */
static struct slice account_of(struct slice dn)
{
	if (!ascii_starts(dn, "uid="))
		return dn;
	slice_skip(&dn, 4);
	return slice_before(slice_before(dn, ','), '+');
}

static void bind_response(struct dissection *d, struct slice op)
{
	struct ldap *l = d->state;
	struct fact fact = { .kind = FACT_BINDING, .from = CLIENT,
		.proof = PROOF_ACCEPTED,
		.text = account_of(slice_of(l->dn, l->dn_n)) };
	uint32_t code = der_integer(der_take(&op, DER_ENUMERATED));

	if (slice_short(op) || code == SASL_IN_PROGRESS)
		return;
	if (code == SUCCESS && l->ntlm)
		ntlm_tell(d, &l->names, PROOF_ACCEPTED);
	else if (code == SUCCESS && l->dn_n)
		d->emit(d, &fact);
	l->ntlm = false;
	l->dn_n = 0;
}

static enum verdict message(struct dissection *d, struct slice s)
{
	struct ldap *l = d->state;
	uint8_t tag;
	struct slice op;

	der_take(&s, DER_INTEGER);
	op = der_next(&s, &tag);
	if (slice_short(s))
		return MORE;
	if (tag == BIND_REQUEST)
		bind_request(l, op);
	else if (tag == BIND_RESPONSE)
		bind_response(d, op);
	else if (tag == EXTENDED_REQUEST)
		l->starttls = !slice_short(find_after(op,
		    "1.3.6.1.4.1.1466.20037"));
	else if (tag == EXTENDED_RESPONSE && l->starttls)
		return der_integer(der_take(&op, DER_ENUMERATED)) == SUCCESS ?
		    UPGRADE : MORE;
	return MORE;
}

static enum verdict ldap_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	(void)from;
	while (slice_more(*in)) {
		struct slice rest = *in, body;
		size_t n;
		enum verdict v;

		if (rest.p[0] != DER_SEQUENCE) {
			/* a SASL security layer, or the middle of something */
			drop_all(in);
			return MORE;
		}
		slice_u8(&rest);
		n = der_length(&rest);
		if (slice_short(rest) && in->n >= 6)
			return NOT_MINE;
		if (slice_short(rest))
			return MORE;
		if (n > MESSAGE_LONGEST) {
			*in = rest;
			pass_over(d, in, n);
			continue;
		}
		body = slice_take(&rest, n);
		if (slice_short(rest))
			return MORE;
		*in = rest;
		v = message(d, body);
		if (v != MORE)
			return v;
	}
	return MORE;
}

const struct dissector dissector_ldap = {
	.name = "ldap",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct ldap),
	.claim = ldap_claim,
	.feed = ldap_feed,
};
