/*
 * dns.c - which addresses a client was told for a name.
 *
 * RFC 1035; RFC 3596 (AAAA); RFC 9460 (HTTPS records and their address
 * hints).  Each answer belongs to the name that the question in the same
 * message asks for, not to the CNAME it ends at.  Records that do not follow
 * from the question are ignored.  DNS over TLS, HTTPS or QUIC is hidden.
 */
#include "dns.h"

#include <netinet/in.h>

#include "dns_name.h"

enum {
	PORT_DNS = 53,
	FLAG_RESPONSE = 0x8000, OPCODE_MASK = 0x7800, RCODE_MASK = 0x0f,
	FLAG_TRUNCATED = 0x0200, FLAGS_RESERVED = 0x0040,
	CLASS_IN = 1,
	TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28, TYPE_HTTPS = 65,
	PARAM_IPV4_HINT = 4, PARAM_IPV6_HINT = 6,
	RECORDS_MAX = 64, HEADER = 12
};

struct question {
	struct slice message;
	struct slice name;		/* what was asked for */
	struct slice now;		/* where its CNAMEs led so far */
	char asked[DNS_NAME_LONGEST], alias[DNS_NAME_LONGEST];
};

enum claim dns_claim(struct slice s, bool response)
{
	uint16_t flags, questions, answers;

	if (s.n < HEADER)
		return NO;
	slice_skip(&s, 2);
	flags = slice_u16(&s);
	questions = slice_u16(&s);
	answers = slice_u16(&s);
	if (!!(flags & FLAG_RESPONSE) != response ||
	    (flags & OPCODE_MASK) > 0x3000 || flags & FLAGS_RESERVED ||
	    questions > 4 || (!response && answers > 0))
		return NO;
	return YES;
}

static bool same_name(struct slice a, struct slice b)
{
	if (a.n != b.n)
		return false;
	while (slice_more(a))
		if (ascii_lower(slice_u8(&a)) != ascii_lower(slice_u8(&b)))
			return false;
	return true;
}

static void tell(struct dissection *d, const struct question *q,
    struct addr addr, uint32_t ttl_s)
{
	struct fact answer = { .kind = FACT_ANSWER, .from = SERVER,
	    .text = q->name, .addr = addr, .ttl_s = ttl_s };

	if (addr_is_set(&addr))
		d->emit(d, &answer);
}

static void tell_v4(struct dissection *d, const struct question *q,
    struct slice *data, uint32_t ttl_s)
{
	const uint8_t *b = slice_bytes(data, 4);

	if (b != NULL)
		tell(d, q, addr_v4(b), ttl_s);
}

static void tell_v6(struct dissection *d, const struct question *q,
    struct slice *data, uint32_t ttl_s)
{
	const uint8_t *b = slice_bytes(data, 16);
	struct addr a;

	if (b != NULL) {
		memcpy(a.b, b, sizeof(a.b));
		tell(d, q, a, ttl_s);
	}
}

static void tell_hints(struct dissection *d, const struct question *q,
    struct slice data, uint32_t ttl_s)
{
	slice_skip(&data, 2);		/* priority */
	dns_name_skip(&data);		/* target */
	while (slice_more(data)) {
		uint16_t key = slice_u16(&data);
		struct slice value = slice_block16(&data);

		while (key == PARAM_IPV4_HINT && value.n >= 4)
			tell_v4(d, q, &value, ttl_s);
		while (key == PARAM_IPV6_HINT && value.n >= 16)
			tell_v6(d, q, &value, ttl_s);
	}
}

/* One record of the answer section; *at moves past it. */
static void record(struct dissection *d, struct question *q, struct slice *at)
{
	char owner[DNS_NAME_LONGEST];
	struct slice name = dns_name(q->message, at, owner), data, where;
	uint16_t type = slice_u16(at), class = slice_u16(at);
	uint32_t ttl_s = slice_u32(at);

	where = *at;
	data = slice_block16(at);
	if (slice_short(*at) || class != CLASS_IN || !same_name(name, q->now))
		return;
	switch (type) {
	case TYPE_A:
		tell_v4(d, q, &data, ttl_s);
		break;
	case TYPE_AAAA:
		tell_v6(d, q, &data, ttl_s);
		break;
	case TYPE_HTTPS:
		tell_hints(d, q, data, ttl_s);
		break;
	case TYPE_CNAME:
		slice_skip(&where, 2);
		q->now = dns_name(q->message, &where, q->alias);
		break;
	}
}

void dns_tell(struct dissection *d, struct slice message)
{
	struct question q = { .message = message };
	struct slice at = message;
	uint16_t flags, questions, answers;

	slice_skip(&at, 2);
	flags = slice_u16(&at);
	questions = slice_u16(&at);
	answers = slice_u16(&at);
	slice_skip(&at, 4);
	if (!(flags & FLAG_RESPONSE) || flags & RCODE_MASK || questions != 1)
		return;
	q.name = q.now = dns_name(message, &at, q.asked);
	slice_skip(&at, 4);		/* type, class */
	if (slice_short(at) || q.name.n == 0)
		return;
	for (int i = 0; i < RECORDS_MAX && answers-- > 0 && slice_more(at); i++)
		record(d, &q, &at);
}

static enum claim udp_claim(const struct opening *o)
{
	struct slice query = o->first[CLIENT], reply = o->first[SERVER];

	if (o->port[SERVER] != PORT_DNS)
		return NO;
	return slice_more(query) ? dns_claim(query, false) :
	    dns_claim(reply, true);
}

static enum verdict udp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	if (from == SERVER)
		dns_tell(d, *in);
	return MORE;
}

const struct dissector dissector_dns = {
	.name = "dns",
	.proto = IPPROTO_UDP,
	.waits = true,
	.claim = udp_claim,
	.feed = udp_feed,
};
