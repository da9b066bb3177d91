/*
 * inflate.c - zlib's inflate(), whose memory and work are bounded.
 *
 * What comes after the end of a packed stream begins another one (a final
 * block within a WebSocket message, RFC 7692 7.2.3.4), without what was
 * before it.
 */
#define ZLIB_CONST
#include <zlib.h>

#include "inflate.h"

enum { TOTAL_MOST = 1 << 30 };

struct inflate {
	z_stream z;
	struct budget *budget;
	struct inflate_limits limits;
	uint64_t in, out;
	bool failed;
};

static void *take(void *budget, unsigned int n, unsigned int size)
{
	return budget_take(budget, (size_t)n * size);
}

static void put(void *budget, void *memory)
{
	(void)budget;
	budget_put(memory);
}

struct inflate *inflate_new(struct budget *b, int window_bits,
    struct inflate_limits limits)
{
	struct inflate *f = budget_take(b, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->budget = b;
	f->limits = limits;
	f->z.zalloc = take;
	f->z.zfree = put;
	f->z.opaque = b;
	if (inflateInit2(&f->z, -window_bits) != Z_OK) {
		budget_put(f);
		return NULL;
	}
	return f;
}

void inflate_free(struct inflate *f)
{
	if (f == NULL)
		return;
	inflateEnd(&f->z);
	budget_put(f);
}

bool inflate_failed(const struct inflate *f)
{
	return f->failed;
}

/* Is that more than anybody means? */
static bool too_much(const struct inflate *f)
{
	return f->out > TOTAL_MOST ||
	    f->out > f->limits.free_bytes + f->limits.ratio * f->in;
}

struct slice inflate_next(struct inflate *f, struct slice *in,
    uint8_t *piece, size_t room)
{
	size_t used, n;
	int how;

	if (f->failed)
		return slice_of(NULL, 0);
	f->z.next_in = in->p;
	f->z.avail_in = (unsigned int)in->n;
	f->z.next_out = piece;
	f->z.avail_out = (unsigned int)room;
	do {
		how = inflate(&f->z, Z_SYNC_FLUSH);
		if (how == Z_STREAM_END && inflateReset(&f->z) != Z_OK)
			how = Z_STREAM_ERROR;
	} while (how == Z_STREAM_END && f->z.avail_in > 0 &&
	    f->z.avail_out > 0);
	used = in->n - f->z.avail_in;
	n = room - f->z.avail_out;
	slice_skip(in, used);
	f->in += used;
	f->out += n;
	f->failed = how != Z_OK && how != Z_STREAM_END && how != Z_BUF_ERROR;
	if (too_much(f)) {
		f->failed = true;
		f->budget->capped++;
	}
	return slice_of(piece, n);
}
