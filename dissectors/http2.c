/*
 * http2.c - HTTP/2 in clear: the frames of a connection.
 *
 * RFC 9113 4-6: DATA, and HEADERS, PUSH_PROMISE and CONTINUATION, of which
 * http2_streams.c makes requests and answers; RST_STREAM; the rest is passed
 * over.  Frames are read as they come, whatever their length.  A hole within
 * a DATA frame does no harm; one that takes a frame's header ends the reading
 * of its side.
 */
#include "http2.h"

enum { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PUSH_PROMISE = 5,
	CONTINUATION = 9 };
enum { END_STREAM = 0x1, END_HEADERS = 0x4, PADDED = 0x8, PRIORITY = 0x20 };
enum { HEADER_BYTES = 9, SETTING_BYTES = 6, SETTINGS_MOST = 16384 };

static bool is_block(uint8_t type)
{
	return type == HEADERS || type == PUSH_PROMISE ||
	    type == CONTINUATION;
}

/* Fixed fields in front of the payload proper. */
static uint32_t fields_of(const struct http2_half *x)
{
	uint32_t n = 0;

	if (x->type == DATA || x->type == HEADERS || x->type == PUSH_PROMISE)
		n += x->flags & PADDED ? 1 : 0;
	if (x->type == HEADERS && x->flags & PRIORITY)
		n += 5;
	if (x->type == PUSH_PROMISE)
		n += 4;
	return n;
}

/* Could this frame stand here? */
static bool in_place(const struct http2_half *x)
{
	if (x->at == HTTP2_FIRST)
		return x->type == SETTINGS && x->stream == 0 &&
		    x->left % SETTING_BYTES == 0 && x->left <= SETTINGS_MOST;
	if (x->block != 0)
		return x->type == CONTINUATION && x->stream == x->block;
	if (x->type == CONTINUATION)
		return false;
	return x->stream != 0 || (x->type != DATA && !is_block(x->type));
}

static void read_fields(struct http2_half *x, struct slice *in)
{
	uint32_t n = fields_of(x);
	struct slice fields = slice_take(in, n);

	x->padding = (x->type == DATA || is_block(x->type)) &&
	    x->type != CONTINUATION && x->flags & PADDED ?
	    slice_u8(&fields) : 0;
	x->left -= n;
	if (!is_block(x->type) || x->type == CONTINUATION)
		return;
	x->block = x->stream;
	x->block_ends = x->type == HEADERS && x->flags & END_STREAM;
	x->promised = x->type == PUSH_PROMISE ?
	    slice_u32(&fields) & 0x7fffffff : 0;
}

/* All of the frame has been seen. */
static void frame_ends(struct dissection *d, struct http2 *h, enum side from)
{
	struct http2_half *x = &h->half[from];
	uint32_t id = x->stream;

	x->at = HTTP2_HEADER;
	if (x->type == DATA && x->flags & END_STREAM)
		http2_side_ends(h, from, id);
	if (!is_block(x->type) || !(x->flags & END_HEADERS))
		return;
	if (!http2_block_ends(d, h, from))
		x->at = HTTP2_LOST;
	x->block = 0;
	if (x->block_ends)
		http2_side_ends(h, from, id);
}

/* The header of a frame and its fields.  MORE: not all of it is here. */
static enum verdict frame_begins(struct dissection *d, struct http2 *h,
    enum side from, struct slice *in)
{
	struct http2_half *x = &h->half[from];
	struct slice rest = *in;

	x->left = slice_u24(&rest);
	x->type = slice_u8(&rest);
	x->flags = slice_u8(&rest);
	x->stream = slice_u32(&rest) & 0x7fffffff;
	if (slice_short(rest))
		return MORE;
	if (!in_place(x) || x->left < fields_of(x))
		return NOT_MINE;
	if (rest.n < fields_of(x))
		return MORE;
	read_fields(x, &rest);
	if (x->padding > x->left)
		return NOT_MINE;
	*in = rest;
	x->at = HTTP2_PAYLOAD;
	if (x->type == RST_STREAM)
		http2_stream_close(h, x->stream);
	if (x->left == 0)
		frame_ends(d, h, from);
	return DONE;
}

static void payload(struct dissection *d, struct http2 *h, enum side from,
    struct slice *in)
{
	struct http2_half *x = &h->half[from];
	size_t n = x->left < in->n ? x->left : in->n;
	uint32_t content = x->left > x->padding ? x->left - x->padding : 0;
	struct slice bytes = slice_head(slice_take(in, n), content);

	x->left -= (uint32_t)n;
	if (x->type == DATA)
		http2_data(d, h, from, bytes);
	else if (is_block(x->type) && !http2_block(x, bytes))
		x->at = HTTP2_LOST;
	if (x->left == 0 && x->at != HTTP2_LOST)
		frame_ends(d, h, from);
}

static void missed(struct dissection *d, struct http2 *h, enum side from)
{
	struct http2_half *x = &h->half[from];

	if (x->at != HTTP2_PAYLOAD || is_block(x->type) || d->lost > x->left) {
		x->at = HTTP2_LOST;
		return;
	}
	x->left -= (uint32_t)d->lost;
	if (x->left == 0)
		frame_ends(d, h, from);
}

/* false: more must be here; the verdict is final when it is not MORE. */
static bool one_step(struct dissection *d, struct http2 *h, enum side from,
    struct slice *in, enum verdict *verdict)
{
	struct http2_half *x = &h->half[from];

	if (x->at == HTTP2_LOST) {
		drop_all(in);
	} else if (x->at == HTTP2_PAYLOAD) {
		payload(d, h, from, in);
	} else if (x->at == HTTP2_PREFACED) {
		if (!could_start(*in, HTTP2_PREFACE))
			*verdict = NOT_MINE;
		if (in->n < sizeof(HTTP2_PREFACE) - 1)
			return false;
		slice_skip(in, sizeof(HTTP2_PREFACE) - 1);
		x->at = HTTP2_FIRST;
	} else {
		bool first = x->at == HTTP2_FIRST;
		enum verdict v = frame_begins(d, h, from, in);

		if (v == NOT_MINE && first)
			*verdict = NOT_MINE;
		else if (v == NOT_MINE)
			x->at = HTTP2_LOST;
		return v != MORE;
	}
	return true;
}

enum verdict http2_feed(struct dissection *d, struct http2 *h,
    enum side from, struct slice *in)
{
	enum verdict v = MORE;

	if (d->lost)
		missed(d, h, from);
	while (v == MORE && slice_more(*in))
		if (!one_step(d, h, from, in, &v))
			break;
	if (h->half[CLIENT].at == HTTP2_LOST &&
	    h->half[SERVER].at == HTTP2_LOST)
		return DONE;
	return v;
}
