/*
 * http2.h - one connection of HTTP/2 (http2.c: frames; http2_streams.c:
 * requests and answers).
 */
#ifndef HTTP2_H
#define HTTP2_H

#include <nghttp2/nghttp2.h>

#include "http_parts.h"

/* RFC 9113 3.4: what a client says first. */
#define HTTP2_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

enum {
	HTTP2_STREAMS = 100,		/* at once; as servers allow */
	HTTP2_VALUES = 2048		/* kept of the headers of one message */
};

struct http2_stream {
	struct http_asked asked;
	struct http_part part[2];
	bool begun[2], ended[2];	/* by side */
};

enum http2_at { HTTP2_PREFACED, HTTP2_FIRST, HTTP2_HEADER, HTTP2_PAYLOAD,
	HTTP2_LOST };

/* The frame under way on one side, and the header block that it is part of. */
struct http2_half {
	enum http2_at at;
	uint8_t type, flags;
	uint32_t stream;		/* that it belongs to */
	uint32_t left, padding;		/* of its payload; padding is last */
	uint32_t block;			/* stream of the open block, 0: none */
	uint32_t promised;		/* stream that it announces, 0: none */
	bool block_ends;		/* nothing follows it on its stream */
	nghttp2_hd_inflater *hpack;
	struct http_head head;		/* points into values */
	size_t values_n;
	char values[HTTP2_VALUES];
};

struct http2 {
	struct budget *budget;
	nghttp2_mem memory;		/* which takes from it */
	struct http2_half half[2];
	bool begun;			/* the host is told */
	bool crowded;			/* streams were given up */
	uint32_t now;			/* counts uses of streams */
	uint32_t id[HTTP2_STREAMS], used[HTTP2_STREAMS];
	struct http2_stream *stream[HTTP2_STREAMS];
};

/* `upgraded` is what HTTP/1 asked for, answered as stream 1; NULL: nothing.
 * NULL when the budget has no room. */
struct http2 *http2_new(struct budget *b, const struct http_asked *upgraded);
void http2_free(struct http2 *h);

enum verdict http2_feed(struct dissection *d, struct http2 *h,
    enum side from, struct slice *in);

/* NULL: not known, or no memory for it. */
struct http2_stream *http2_stream(struct http2 *h, uint32_t id, bool make);
void http2_stream_close(struct http2 *h, uint32_t id);

/* A piece of a header block, then its end; false: no more can be read. */
bool http2_block(struct http2_half *x, struct slice piece);
bool http2_block_ends(struct dissection *d, struct http2 *h, enum side from);

/* Content of a DATA frame. */
void http2_data(struct dissection *d, struct http2 *h, enum side from,
    struct slice bytes);
/* This side says no more on the stream. */
void http2_side_ends(struct http2 *h, enum side from, uint32_t id);

#endif
