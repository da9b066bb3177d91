/*
 * quic_parts.c - responses that shared a QUIC connection, told apart by the
 * short datagrams at the end of what a server reads at a time.
 */
#include "infer/state.h"

enum {
	/*
	 * io.Copy of Go reads 32 KiB at a time; so do others.  A run of short
	 * datagrams that far apart is one response alone; when others are
	 * sent as well, their data fill the datagrams up, or the chunks of
	 * two come to more.  One may be lost.
	 */
	CHUNK = 32768, CHUNK_SLACK = 3000,
	RUN = 2 * CHUNK,
	SHARE = 50000,		/* less is page furniture */
	OTHER = 14000		/* a piece of it */
};

void quic_watch(struct infer *i, uint32_t n)
{
	struct quic *q = &i->quic;
	uint64_t now = i->down_app, gap;

	if (n > q->largest)
		q->largest = (uint16_t)(n < UINT16_MAX ? n : UINT16_MAX);
	if (now < q->short_app)			/* another exchange */
		q->short_app = q->solo_app = q->shorts = 0;
	if (n * 10 >= q->largest * 9u)
		return;
	gap = now - q->short_app;
	if (q->shorts > 0 && gap < CHUNK - CHUNK_SLACK)
		return;			/* sent again, or of another */
	if (q->shorts > 1 && gap > CHUNK)
		gap -= CHUNK;		/* one may be missing */
	if (q->shorts == 0 || gap > CHUNK + CHUNK_SLACK) {
		q->solo_app = now;
		q->shorts = 0;
	}
	q->short_app = now;
	q->shorts++;
	q->chunked |= q->shorts > 2;
}

/* Bytes of the response that went on alone, 0: there was none. */
static uint64_t solo(const struct infer *i)
{
	const struct quic *q = &i->quic;
	uint64_t app = i->down_app;

	if (app < q->short_app || app - q->short_app > 2 * CHUNK + CHUNK_SLACK ||
	    app - q->solo_app < RUN)
		return 0;
	/* It began in the chunk before, or in the one before that. */
	return app - q->solo_app + CHUNK;
}

static struct found part(const struct found *all, uint64_t bytes,
    uint64_t largest, uint32_t most)
{
	struct found f = *all;

	f.bytes = bytes;
	f.wire_bytes = all->wire_bytes * bytes / all->bytes;
	f.largest = largest;
	f.count = f.count_lo = 1;
	f.count_hi = most;
	f.sureness = all->count_hi == 2 ? 70 : 40;
	return f;
}

/*
 * Two shared the line, and one went on alone, or both ended within a chunk.
 * What one had alone is known; of the rest each had half.  What else was
 * asked for at the same time was small, being over before: it is supposed
 * to be of usual size.
 */
uint32_t quic_parts(const struct infer *i, const struct found *all,
    struct found parts[QUIC_PARTS])
{
	uint64_t alone = solo(i), shared = all->bytes - alone, half, others;
	uint32_t n = all->count_hi;

	if (alone > all->bytes || shared < 2 * SHARE || n < 2 ||
	    (alone == 0 && (n > 2 || !i->quic.chunked)))
		return 0;
	others = (n - 2) * (uint64_t)OTHER;
	if (others > shared / 2)
		others = shared / 2;
	half = (shared - others) / 2;
	parts[0] = part(all, half, shared, n - 1);
	parts[1] = part(all, alone + half, all->bytes, n - 1);
	if (others == 0)
		return 2;
	parts[2] = part(all, others, shared, n - 2);
	parts[2].count = n - 2;
	return 3;
}
