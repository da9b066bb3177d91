/*
 * tls.c - the names in a TLS handshake.
 *
 * RFC 8446, RFC 5246 7.4.  From the client the ClientHello (tls_hello.c), in
 * one record or in many.  Only when it names no server, the certificate that
 * a server up to TLS 1.2 shows in clear: its alternative names, and its
 * common name.  Everything later is encrypted, and counted by others.
 *
 * A flow picked up in mid-stream is claimed by the shape of its records, and
 * let go at once: then it is known to be TLS, which is worth something.
 */
#include <netinet/in.h>

#include "der.h"
#include "tls_hello.h"

enum {
	CHANGE_CIPHER = 20, HANDSHAKE = 22, APPLICATION = 23,
	SERVER_HELLO = 2, CERTIFICATE = 11,
	EXT_SUPPORTED_VERSIONS = 43, TLS_1_3 = 0x0304, TLS_1_3_DRAFT = 0x7f00,
	RECORD_MAX = 16384 + 2048, MESSAGE_HEADER = 4,
	MESSAGE_MAX = 16000,		/* of what the caller keeps for us */
	NAMES_MAX = 32
};

struct tls {
	uint32_t left[2];		/* of the handshake record begun */
	bool greeted;			/* the ClientHello is read */
};

enum got { GOT_MESSAGE, GOT_TOO_LITTLE, GOT_OTHER };

/* A record header; false when it is none. */
static bool record_header(struct slice *in, uint8_t *type, uint16_t *n)
{
	uint16_t version;

	*type = slice_u8(in);
	version = slice_u16(in);
	*n = slice_u16(in);
	return slice_short(*in) || (*type >= CHANGE_CIPHER &&
	    *type <= APPLICATION + 1 && version >= 0x0300 &&
	    version <= 0x0304 && *n <= RECORD_MAX);
}

/* Copy a message that spans records into `room`. */
static enum got join(struct slice *in, uint32_t *left, uint8_t *room,
    struct slice *message)
{
	struct slice s = *in;
	size_t have = 0, need = MESSAGE_HEADER;
	uint32_t rest = *left;

	while (have < need) {
		size_t n;
		uint8_t type;
		uint16_t length;

		if (rest == 0) {
			if (!record_header(&s, &type, &length) ||
			    (!slice_short(s) && type != HANDSHAKE))
				return GOT_OTHER;
			rest = length;
		}
		if (slice_short(s) || !slice_more(s))
			return GOT_TOO_LITTLE;
		n = need - have < rest ? need - have : rest;
		n = n < s.n ? n : s.n;
		memcpy(room + have, slice_bytes(&s, n), n);
		have += n;
		rest -= (uint32_t)n;
		if (have == MESSAGE_HEADER && need == MESSAGE_HEADER) {
			struct slice h = slice_of(room + 1, 3);

			need += slice_u24(&h);
			if (need > MESSAGE_MAX)
				return GOT_OTHER;
		}
	}
	*message = slice_of(room, have);
	*in = s;
	*left = rest;
	return GOT_MESSAGE;
}

/* The next handshake message, whole, with its header. */
static enum got next_message(struct slice *in, uint32_t *left, uint8_t *room,
    struct slice *message)
{
	struct slice s = *in, peek;
	uint32_t rest = *left;
	uint8_t type;
	uint16_t n;
	size_t need;

	if (rest == 0) {
		if (!record_header(&s, &type, &n))
			return GOT_OTHER;
		if (slice_short(s))
			return GOT_TOO_LITTLE;
		if (type != HANDSHAKE)
			return GOT_OTHER;
		rest = n;
	}
	peek = slice_head(s, rest);
	slice_skip(&peek, 1);
	need = MESSAGE_HEADER + slice_u24(&peek);
	if (slice_short(peek) || need > rest)
		return join(in, left, room, message);
	if (s.n < need)
		return GOT_TOO_LITTLE;
	*message = slice_take(&s, need);
	*in = s;
	*left = rest - (uint32_t)need;
	return GOT_MESSAGE;
}

/* From TLS 1.3 on the certificate is encrypted. */
static bool is_tls_1_3(struct slice hello)
{
	struct slice exts;
	uint16_t chosen = 0;

	slice_skip(&hello, 2 + 32);
	slice_block8(&hello);
	slice_skip(&hello, 2 + 1);	/* cipher_suite, compression */
	exts = slice_block16(&hello);
	while (slice_more(exts)) {
		uint16_t type = slice_u16(&exts);
		struct slice ext = slice_block16(&exts);

		if (type == EXT_SUPPORTED_VERSIONS)
			chosen = slice_u16(&ext);
	}
	return chosen == TLS_1_3 || (chosen & 0xff00) == TLS_1_3_DRAFT;
}

static void tell_name(struct dissection *d, struct slice name)
{
	struct fact cert = { .kind = FACT_CERT, .from = SERVER, .text = name };

	if (ascii_plain(name) && name.n <= 255)
		d->emit(d, &cert);
}

enum { DER_OID = 0x06, DER_SET = 0x31, SAN_DNS = 0x82 };

/* RDNSequence: sets of (type, value); 2.5.4.3 is the common name. */
static void common_name(struct dissection *d, struct slice subject)
{
	while (slice_more(subject)) {
		struct slice set = der_take(&subject, DER_SET);
		struct slice pair = der_take(&set, DER_SEQUENCE);
		struct slice oid = der_take(&pair, DER_OID);
		uint8_t tag;

		if (slice_is(oid, "\x55\x04\x03"))
			tell_name(d, der_next(&pair, &tag));
	}
}

/* Extensions: 2.5.29.17 holds the alternative names. */
static void alternative_names(struct dissection *d, struct slice exts)
{
	int names = 0;

	while (slice_more(exts)) {
		struct slice ext = der_take(&exts, DER_SEQUENCE);
		struct slice oid = der_take(&ext, DER_OID);
		struct slice list = der_find(ext, DER_OCTETS);

		if (!slice_is(oid, "\x55\x1d\x11"))
			continue;
		list = der_take(&list, DER_SEQUENCE);
		while (slice_more(list) && names++ < NAMES_MAX) {
			uint8_t tag;
			struct slice name = der_next(&list, &tag);

			if (tag == SAN_DNS)
				tell_name(d, name);
		}
	}
}

/* RFC 5246 7.4.2, RFC 5280 4.1: the first certificate of the list. */
static void certificate(struct dissection *d, struct slice message)
{
	struct slice list = slice_block24(&message);
	struct slice cert = slice_block24(&list);
	struct slice outer = der_take(&cert, DER_SEQUENCE);
	struct slice tbs = der_take(&outer, DER_SEQUENCE);
	struct slice subject, exts;
	uint8_t tag;

	der_next(&tbs, &tag);		/* version, or serial if it is 1 */
	if (tag == DER_CONTEXT(0))
		der_next(&tbs, &tag);
	der_next(&tbs, &tag);		/* signature */
	der_next(&tbs, &tag);		/* issuer */
	der_next(&tbs, &tag);		/* validity */
	subject = der_take(&tbs, DER_SEQUENCE);
	exts = der_find(tbs, DER_CONTEXT(3));
	if (slice_short(tbs))
		return;
	common_name(d, subject);
	alternative_names(d, der_take(&exts, DER_SEQUENCE));
}

static enum verdict client_message(struct dissection *d, uint8_t type,
    struct slice body)
{
	struct tls *tls = d->state;
	struct tls_hello hello;

	if (type != TLS_CLIENT_HELLO)
		return DONE;
	if (!tls_hello_read(body, &hello))
		return NOT_MINE;
	tls->greeted = true;
	tls_hello_tell(d, &hello);
	return slice_more(hello.host) ? DONE : MORE;
}

static enum verdict server_message(struct dissection *d, uint8_t type,
    struct slice body)
{
	if (type == SERVER_HELLO)
		return is_tls_1_3(body) ? DONE : MORE;
	if (type != CERTIFICATE)
		return MORE;
	certificate(d, body);
	return DONE;
}

static enum verdict tls_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct tls *tls = d->state;
	uint8_t room[MESSAGE_MAX];

	if (d->lost > 0)
		return DONE;
	if (from == CLIENT && tls->greeted) {
		drop_all(in);
		return MORE;
	}
	while (slice_more(*in)) {
		struct slice message;
		enum verdict v;
		uint8_t type;

		switch (next_message(in, &tls->left[from], room, &message)) {
		case GOT_TOO_LITTLE:
			return MORE;
		case GOT_OTHER:
			return DONE;
		case GOT_MESSAGE:
			break;
		}
		type = slice_u8(&message);
		slice_skip(&message, 3);
		v = from == CLIENT ? client_message(d, type, message) :
		    server_message(d, type, message);
		if (v != MORE || (from == CLIENT && tls->greeted)) {
			drop_all(in);
			return v;
		}
	}
	return MORE;
}

/* The first bytes of a handshake whose first message is of this type. */
static enum claim greets(struct slice s, uint8_t message)
{
	struct slice at = s;
	uint8_t type;
	uint16_t n;

	if (!record_header(&at, &type, &n) || s.p[0] != HANDSHAKE)
		return NO;
	if (slice_short(at) || !slice_more(at))
		return MAYBE;
	return n >= 1 && slice_u8(&at) == message ? YES : NO;
}

/* In mid-stream: a record, and another one where it ends. */
static enum claim looks_encrypted(struct slice s)
{
	uint8_t type;
	uint16_t n;

	for (int records = 0; slice_more(s); records++) {
		if (!record_header(&s, &type, &n))
			return NO;
		if (slice_short(s))
			return records > 0 ? YES : NO;
		if (n == 0 || (records == 0 && type != APPLICATION))
			return NO;
		slice_skip(&s, n < s.n ? n : s.n);
	}
	return YES;
}

static enum claim tls_claim(const struct opening *o)
{
	struct slice client = o->first[CLIENT], server = o->first[SERVER];

	if (o->midstream && slice_more(client) &&
	    looks_encrypted(client) == YES)
		return YES;
	if (o->midstream && slice_more(server) &&
	    looks_encrypted(server) == YES)
		return YES;
	if (slice_more(client))
		return greets(client, TLS_CLIENT_HELLO);
	return slice_more(server) ? greets(server, SERVER_HELLO) : MAYBE;
}

const struct dissector dissector_tls = {
	.name = "tls",
	.proto = IPPROTO_TCP,
	.state_size = sizeof(struct tls),
	.claim = tls_claim,
	.feed = tls_feed,
};
