/*
 * websocket.c - the frames of a WebSocket, packed messages unpacked.
 *
 * RFC 6455 5 (frames, masks, messages in pieces) and RFC 7692 (messages
 * packed with DEFLATE, with and without a window that outlives them).  Bytes
 * are taken as they come: nothing is left for later.  A hole within a frame
 * does no harm to what is plain; what is packed cannot be read after it as
 * long as messages refer to each other.  A hole that takes a frame's header
 * ends the reading of its side.  Other extensions are not known; none is in
 * use.
 */
#include "websocket.h"

enum { CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PONG = 10 };
enum { FIN = 0x80, PACKED = 0x40, RESERVED = 0x30, MASKED = 0x80 };
enum { CONTROL_LONGEST = 125, PIECE = 4096 };

/* One of a list; *s moves past it and its separator. */
static struct slice item(struct slice *s, uint8_t separator)
{
	struct slice one = slice_before(*s, separator);

	slice_skip(s, one.n < s->n ? one.n + 1 : one.n);
	return ascii_trim(one);
}

/* "server_max_window_bits=12" without its first word. */
static void parameter(struct websocket_half *x, struct slice s)
{
	struct slice name = ascii_trim(item(&s, '='));
	uint64_t bits;
	bool bad;

	if (ascii_same(name, "_no_context_takeover"))
		x->takeover = false;
	if (!ascii_same(name, "_max_window_bits"))
		return;
	if (slice_starts(s, "\""))
		slice_skip(&s, 1);
	bits = ascii_decimal(slice_before(s, '"'), &bad);
	if (!bad && bits >= 8 && bits <= 15)	/* zlib: 9 at least */
		x->window_bits = (uint8_t)(bits == 8 ? 9 : bits);
}

static void agreed(struct websocket *w, struct slice one)
{
	static const char *const whose[] = { "client", "server" };

	if (!ascii_same(item(&one, ';'), "permessage-deflate"))
		return;
	for (int side = 0; side < 2; side++) {
		w->half[side].window_bits = 15;
		w->half[side].takeover = true;
	}
	while (slice_more(one)) {
		struct slice p = item(&one, ';');

		for (int side = 0; side < 2; side++)
			if (ascii_starts(p, whose[side]))
				parameter(&w->half[side], slice_of(p.p + 6,
				    p.n - 6));
	}
}

struct websocket *websocket_new(struct budget *b, struct slice extensions)
{
	struct websocket *w = budget_take(b, sizeof(*w));

	while (w != NULL && slice_more(extensions))
		agreed(w, item(&extensions, ','));
	return w;
}

void websocket_free(struct websocket *w)
{
	for (int side = 0; w != NULL && side < 2; side++)
		inflate_free(w->half[side].inflate);
	budget_put(w);
}

/* So long is a header of which this much is here. */
static size_t header_size(const struct websocket_half *x)
{
	size_t n = 2;

	if (x->header_n < 2)
		return n;
	if ((x->header[1] & 0x7f) >= 126)
		n += (x->header[1] & 0x7f) == 126 ? 2 : 8;
	return x->header[1] & MASKED ? n + sizeof(x->mask) : n;
}

/* A message ends with one piece or begins with another. */
static bool in_place(struct websocket_half *x, uint8_t first)
{
	uint8_t kind = first & 0x0f;

	if (first & RESERVED || (kind > BINARY && kind < CLOSE) || kind > PONG)
		return false;
	x->control = kind >= CLOSE;
	if (x->control)
		return first & FIN && !(first & PACKED) &&
		    x->left <= CONTROL_LONGEST;
	if (x->open != (kind == CONTINUATION) ||
	    (first & PACKED && (x->open || x->window_bits == 0)))
		return false;
	x->final = first & FIN;
	if (kind == CONTINUATION)
		return true;
	x->open = true;
	x->packed = first & PACKED;
	websocket_message_begins(&x->message, kind == TEXT);
	return true;
}

/* What was packed is of no use any more. */
static void give_up(struct websocket_half *x)
{
	inflate_free(x->inflate);
	x->inflate = NULL;
	x->opaque = true;
}

/* Content is only counted, of a text the beginning is read. */
static bool can_read(struct dissection *d, struct websocket_half *x)
{
	static const struct inflate_limits limits = { 1 << 20, 64 };

	if (x->opaque)
		return false;
	if (x->inflate == NULL)
		x->inflate = inflate_new(d->budget, x->window_bits, limits);
	if (x->inflate == NULL)
		give_up(x);
	return !x->opaque;
}

static void unpack(struct dissection *d, struct websocket *w, enum side from,
    struct slice in)
{
	struct websocket_half *x = &w->half[from];
	uint8_t piece[PIECE];
	struct slice out;

	if (!can_read(d, x)) {
		websocket_message_size(d, w, from, in.n);
		return;
	}
	while (out = inflate_next(x->inflate, &in, piece, sizeof(piece)),
	    slice_more(out))
		websocket_message_bytes(d, w, from, out);
	if (inflate_failed(x->inflate))
		give_up(x);
}

/* RFC 7692 7.2.2: the end that every packed message has, and omits. */
static void message_ends(struct dissection *d, struct websocket *w,
    enum side from)
{
	static const uint8_t omitted[] = { 0x00, 0x00, 0xff, 0xff };
	struct websocket_half *x = &w->half[from];

	if (x->packed && x->inflate != NULL)
		unpack(d, w, from, slice_of(omitted, sizeof(omitted)));
	if (x->packed && !x->takeover) {
		inflate_free(x->inflate);
		x->inflate = NULL;
		x->opaque = false;
	}
	x->open = false;
	websocket_message_ends(d, w, from);
}

static void frame_ends(struct dissection *d, struct websocket *w,
    enum side from)
{
	struct websocket_half *x = &w->half[from];

	x->at = WEBSOCKET_HEADER;
	x->header_n = 0;
	if (!x->control && x->final)
		message_ends(d, w, from);
}

static void frame_begins(struct dissection *d, struct websocket *w,
    enum side from)
{
	struct websocket_half *x = &w->half[from];
	struct slice header = slice_of(x->header, x->header_n);
	uint8_t first = slice_u8(&header), n = slice_u8(&header) & 0x7f;

	x->left = n == 127 ? slice_u64(&header) : n == 126 ?
	    slice_u16(&header) : n;
	memset(x->mask, 0, sizeof(x->mask));
	x->mask_at = 0;
	if (slice_more(header))
		memcpy(x->mask, header.p, header.n);
	x->at = WEBSOCKET_PAYLOAD;
	if (x->left >> 63 || !in_place(x, first))
		x->at = WEBSOCKET_LOST;
	else if (x->left == 0)
		frame_ends(d, w, from);
}

static void header_bytes(struct dissection *d, struct websocket *w,
    enum side from, struct slice *in)
{
	struct websocket_half *x = &w->half[from];

	while (slice_more(*in) && x->header_n < header_size(x))
		x->header[x->header_n++] = slice_u8(in);
	if (x->header_n >= 2 && x->header_n == header_size(x))
		frame_begins(d, w, from);
}

static struct slice unmasked(struct websocket_half *x, struct slice in,
    uint8_t piece[PIECE])
{
	size_t n = in.n;

	for (size_t i = 0; i < n; i++)
		piece[i] = slice_u8(&in) ^ x->mask[x->mask_at++ % 4];
	return slice_of(piece, n);
}

/* Only what is looked into is unmasked. */
static void payload(struct dissection *d, struct websocket *w,
    enum side from, struct slice in)
{
	struct websocket_half *x = &w->half[from];
	uint8_t piece[PIECE];

	if (!x->packed && !x->message.is_text) {
		websocket_message_size(d, w, from, in.n);
		return;
	}
	while (slice_more(in)) {
		struct slice some = slice_take(&in, in.n < PIECE ? in.n :
		    PIECE);

		some = unmasked(x, some, piece);
		if (x->packed)
			unpack(d, w, from, some);
		else
			websocket_message_bytes(d, w, from, some);
	}
}

static void missed(struct dissection *d, struct websocket *w,
    enum side from)
{
	struct websocket_half *x = &w->half[from];

	if (x->at != WEBSOCKET_PAYLOAD || d->lost > x->left) {
		x->at = WEBSOCKET_LOST;
		return;
	}
	x->left -= d->lost;
	x->mask_at = (uint8_t)((x->mask_at + d->lost) % 4);
	if (x->packed && !x->control)
		give_up(x);
	if (x->left == 0)
		frame_ends(d, w, from);
}

enum verdict websocket_feed(struct dissection *d, struct websocket *w,
    enum side from, struct slice *in)
{
	struct websocket_half *x = &w->half[from];

	if (d->lost)
		missed(d, w, from);
	while (slice_more(*in)) {
		size_t n = x->left < in->n ? (size_t)x->left : in->n;

		if (x->at == WEBSOCKET_LOST) {
			drop_all(in);
		} else if (x->at == WEBSOCKET_HEADER) {
			header_bytes(d, w, from, in);
		} else {
			struct slice bytes = slice_take(in, n);

			if (!x->control)
				payload(d, w, from, bytes);
			x->left -= n;
			if (x->left == 0)
				frame_ends(d, w, from);
		}
	}
	return w->half[CLIENT].at == WEBSOCKET_LOST &&
	    w->half[SERVER].at == WEBSOCKET_LOST ? DONE : MORE;
}
