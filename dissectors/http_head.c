/*
 * http_head.c - the head of an HTTP/1.x message: its first line and headers.
 *
 * RFC 9112 2-5; RFC 9110 7.2 for the host, which CONNECT and requests to a
 * proxy have in their target.
 */
#include "http_parts.h"

enum { HEADERS_MAX = 200 };

static struct slice host_only(struct slice s)
{
	struct slice rest = s;

	slice_until(&rest, '@');
	if (!slice_short(rest))
		s = rest;
	if (slice_starts(s, "[")) {
		slice_skip(&s, 1);
		return slice_before(s, ']');
	}
	return slice_before(s, ':');
}

/* The authority of "http://host/path", or of CONNECT; else empty. */
static struct slice target_host(struct slice method, struct slice target)
{
	struct slice rest = find_after(target, "://");

	if (ascii_same(method, "CONNECT"))
		return target;
	if (slice_starts(target, "/") || !slice_more(rest))
		return slice_of(NULL, 0);
	return slice_before(rest, '/');
}

/* Those of HTTP/2 (RFC 9113 8.3) that are a first line's parts as well. */
struct slice *http_header(struct http_head *h, struct slice name)
{
	const struct {
		const char *name;
		struct slice *value;
	} wanted[] = {
		{ ":method", &h->method }, { ":path", &h->target },
		{ ":status", &h->code }, { ":authority", &h->host },
		{ ":protocol", &h->upgrade }, { "Host", &h->host },
		{ "Authorization", &h->authorization },
		{ "Proxy-Authorization", &h->authorization },
		{ "Upgrade", &h->upgrade }, { "Content-Type", &h->type },
		{ "Content-Disposition", &h->disposition },
		{ "Transfer-Encoding", &h->coding },
		{ "Content-Length", &h->size },
		{ "Sec-WebSocket-Extensions", &h->extensions },
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (ascii_same(name, wanted[i].name))
			return wanted[i].value->n ? NULL : wanted[i].value;
	return NULL;
}

bool http_head_done(struct http_head *h)
{
	bool bad;

	h->host = host_only(h->host);
	h->chunked = h->coding.n && !ascii_starts(h->coding, "identity");
	h->length = ascii_decimal(h->size, &bad);
	h->has_length = !bad;
	if (h->code.n == 0)
		return h->method.n > 0;
	h->status = (unsigned int)ascii_decimal(h->code, &bad);
	return !bad && h->status >= 100 && h->status <= 999;
}

static bool request_line(struct http_head *h, struct slice line)
{
	h->method = ascii_word(&line);
	line = ascii_trim(line);
	h->target = ascii_word(&line);
	h->host = target_host(h->method, h->target);
	return ascii_starts(ascii_trim(line), "HTTP/1.");
}

static bool status_line(struct http_head *h, struct slice line)
{
	if (!slice_starts(line, "HTTP/1."))
		return false;
	ascii_word(&line);
	h->code = ascii_word(&line);
	return h->code.n > 0;
}

enum verdict http_head_read(struct http_head *h, enum side from,
    struct slice *in)
{
	struct slice rest = *in, line = line_next(&rest), *value;

	if (slice_short(rest))
		return in->n > HTTP_HEAD_LONGEST ? NOT_MINE : MORE;
	if (!(from == CLIENT ? request_line(h, line) : status_line(h, line)))
		return NOT_MINE;
	for (int i = 0; i < HEADERS_MAX; i++) {
		line = line_next(&rest);
		if (slice_short(rest))
			return in->n > HTTP_HEAD_LONGEST ? NOT_MINE : MORE;
		if (line.n == 0) {
			*in = rest;
			return http_head_done(h) ? DONE : NOT_MINE;
		}
		value = http_header(h, slice_until(&line, ':'));
		if (value != NULL)
			*value = ascii_trim(line);
	}
	return NOT_MINE;
}

void http_tell(struct dissection *d, enum fact_kind kind, struct slice text)
{
	struct fact fact = { .kind = kind, .from = CLIENT, .text = text };

	if (ascii_plain(text) && text.n <= 255)
		d->emit(d, &fact);
}
