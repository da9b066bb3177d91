/*
 * http.c - the host an HTTP/1.x request asks for (RFC 9110 7.2, 9112 3).
 *
 * The first request tells; "CONNECT host:port" through a proxy included.  An
 * upgrade to WebSocket (RFC 6455) is an application of its own.  Responses,
 * bodies and later requests are not looked at.
 */
#include <netinet/in.h>

#include "wire.h"

enum { METHOD_MAX = 20, LINE_MAX_BYTES = 8192, HEADERS_MAX = 200 };

static const char *const methods[] = { "GET ", "POST ", "HEAD ", "PUT ",
	"OPTIONS ", "CONNECT ", "PATCH ", "DELETE ", "PROPFIND ", "MKCOL ",
	"COPY ", "MOVE ", "LOCK ", "UNLOCK ", "PROPPATCH ", "REPORT ",
	"SEARCH ", "TRACE ", "RPC_IN_DATA ", "RPC_OUT_DATA ", "BITS_POST ",
	"SUBSCRIBE ", "NOTIFY ", "MERGE " };

static enum claim http_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT];
	enum claim found = NO;

	if (!slice_more(s))
		return slice_more(o->first[SERVER]) &&
		    !could_start(o->first[SERVER], "HTTP/1.") ? NO : MAYBE;
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (slice_starts(s, methods[i]))
			found = YES;
		else if (found == NO && s.n < METHOD_MAX &&
		    could_start(s, methods[i]))
			found = MAYBE;
	}
	return found;
}

/* "user@host:port" or "[::1]:port", less everything but the host. */
static struct slice host_only(struct slice s)
{
	struct slice rest = s, host = slice_until(&rest, '@');

	if (!slice_short(rest))
		s = rest;
	rest = s;
	if (slice_starts(s, "[")) {
		slice_skip(&rest, 1);
		return slice_until(&rest, ']');
	}
	host = slice_until(&rest, ':');
	return slice_short(rest) ? s : host;
}

/* The authority of "http://host/path", or of CONNECT; else empty. */
static struct slice target_host(struct slice method, struct slice target)
{
	struct slice rest = find_after(target, "://"), host;

	if (ascii_same(method, "CONNECT"))
		return host_only(target);
	if (slice_starts(target, "/") || !slice_more(rest))
		return slice_of(NULL, 0);
	target = rest;
	host = slice_until(&rest, '/');
	return host_only(slice_short(rest) ? target : host);
}

static void tell(struct dissection *d, enum fact_kind kind, struct slice text)
{
	struct fact fact = { .kind = kind, .from = CLIENT, .text = text };

	if (ascii_plain(text) && text.n <= 255)
		d->emit(d, &fact);
}

static enum verdict http_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct slice rest = *in, line, host;
	bool socket = false;

	if (from != CLIENT) {
		drop_all(in);
		return MORE;
	}
	if (d->lost > 0)
		return DONE;
	line = line_next(&rest);
	if (slice_short(rest))
		return in->n > LINE_MAX_BYTES ? DONE : MORE;
	host = ascii_word(&line);
	line = ascii_trim(line);
	host = target_host(host, ascii_word(&line));
	if (!ascii_starts(ascii_trim(line), "HTTP/1."))
		return NOT_MINE;
	for (int i = 0; i < HEADERS_MAX; i++) {
		struct slice name;

		line = line_next(&rest);
		if (slice_short(rest))
			return in->n > LINE_MAX_BYTES * 2 ? DONE : MORE;
		if (line.n == 0)
			break;
		name = slice_until(&line, ':');
		line = ascii_trim(line);
		if (ascii_same(name, "Host") && host.n == 0)
			host = host_only(line);
		else if (ascii_same(name, "Upgrade"))
			socket = ascii_starts(line, "websocket");
	}
	tell(d, FACT_HOST, host);
	if (socket)
		tell(d, FACT_APP, slice_of("websocket", 9));
	drop_all(in);
	return DONE;
}

const struct dissector dissector_http = {
	.name = "http",
	.proto = IPPROTO_TCP,
	.claim = http_claim,
	.feed = http_feed,
};
