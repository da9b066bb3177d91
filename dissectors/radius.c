/*
 * radius.c - RADIUS: who the access network let in, and with which address.
 *
 * RFC 2865, RFC 2866 (accounting), RFC 2869, RFC 3162 and RFC 6911 (IPv6).
 * Accounting start and interim bind user, MAC and address; stop ends it.
 * An Access-Accept is joined to its request by identifier; it proves the
 * name unless that is an outer one (anonymous) or a MAC.  The sensor cannot
 * check the authenticator: it has no shared secret.
 */
#include <netinet/in.h>

#include "base/mac.h"
#include "wire.h"

enum { ACCESS_REQUEST = 1, ACCESS_ACCEPT = 2, ACCOUNTING_REQUEST = 4,
	CODE_LAST = 50 };
enum { USER_NAME = 1, FRAMED_IP = 8, CALLING_STATION = 31, STATUS_TYPE = 40,
	INTERIM_INTERVAL = 85, FRAMED_IP6_PREFIX = 97, FRAMED_IP6 = 168 };
enum { START = 1, STOP = 2, INTERIM = 3, ON = 7, OFF = 8 };
enum { PENDING = 16, USER_LONGEST = 96 };

struct pending {			/* an Access-Request */
	uint8_t id, user_n;
	uint8_t mac[6];
	uint8_t user[USER_LONGEST];
};

struct radius {
	uint8_t next;
	struct pending pending[PENDING];
};

struct attributes {
	struct slice user, ip4, ip6;
	uint8_t mac[6];
	uint32_t status, interim_s;
};

static bool is_radius(struct slice s)
{
	size_t n = s.n;
	uint8_t code = slice_u8(&s);

	slice_u8(&s);
	if (slice_u16(&s) != n || n < 20 || code == 0 || code > CODE_LAST)
		return false;
	slice_skip(&s, 16);
	while (slice_more(s)) {
		uint8_t type = slice_u8(&s), length = slice_u8(&s);

		if (type == 0 || length < 2)
			return false;
		slice_skip(&s, length - 2u);
	}
	return !slice_short(s);
}

static enum claim radius_claim(const struct opening *o)
{
	struct slice asks = o->first[CLIENT], answers = o->first[SERVER];
	static const uint16_t ports[] = { 1812, 1813, 1645, 1646, 3799 };
	bool port = false;

	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++)
		port |= o->port[SERVER] == ports[i] ||
		    o->port[CLIENT] == ports[i];
	/* the opening shows 512 bytes at most: a long packet needs its port */
	if (asks.n == 512 || answers.n == 512) {
		struct slice s = asks.n == 512 ? asks : answers;
		uint8_t code = slice_u8(&s);

		slice_u8(&s);
		return port && code && code <= 13 && slice_u16(&s) >= 512 ?
		    YES : NO;
	}
	if (asks.n && !is_radius(asks))
		return NO;
	if (answers.n && !is_radius(answers))
		return NO;
	return port && (asks.n || answers.n) ? YES : NO;
}

static struct attributes attributes(struct slice s)
{
	struct attributes a = { 0 };

	while (slice_more(s)) {
		uint8_t type = slice_u8(&s), length = slice_u8(&s);
		struct slice value = slice_take(&s, length - 2u);

		switch (type) {
		case USER_NAME:
			a.user = value;
			break;
		case FRAMED_IP:
			a.ip4 = value;
			break;
		case FRAMED_IP6:
			a.ip6 = value;
			break;
		case CALLING_STATION:
			mac_of_text(a.mac, value);
			break;
		case STATUS_TYPE:
			a.status = slice_u32(&value);
			break;
		case INTERIM_INTERVAL:
			a.interim_s = slice_u32(&value);
			break;
		}
	}
	return a;
}

/* A MAC as user name (authentication bypass) or an outer identity. */
static bool is_person(struct slice user)
{
	uint8_t mac[6];

	return slice_more(user) && !ascii_starts(user, "anonymous") &&
	    !slice_starts(user, "@") && !(user.n >= 12 && user.n <= 17 &&
	    mac_of_text(mac, user));
}

static bool framed_address(struct fact *fact, const struct attributes *a)
{
	if (a->ip6.n == 16)
		memcpy(fact->addr.b, a->ip6.p, 16);
	if (a->ip4.n == 4 && a->ip4.p[0] != 0 && a->ip4.p[0] != 255)
		fact->addr = addr_v4(a->ip4.p);
	return addr_is_set(&fact->addr);
}

static void accounting(struct dissection *d, enum side from,
    const struct attributes *a)
{
	struct fact fact = { .from = from, .proof = PROOF_ACCOUNTING };
	bool known = framed_address(&fact, a);

	memcpy(fact.mac, a->mac, 6);
	if (is_person(a->user))
		fact.text = a->user;
	if (a->interim_s)
		fact.ttl_s = a->interim_s > UINT32_MAX / 2 ? UINT32_MAX :
		    2 * a->interim_s;
	if (!known && !mac_is_set(fact.mac))
		return;			/* nothing to tie it to */
	if (a->status == STOP) {
		fact.kind = FACT_UNBIND;
	} else if ((a->status == START || a->status == INTERIM) &&
	    slice_more(fact.text)) {
		fact.kind = FACT_BINDING;
	} else {
		return;
	}
	d->emit(d, &fact);
}

static void keep_request(struct radius *r, uint8_t id,
    const struct attributes *a)
{
	struct pending *p = &r->pending[r->next++ % PENDING];

	memset(p, 0, sizeof(*p));
	if (!is_person(a->user) || a->user.n > USER_LONGEST)
		return;
	p->id = id;
	p->user_n = (uint8_t)a->user.n;
	memcpy(p->user, a->user.p, a->user.n);
	memcpy(p->mac, a->mac, 6);
}

static void accepted(struct dissection *d, uint8_t id,
    const struct attributes *a)
{
	struct radius *r = d->state;
	struct fact fact = { .kind = FACT_BINDING, .from = CLIENT,
		.proof = PROOF_ACCEPTED };

	for (int i = 0; i < PENDING; i++) {
		struct pending *p = &r->pending[i];

		if (p->id != id || p->user_n == 0)
			continue;
		fact.text = slice_of(p->user, p->user_n);
		memcpy(fact.mac, p->mac, 6);
		if (framed_address(&fact, a) || mac_is_set(fact.mac))
			d->emit(d, &fact);
		p->user_n = 0;
	}
}

static enum verdict radius_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct slice s = *in;
	struct attributes a;
	uint8_t code, id;

	drop_all(in);
	if (!is_radius(s))
		return MORE;
	code = slice_u8(&s);
	id = slice_u8(&s);
	slice_skip(&s, 2 + 16);		/* length, authenticator */
	a = attributes(s);
	if (code == ACCOUNTING_REQUEST && from == CLIENT)
		accounting(d, from, &a);
	else if (code == ACCESS_REQUEST && from == CLIENT)
		keep_request(d->state, id, &a);
	else if (code == ACCESS_ACCEPT && from == SERVER)
		accepted(d, id, &a);
	return MORE;
}

const struct dissector dissector_radius = {
	.name = "radius",
	.proto = IPPROTO_UDP,
	.waits = true,
	.state_size = sizeof(struct radius),
	.claim = radius_claim,
	.feed = radius_feed,
};
