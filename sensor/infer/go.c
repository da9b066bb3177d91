/*
 * go.c - how the HTTP/2 server of Go (net/http; Caddy, Traefik) shares a
 * connection, as its records show it:
 *
 *	[34][34]		the headers of two responses, alone
 *	[16384][9][16384][9]	two frames of the first: what io.Copy reads
 *	[16384][9][16384][9]	two of the second, in turn
 *	[2050]			less than a frame: the end of the next in turn
 *	[16384][9][16384][9]	two of the other, while the end is told
 *	[9]			END_STREAM of the one that ended
 *
 * Small frames may be held back and come before a full one in one write.
 * Others (node) have frames of that size, but write several at a time.
 */
#include "infer/room.h"

enum {
	REPEATED = 18,		/* header whose fields all are in HPACK's
				   table: the same page again */
	HEADER = 34, DATE = 22,
	HELD = 160		/* headers that waited for a frame */
};

bool go_server(const struct infer *i)
{
	return i->frame == FULL_RECORD && !i->bursts;
}

/* As small as control frames, which are 13, 17 and 26. */
bool go_headers(const struct infer *i, uint32_t app)
{
	return go_server(i) && app == REPEATED;
}

/* Nobody is open, nobody else was asked for: the last had not ended. */
static void reopen(struct group *g)
{
	if (g->last != NULL && g->n >= g->most && part_next(g) == NULL)
		g->last->open = true;
}

/* Whole frames for those that are open, two for each in turn. */
static void go_on(const struct infer *i, struct group *g, int64_t at_us)
{
	if (part_next(g) == NULL)
		part_new(g);
	parts_deal(i, g, 1, at_us);
	if (g->flushed > 0)
		part_give(g, part_next(g), g->flushed, at_us);
}

/*
 * Told after a turn of the others, if any.  Where no end is owed, the last
 * frame was full.
 */
void go_end(struct group *g)
{
	if (g->owed > 0)
		g->owed--;
	else if (g->last != NULL)
		g->last->open = false;
}

/*
 * Headers alone, of one response or several: length and ETag are new in
 * each, the date (22 bytes) in the first of a second.
 */
static void headers(struct group *g, int64_t at_us)
{
	uint32_t room = g->most > g->n ? g->most - g->n : 1;
	uint32_t n = 1;

	if (g->flushed == 2 * REPEATED)
		n = 2;
	else if (g->flushed > HEADER + DATE + 3)
		n = (g->flushed + 1) / HEADER;
	parts_headers(g, n < room ? n : room, at_us);
}

/* Small frames ahead of a full one: ends that were owed, or headers. */
static bool held(struct group *g, int64_t at_us)
{
	uint32_t n = g->flushed % GO_FRAME, frames = g->flushed - n;
	bool ends = n % FRAME_HEADER == 0 && g->owed >= n / FRAME_HEADER;

	if (n >= HELD || frames != GO_FRAME || g->unsure > 0 ||
	    (!ends && g->n >= g->most))
		return false;
	for (uint32_t k = 0; ends && k < n; k += FRAME_HEADER)
		go_end(g);
	if (!ends) {
		g->flushed = n;
		headers(g, at_us);
	}
	g->flushed = frames;
	return true;
}

/*
 * Whole frames?  Of those that were not seen, every one may have had a
 * record more than was supposed.
 */
static bool whole(const struct infer *i, struct group *g)
{
	uint32_t framing = record_over(i);

	for (uint32_t n = 0; n <= g->unsure && g->flushed > n * framing; n++) {
		if ((g->flushed - n * framing) % GO_FRAME > 0)
			continue;
		g->flushed -= n * framing;
		g->over += n * framing;
		g->unsure = 0;
		return true;
	}
	return false;
}

void go_flush(struct infer *i, struct group *g, int64_t at_us)
{
	g->pairs = true;
	reopen(g);
	if (g->flushed < HEADER_MAX && g->n < g->most)
		headers(g, at_us);
	else if (whole(i, g) || held(g, at_us))
		go_on(i, g, at_us);
	else
		parts_finish(i, g, at_us);
}
