/*
 * tls_hello.c - RFC 8446 4.1.2, RFC 6066 3 (server_name), RFC 7301 (ALPN),
 * RFC 9849 5 (encrypted_client_hello).
 */
#include "tls_hello.h"

#include "wire.h"

enum {
	EXT_SERVER_NAME = 0, EXT_ALPN = 16, EXT_ECH = 0xfe0d,
	NAME_IS_HOST = 0, ECH_OUTER = 0,
	HOST_MAX = 255, ALPN_MAX = 8
};

static struct slice server_name(struct slice ext)
{
	struct slice list = slice_block16(&ext);

	while (slice_more(list)) {
		uint8_t type = slice_u8(&list);
		struct slice name = slice_block16(&list);

		if (type == NAME_IS_HOST)
			return name;
	}
	return list;
}

bool tls_hello_read(struct slice body, struct tls_hello *h)
{
	struct slice exts;

	*h = (struct tls_hello){ 0 };
	slice_skip(&body, 2 + 32);	/* legacy_version, random */
	slice_block8(&body);		/* legacy_session_id */
	slice_block16(&body);		/* cipher_suites */
	slice_block8(&body);		/* legacy_compression_methods */
	if (!slice_more(body))		/* extensions are optional */
		return !slice_short(body);
	exts = slice_block16(&body);

	while (slice_more(exts)) {
		uint16_t type = slice_u16(&exts);
		struct slice ext = slice_block16(&exts);

		if (type == EXT_SERVER_NAME)
			h->host = server_name(ext);
		else if (type == EXT_ALPN)
			h->alpn = slice_block16(&ext);
		else if (type == EXT_ECH)
			h->ech = slice_u8(&ext) == ECH_OUTER &&
			    !slice_short(ext);
	}
	return !slice_short(exts);
}

/*
 * The public name of an ECH configuration: so far "cloudflare-ech.com" and
 * others with a label that says ech, like "ech-public.example".
 */
static bool is_cover_name(struct slice host)
{
	while (slice_more(host)) {
		struct slice rest = host, label = slice_until(&rest, '.');

		if (slice_short(rest)) {
			label = host;
			rest = slice_of(NULL, 0);
		}
		if (ascii_same(label, "ech") || ascii_starts(label, "ech-"))
			return true;
		if (label.n > 4)
			slice_skip(&label, label.n - 4);
		if (ascii_same(label, "-ech"))
			return true;
		host = rest;
	}
	return false;
}

void tls_hello_tell(struct dissection *d, const struct tls_hello *h)
{
	struct fact fact = { .kind = FACT_HOST, .from = CLIENT };
	struct slice alpn = h->alpn;

	fact.text = h->host;
	if (ascii_plain(h->host) && h->host.n <= HOST_MAX)
		d->emit(d, &fact);
	fact.kind = FACT_ALPN;
	for (int i = 0; i < ALPN_MAX && slice_more(alpn); i++) {
		fact.text = slice_block8(&alpn);
		if (slice_more(fact.text))
			d->emit(d, &fact);
	}
	fact.kind = FACT_ECH;
	fact.text = h->host;
	if (h->ech && is_cover_name(h->host))
		d->emit(d, &fact);
}
