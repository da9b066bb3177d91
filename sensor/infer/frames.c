/*
 * frames.c - how many bytes are whole DATA frames (RFC 9113 6.1), behind how
 * many response headers; frame and header sizes are learned as they show.
 */
#include "infer/room.h"

enum {
	HEADER_MIN = 16,
	HEADER_DRIFT = 12,	/* between two responses of one server: dates
				   and lengths, in digits */
	TOGETHER = 4,		/* headers in one flush */
	CHUNK = 4		/* frames of 8192 in a buffer of nginx */
};

/*
 * The default of nginx first, then the largest by default (RFC 9113 4.2), and
 * what fills a record with its header (Apache).
 */
static const uint16_t frame_sizes[] = { 8192, 16384, 4096,
	FULL_RECORD - FRAME_HEADER };

uint32_t frames_headers(const struct infer *i, uint32_t n, uint32_t flushed)
{
	/* Unknown yet: only behind records that were all full. */
	if (i->header == 0)
		return n >= HEADER_MIN && n <= HEADER_MAX &&
		    flushed > FULL_RECORD &&
		    flushed % FULL_RECORD <= HEADER_MAX;
	for (uint32_t k = 1; k <= TOGETHER; k++)
		if (n + k * HEADER_DRIFT >= k * i->header &&
		    n <= k * (i->header + (uint32_t)HEADER_DRIFT))
			return k;
	return 0;
}

uint32_t frames_chunk(uint32_t size)
{
	return (size == 8192 ? CHUNK : 1) * (size + FRAME_HEADER);
}

/*
 * A server that uses HPACK's dynamic table (nginx does not) sends shorter
 * headers after its first.
 */
static bool shorter(const struct infer *i, uint32_t size, uint32_t n)
{
	return size != 8192 && n >= HEADER_MIN && n < i->header;
}

static bool whole_of(const struct infer *i, uint32_t size, uint32_t flushed,
    struct content *c)
{
	uint32_t rest = flushed % frames_chunk(size);

	if (flushed < frames_chunk(size))
		return false;
	c->frame = size;
	c->headers = rest ? frames_headers(i, rest, flushed) : 0;
	if (c->headers == 0 && shorter(i, size, rest))
		c->headers = 1;
	c->header = c->headers ? rest / c->headers : 0;
	return rest == 0 || (c->headers > 0 &&
	    flushed >= c->headers * frames_chunk(size));
}

/* Whole frames, behind headers or not?  A size that fits is learned. */
static bool whole(struct infer *i, uint32_t flushed, struct content *c)
{
	if (i->frame && whole_of(i, i->frame, flushed, c))
		return true;
	for (size_t n = 0; n < sizeof(frame_sizes) / sizeof(*frame_sizes);
	    n++) {
		if (!whole_of(i, frame_sizes[n], flushed, c) ||
		    (i->frame && c->headers))
			continue;
		if (c->headers == 0 && flushed >= FULL_RECORD)
			i->frame = frame_sizes[n];
		return true;
	}
	return false;
}

/* The same where the number of records is not known exactly. */
bool frames_whole(struct infer *i, struct group *g, struct content *c)
{
	uint32_t framing = record_over(i);

	for (;; g->unsure--) {
		if (whole(i, g->flushed, c))
			break;
		if (g->unsure == 0 || g->flushed <= framing)
			return false;
		g->flushed -= framing;
		g->over += framing;
	}
	g->unsure = 0;
	return true;
}
