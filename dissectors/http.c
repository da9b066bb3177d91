/*
 * http.c - HTTP/1.x: the host that is asked for, and the files that move.
 *
 * RFC 9112 (messages: length, chunks, pipelined answers), RFC 9110 7.2 (the
 * host, also in "CONNECT host:port" through a proxy).  Bodies are passed to
 * http_files.c.  NTLM logins ([MS-NTHT]) to a server inside name the client's
 * account once the server has accepted them.  An upgrade to WebSocket (RFC 6455) is an application of its
 * own; it, and what a tunnel carries, is not looked into.  After a hole that
 * took the end of a message, reading goes on where a segment begins one.
 */
#include <netinet/in.h>

#include "http.h"
#include "ntlm.h"

enum { LOGIN_MAX = 2048, METHOD_MAX = 20, HEAD_LONGEST = 16000, HEADERS_MAX = 200 };

enum at { HEAD, BODY, TO_END, CHUNK, CHUNK_DATA, CHUNK_END, TRAILER, LOST };

struct way {
	uint8_t at;
	uint64_t left;			/* of the body, or of its chunk */
	struct http_part part;
};

struct http {
	struct way way[2];
	struct http_asked asked[HTTP_ASKED];
	uint8_t first, waiting;
	bool begun;
	struct ntlm_names names;	/* until the server says yes */
};

static const char *const methods[] = { "GET ", "POST ", "HEAD ", "PUT ",
	"OPTIONS ", "CONNECT ", "PATCH ", "DELETE ", "PROPFIND ", "MKCOL ",
	"COPY ", "MOVE ", "LOCK ", "UNLOCK ", "PROPPATCH ", "REPORT ",
	"SEARCH ", "TRACE ", "RPC_IN_DATA ", "RPC_OUT_DATA ", "BITS_POST ",
	"SUBSCRIBE ", "NOTIFY ", "MERGE " };

/* Methods that only shares (RFC 4918) have. */
static const char *const share_methods[] = { "PROPFIND", "MKCOL", "COPY",
	"MOVE", "LOCK", "UNLOCK", "PROPPATCH" };

static enum claim is_request(struct slice s)
{
	enum claim found = NO;

	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (slice_starts(s, methods[i]))
			found = YES;
		else if (found == NO && s.n < METHOD_MAX &&
		    could_start(s, methods[i]))
			found = MAYBE;
	}
	return found;
}

static enum claim http_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT];

	if (!slice_more(s))
		return slice_more(o->first[SERVER]) &&
		    !could_start(o->first[SERVER], "HTTP/1.") ? NO : MAYBE;
	return is_request(s);
}

/* "user@host:port" or "[::1]:port", less everything but the host. */
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
		return host_only(target);
	if (slice_starts(target, "/") || !slice_more(rest))
		return slice_of(NULL, 0);
	return host_only(slice_before(rest, '/'));
}

static void tell(struct dissection *d, enum fact_kind kind, struct slice text)
{
	struct fact fact = { .kind = kind, .from = CLIENT, .text = text };

	if (ascii_plain(text) && text.n <= 255)
		d->emit(d, &fact);
}

static void header(struct http_head *h, struct slice name, struct slice value)
{
	bool bad;

	if (ascii_same(name, "Host") && h->host.n == 0)
		h->host = host_only(value);
	else if (ascii_same(name, "Authorization") ||
	    ascii_same(name, "Proxy-Authorization"))
		h->authorization = value;
	else if (ascii_same(name, "Upgrade"))
		h->websocket = ascii_starts(value, "websocket");
	else if (ascii_same(name, "Content-Type"))
		h->type = value;
	else if (ascii_same(name, "Content-Disposition"))
		h->disposition = value;
	else if (ascii_same(name, "Transfer-Encoding"))
		h->chunked = !ascii_starts(value, "identity");
	else if (ascii_same(name, "Content-Length")) {
		h->length = ascii_decimal(value, &bad);
		h->has_length = !bad;
	}
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
	bool bad;

	if (!slice_starts(line, "HTTP/1."))
		return false;
	ascii_word(&line);
	h->status = (unsigned int)ascii_decimal(ascii_word(&line), &bad);
	return !bad && h->status >= 100 && h->status <= 999;
}

/* A whole head: *in moves past it.  MORE: not all of it is here. */
static enum verdict read_head(struct http_head *h, enum side from,
    struct slice *in)
{
	struct slice rest = *in, line = line_next(&rest);

	if (slice_short(rest))
		return in->n > HEAD_LONGEST ? NOT_MINE : MORE;
	if (!(from == CLIENT ? request_line(h, line) : status_line(h, line)))
		return NOT_MINE;
	for (int i = 0; i < HEADERS_MAX; i++) {
		struct slice name;

		line = line_next(&rest);
		if (slice_short(rest))
			return in->n > HEAD_LONGEST ? NOT_MINE : MORE;
		if (line.n == 0) {
			*in = rest;
			return DONE;
		}
		name = slice_until(&line, ':');
		header(h, name, ascii_trim(line));
	}
	return NOT_MINE;
}

/* "NTLM TlRM..." or "Negotiate ...": whom it names ([MS-NTHT]). */
static bool names_account(struct http *x, struct slice value)
{
	uint8_t token[LOGIN_MAX];
	struct slice scheme = ascii_word(&value);

	if (!ascii_same(scheme, "NTLM") && !ascii_same(scheme, "Negotiate"))
		return false;
	return ntlm_authenticate(&x->names, base64_bytes(ascii_trim(value),
	    token, sizeof(token)));
}

static void asks(struct http *x, const struct http_head *h)
{
	struct http_asked *a;

	if (x->waiting == HTTP_ASKED)	/* answers were not seen: the oldest */
		x->first++;
	else
		x->waiting++;
	a = &x->asked[(x->first + x->waiting - 1u) % HTTP_ASKED];
	http_target_name(&a->name, h->target);
	a->no_body = ascii_same(h->method, "HEAD");
	a->tunnel = ascii_same(h->method, "CONNECT");
	a->login = names_account(x, h->authorization);
}

static const struct http_asked *answered(struct http *x)
{
	if (x->waiting == 0)
		return NULL;
	x->waiting--;
	return &x->asked[x->first++ % HTTP_ASKED];
}

static void begins(struct dissection *d, enum side from,
    const struct http_head *h, const struct http_asked *asked)
{
	struct way *w = &((struct http *)d->state)->way[from];

	http_part_begins(d, from, &w->part, h, asked);
	w->left = h->length;
	if (h->chunked)
		w->at = CHUNK;
	else if (h->has_length)
		w->at = h->length ? BODY : HEAD;
	else
		w->at = from == CLIENT ? HEAD : TO_END;
}

static enum verdict request(struct dissection *d, const struct http_head *h)
{
	struct http *x = d->state;

	if (!x->begun)
		tell(d, FACT_HOST, h->host);
	if (h->websocket && !x->begun)
		tell(d, FACT_APP, slice_str("websocket"));
	for (size_t i = 0; i < sizeof(share_methods) / sizeof(*share_methods);
	    i++)
		if (ascii_same(h->method, share_methods[i]))
			tell(d, FACT_APP, slice_str("webdav"));
	x->begun = true;
	asks(x, h);
	begins(d, CLIENT, h, NULL);
	return MORE;
}

/* A server of somebody else's knows its own accounts, not ours. */
static void logged_in(struct dissection *d, const struct http_asked *asked,
    unsigned int status)
{
	struct http *x = d->state;

	if (asked != NULL && asked->login && status < 400 &&
	    addr_is_private(d->addr[SERVER]))
		ntlm_tell(d, &x->names, PROOF_ACCEPTED);
}

static enum verdict response(struct dissection *d, const struct http_head *h)
{
	struct http *x = d->state;
	const struct http_asked *asked;

	if (h->status == 101)
		return DONE;
	if (h->status < 200)
		return MORE;
	asked = answered(x);
	logged_in(d, asked, h->status);
	if (asked != NULL && asked->tunnel && h->status < 300)
		return DONE;
	if ((asked == NULL || !asked->no_body) && h->status != 204 &&
	    h->status != 304)
		begins(d, SERVER, h, asked);
	return MORE;
}

/* A message's head, or the beginning of one after a hole. */
static enum verdict message(struct dissection *d, enum side from,
    struct slice *in)
{
	struct http *x = d->state;
	struct http_head h = { 0 };

	while (slice_starts(*in, "\r\n"))
		slice_skip(in, 2);
	switch (read_head(&h, from, in)) {
	case DONE:
		return from == CLIENT ? request(d, &h) : response(d, &h);
	case MORE:
		return MORE;
	default:
		if (!x->begun && from == CLIENT)
			return NOT_MINE;
		x->way[from].at = LOST;
		drop_all(in);
		return MORE;
	}
}

static void body(struct dissection *d, enum side from, struct way *w,
    struct slice *in)
{
	size_t n = w->at != TO_END && w->left < in->n ? (size_t)w->left :
	    in->n;
	struct slice here = slice_head(*in, n);

	http_part_bytes(d, from, &w->part, &here, n == w->left &&
	    w->at == BODY);
	if (w->at == CHUNK_DATA && n == w->left)
		drop_all(&here);	/* no boundary crosses chunks */
	slice_skip(in, n - here.n);
	w->left -= w->at == TO_END ? 0 : n - here.n;
	if (w->at != TO_END && w->left == 0)
		w->at = w->at == BODY ? HEAD : CHUNK_END;
}

static bool chunk_size(struct slice line, uint64_t *size)
{
	int digits = 0;

	for (*size = 0; slice_more(line); digits++) {
		uint8_t c = ascii_lower(slice_u8(&line));

		if (c >= '0' && c <= '9')
			*size = *size << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			*size = *size << 4 | (uint64_t)(c - 'a' + 10);
		else
			return digits > 0 && (c == ';' || c == ' ');
		if (digits == 15)
			return false;
	}
	return digits > 0;
}

/* The lines around chunks; false: not all of it is here. */
static bool chunk_line(struct way *w, struct slice *in)
{
	struct slice rest = *in, line = line_next(&rest);

	if (slice_short(rest))
		return false;
	*in = rest;
	if (w->at == CHUNK_END)
		w->at = line.n == 0 ? CHUNK : LOST;
	else if (w->at == TRAILER)
		w->at = line.n == 0 ? HEAD : TRAILER;
	else if (!chunk_size(line, &w->left))
		w->at = LOST;
	else
		w->at = w->left ? CHUNK_DATA : TRAILER;
	return true;
}

static void missed(struct way *w, uint64_t lost)
{
	if (w->at == TO_END)
		return;
	if ((w->at == BODY || w->at == CHUNK_DATA) && lost < w->left)
		w->left -= lost;
	else
		w->at = LOST;
}

static enum verdict http_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct way *w = &((struct http *)d->state)->way[from];

	if (d->lost)
		missed(w, d->lost);
	if (w->at == LOST && (from == CLIENT ? is_request(*in) == YES :
	    slice_starts(*in, "HTTP/1.")))
		w->at = HEAD;
	while (slice_more(*in)) {
		size_t before = in->n;
		enum verdict v = MORE;

		if (w->at == LOST)
			drop_all(in);
		else if (w->at == HEAD)
			v = message(d, from, in);
		else if (w->at == BODY || w->at == CHUNK_DATA ||
		    w->at == TO_END)
			body(d, from, w, in);
		else if (!chunk_line(w, in) && in->n > HEAD_LONGEST)
			w->at = LOST;
		if (v != MORE)
			return v;
		if (in->n == before)
			return MORE;
	}
	return MORE;
}

const struct dissector dissector_http = {
	.name = "http",
	.tells = (const char *const[]){ "websocket", "webdav", NULL },
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct http),
	.claim = http_claim,
	.feed = http_feed,
};
