/*
 * localsend_http.c - a LocalSend transfer over plain HTTP.
 *
 * localsend/protocol, versions 1 and 2.  "prepare-upload" announces the
 * files as JSON, "upload" carries one of them; its Content-Length is exact.
 * Only the client's requests are read; a body of unknown length ends it.
 */
#include <netinet/in.h>

#include "wire.h"

enum { HEAD_LONGEST = 4096, FILES_MOST = 64 };

static const char api[] = "POST /api/localsend/v";

static enum claim localsend_http_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT];

	if (slice_starts(s, api))
		return YES;
	return s.n >= 6 && s.n < sizeof(api) - 1 && could_start(s, api) ?
	    MAYBE : NO;
}

static struct slice header(struct slice head, const char *name)
{
	while (slice_more(head)) {
		struct slice line = line_next(&head);

		if (!ascii_starts(line, name))
			continue;
		slice_until(&line, ':');
		return ascii_trim(line);
	}
	return slice_of("", 0);
}

/* {"info":{..},"files":{"id":{"fileName":"a","size":1,...},...}} */
static void announced(struct dissection *d, struct slice json)
{
	for (int i = 0; i < FILES_MOST; i++) {
		struct fact file = { .kind = FACT_FILE, .from = CLIENT };
		bool bad;

		json = find_after(json, "\"fileName\"");
		if (slice_short(json))
			return;
		/* back to a key: its value follows the colon */
		slice_until(&json, '"');
		file.text = slice_until(&json, '"');
		file.bytes = ascii_decimal(json_value(json, "size"), &bad);
		if (slice_more(file.text))
			d->emit(d, &file);
	}
}

static void moved(struct dissection *d, uint64_t bytes)
{
	struct fact fact = { .kind = FACT_MOVED, .from = CLIENT,
		.bytes = bytes };

	if (bytes)
		d->emit(d, &fact);
}

/* One request; false: more of it must be here. */
static bool request(struct dissection *d, struct slice head,
    struct slice *rest)
{
	bool bad;
	uint64_t n = ascii_decimal(header(head, "Content-Length:"), &bad);
	struct slice path = find_after(slice_head(head, 80), api);
	bool upload = !slice_short(find_after(slice_head(path, 40),
	    "/upload?")) || !slice_short(find_after(slice_head(path, 40),
	    "/send?"));

	if (bad)
		n = 0;
	if (upload)
		moved(d, n);
	else if (n > rest->n && n <= HEAD_LONGEST)
		return false;
	else
		announced(d, slice_head(*rest, n < rest->n ? (size_t)n :
		    rest->n));
	pass_over(d, rest, n);
	return true;
}

static enum verdict localsend_http_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	if (from == SERVER || d->lost) {
		drop_all(in);
		return MORE;
	}
	while (slice_more(*in)) {
		struct slice rest = find_after(*in, "\r\n\r\n"), head = *in;

		if (!could_start(*in, api)) {
			drop_all(in);
			return MORE;
		}
		if (slice_short(rest))
			return in->n < HEAD_LONGEST ? MORE : NOT_MINE;
		head.n -= rest.n;
		if (!request(d, head, &rest))
			return MORE;
		*in = rest;
	}
	return MORE;
}

const struct dissector dissector_localsend_http = {
	.name = "localsend",
	.proto = IPPROTO_TCP,
	.waits = true,
	.claim = localsend_http_claim,
	.feed = localsend_http_feed,
};
