/*
 * http.c - HTTP: the host that is asked for, and the files that move.
 *
 * RFC 9112 (messages: length, chunks, pipelined answers).  Bodies are passed
 * to http_files.c, a connection that begins as HTTP/2 or is upgraded to it
 * to http2.c.  NTLM logins ([MS-NTHT]) to a server inside name the client's
 * account once the server has accepted them.  An upgrade to WebSocket is an
 * application of its own, read by websocket.c; what a tunnel carries is not
 * looked into.  After a hole that took the end of a message, reading goes on
 * where a segment begins one.
 */
#include <netinet/in.h>

#include "http2.h"
#include "ntlm.h"
#include "websocket.h"

enum { LOGIN_MAX = 2048, METHOD_MAX = 20 };

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
	bool upgrading;			/* asked for: do not read ahead */
	struct http2 *http2;		/* it has become that, */
	struct websocket *websocket;	/* or that */
	struct ntlm_names names;	/* until the server says yes */
};

/* What follows is no HTTP/1. */
static bool has_become(const struct http *x)
{
	return x->http2 != NULL || x->websocket != NULL;
}

static const char *const methods[] = { "GET ", "POST ", "HEAD ", "PUT ",
	"OPTIONS ", "CONNECT ", "PATCH ", "DELETE ", "PROPFIND ", "MKCOL ",
	"COPY ", "MOVE ", "LOCK ", "UNLOCK ", "PROPPATCH ", "REPORT ",
	"SEARCH ", "TRACE ", "RPC_IN_DATA ", "RPC_OUT_DATA ", "BITS_POST ",
	"SUBSCRIBE ", "NOTIFY ", "MERGE ", HTTP2_PREFACE };

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
	http_asks(a, h);
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
		http_tell(d, FACT_HOST, h->host);
	if (ascii_starts(h->upgrade, "websocket") && !x->begun)
		http_tell(d, FACT_APP, slice_str("websocket"));
	for (size_t i = 0; i < sizeof(share_methods) / sizeof(*share_methods);
	    i++)
		if (ascii_same(h->method, share_methods[i]))
			http_tell(d, FACT_APP, slice_str("webdav"));
	x->begun = true;
	asks(x, h);
	x->upgrading = slice_more(h->upgrade);
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

/* Both sides go on with what the request has offered. */
static enum verdict switched(struct dissection *d,
    const struct http_asked *asked, const struct http_head *h)
{
	struct http *x = d->state;

	if (ascii_same(h->upgrade, "websocket"))
		x->websocket = websocket_new(d->budget, h->extensions);
	else if (asked != NULL && asked->http2)
		x->http2 = http2_new(d->budget, asked);
	return has_become(x) ? MORE : DONE;
}

static enum verdict response(struct dissection *d, const struct http_head *h)
{
	struct http *x = d->state;
	const struct http_asked *asked;

	if (h->status < 200 && h->status != 101)
		return MORE;
	x->upgrading = false;
	asked = answered(x);
	if (h->status == 101)
		return switched(d, asked, h);
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
	switch (http_head_read(&h, from, in)) {
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

	http_part_bytes(d, from, &w->part, slice_take(in, n));
	if (w->at == TO_END)
		return;
	w->left -= n;
	if (w->left == 0)
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

/* HTTP/2 from its first byte on?  MORE: not decided. */
static enum verdict preface(struct dissection *d, struct slice in)
{
	struct http *x = d->state;

	if (x->begun || has_become(x) || !could_start(in, HTTP2_PREFACE))
		return NOT_MINE;
	if (in.n < sizeof(HTTP2_PREFACE) - 1)
		return MORE;
	x->http2 = http2_new(d->budget, NULL);
	return DONE;
}

static enum verdict messages(struct dissection *d, enum side from,
    struct slice *in)
{
	struct http *x = d->state;
	struct way *w = &x->way[from];

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
		else if (w->at == HEAD && from == CLIENT && x->upgrading)
			return MORE;
		else if (w->at == HEAD)
			v = message(d, from, in);
		else if (w->at == BODY || w->at == CHUNK_DATA ||
		    w->at == TO_END)
			body(d, from, w, in);
		else if (!chunk_line(w, in) && in->n > HTTP_HEAD_LONGEST)
			w->at = LOST;
		if (v != MORE)
			return v;
		if (in->n == before || has_become(x))
			return MORE;
	}
	return MORE;
}

static enum verdict http_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct http *x = d->state;
	enum verdict v = from == CLIENT ? preface(d, *in) : NOT_MINE;

	if (v == MORE)
		return MORE;
	if (v == DONE && x->http2 == NULL)	/* no memory for it */
		return DONE;
	if (!has_become(x)) {
		v = messages(d, from, in);
		if (v != MORE || !has_become(x))
			return v;
		d->lost = 0;		/* said already */
	}
	return x->websocket != NULL ?
	    websocket_feed(d, x->websocket, from, in) :
	    http2_feed(d, x->http2, from, in);
}

static void http_close(void *state)
{
	http2_free(((struct http *)state)->http2);
	websocket_free(((struct http *)state)->websocket);
}

const struct dissector dissector_http = {
	.name = "http",
	.tells = (const char *const[]){ "websocket", "webdav", NULL },
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct http),
	.claim = http_claim,
	.feed = http_feed,
	.close = http_close,
};
