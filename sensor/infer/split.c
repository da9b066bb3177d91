/*
 * split.c - the objects of a group of HTTP/2 responses on one connection.
 *
 * A server fills records to their largest size while it has data to send and
 * flushes a shorter one when it has not.  What lies between two flushes is
 * made of DATA frames (RFC 9113 6.1: 9 bytes of header each).  If all of
 * them are of the server's full frame size, a power of two, the response
 * goes on; if not, the last one was the end of an object:
 *
 *	[16384][16384][h+36]	 header h, 4 frames of 8192: goes on
 *	[16384][16384][36]	 4 frames: goes on
 *	[16384][5210]		 ends with a frame that is not full
 *
 * A header seen in the middle of an object is a second one beginning, so two
 * are in flight; then full frames are dealt out in turn, which is how
 * servers schedule them.  An empty frame alone (9) is END_STREAM.
 * What cannot be told apart stays together: the sum is always exact.
 */
#include "infer/room.h"

enum {
	FRAME_HEADER = 9,
	HEADER_MAX = 700,	/* of a response, HPACK coded */
	HEADER_MIN = 16,
	HEADER_DRIFT = 16,	/* between two responses of one server: dates
				   and lengths, in digits */
	RAMP = 1000,		/* some servers begin with small records */
	FULL = 16384
};

/* The default of nginx first, then the largest by default (RFC 9113 4.2). */
static const uint16_t frame_sizes[] = { 8192, 16384, 4096 };

static bool like_header(const struct infer *i, uint32_t n, uint32_t flushed)
{
	if (n < HEADER_MIN || n > HEADER_MAX)
		return false;
	/* Unknown yet: only behind records that were all full. */
	if (i->header == 0)
		return flushed > FULL && flushed % FULL <= HEADER_MAX;
	return n + HEADER_DRIFT >= i->header && n <= i->header +
	    (uint32_t)HEADER_DRIFT;
}

/* Whole frames of this size, behind a header or not? */
static bool whole_of(const struct infer *i, uint32_t size, uint32_t flushed,
    uint32_t *header)
{
	uint32_t frame = size + FRAME_HEADER;

	*header = flushed % frame;
	return flushed >= frame && (*header == 0 ||
	    like_header(i, *header, flushed));
}

/*
 * Sets *header to the size of the header, 0 without one.  A frame size is
 * learned where it leaves no rest.
 */
static bool whole(struct infer *i, uint32_t flushed, uint32_t *header)
{
	if (i->frame && whole_of(i, i->frame, flushed, header))
		return true;
	for (size_t n = 0; n < sizeof(frame_sizes) / sizeof(*frame_sizes);
	    n++) {
		if (!whole_of(i, frame_sizes[n], flushed, header))
			continue;
		if (*header == 0 && flushed >= FULL)
			i->frame = frame_sizes[n];
		return true;
	}
	return false;
}

static struct part *part_new(struct group *g, int64_t at_us)
{
	struct part *p;

	if (g->n == PARTS) {
		g->spilled = true;
		return &g->part[PARTS - 1];
	}
	p = &g->part[g->n++];
	*p = (struct part){ .start_us = at_us, .end_us = at_us, .open = true };
	return p;
}

/* The open part that was served longest ago; NULL when none is open. */
static struct part *part_next(struct group *g)
{
	struct part *best = NULL;

	for (uint32_t n = 0; n < g->n; n++)
		if (g->part[n].open && (best == NULL ||
		    g->part[n].turn < best->turn))
			best = &g->part[n];
	return best;
}

static void give(struct group *g, struct part *p, int64_t at_us)
{
	p->app += g->flushed;
	p->over += g->over;
	p->end_us = at_us;
	p->turn = ++g->turn;
	p->flushes = (uint8_t)(p->flushes + (p->flushes < UINT8_MAX));
	g->last = p;
	g->tail = g->flushed;
	g->tail_over = g->over;
	g->flushed = g->over = 0;
}

/* A header: another object begins. */
static void begin(struct infer *i, struct group *g, uint32_t header,
    int64_t at_us)
{
	struct part *p = part_next(g);

	if (g->flushed > FULL)
		i->header = (uint16_t)header;
	if (p == NULL || p->app >= 100)
		p = part_new(g, g->since_us);
	p->header = (uint16_t)header;
	p->embedded = true;
	give(g, p, at_us);
}

/* Full frames without a header: an object that was begun before. */
static void go_on(struct group *g, int64_t at_us)
{
	struct part *p = part_next(g);

	if (p == NULL && g->last != NULL) {
		p = g->last;		/* it had not ended, after all */
		p->open = true;
	}
	if (p == NULL)
		p = part_new(g, g->since_us);
	give(g, p, at_us);
}

static void finish(struct group *g, int64_t at_us)
{
	struct part *p = part_next(g);

	if (p == NULL)
		p = part_new(g, g->since_us);
	give(g, p, at_us);
	p->open = false;
}

/* END_STREAM, alone: what was flushed before it is at its end. */
static void end_mark(struct group *g)
{
	struct part *p = g->last, *own;

	if (p == NULL)
		return;
	if (!p->open && p->embedded && p->flushes > 1 && g->tail > 0) {
		/*
		 * A static file carries END_STREAM in its last frame: this
		 * was another, small response in between.
		 */
		own = part_new(g, p->end_us);
		own->app = g->tail;
		own->over = g->tail_over;
		own->open = false;
		p->app -= g->tail;
		p->over -= g->tail_over;
		p->open = true;
	} else {
		p->open = false;
	}
	g->tail = 0;
}

static void flush(struct infer *i, struct group *g, int64_t at_us)
{
	struct part *p = part_next(g);
	uint32_t header;

	if (g->flushed < HEADER_MAX && (p == NULL || p->app == 0)) {
		if (p == NULL)
			p = part_new(g, g->since_us);
		p->header = (uint16_t)g->flushed;
		give(g, p, at_us);
	} else if (whole(i, g->flushed, &header)) {
		if (header)
			begin(i, g, header, at_us);
		else
			go_on(g, at_us);
	} else {
		finish(g, at_us);
	}
}

void split_record(struct infer *i, const struct unit *u)
{
	struct annex *a = annex_get(i);
	struct group *g;

	if (a == NULL)
		return;
	g = &a->group;
	if (u->app == FRAME_HEADER && g->flushed == 0) {
		end_mark(g);
		return;
	}
	if (!u->counts && g->flushed == 0)
		return;			/* a control frame */
	if (g->flushed == 0)
		g->since_us = u->at_us;
	/* Records of one size, one after another: a server warming up. */
	if (u->app == g->record && g->flushed == 0 && u->app >= RAMP &&
	    u->app < FULL && g->last != NULL)
		g->last->open = true;
	g->record = u->app;
	g->flushed += u->app;
	g->over += u->over;
	if (u->blind)
		g->blind = true;
	else if (u->app < FULL)
		flush(i, g, u->at_us);
}

/* The exchange is over: its parts, if they can be believed. */
uint32_t split_parts(struct infer *i, uint32_t most, struct part **parts)
{
	struct annex *a = annex_peek(i);
	struct group *g = a != NULL ? &a->group : NULL;

	if (g == NULL || g->n == 0)
		return 0;
	if (g->flushed > 0)
		finish(g, i->down_us);
	*parts = g->part;
	if (g->spilled || g->n > most)
		return 0;
	return g->n;
}

void split_clear(struct infer *i)
{
	struct annex *a = annex_peek(i);

	if (a != NULL) {
		memset(&a->group, 0, sizeof(a->group));
		if (a->n_held == 0)
			annex_put(i);
	}
}
