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
 * A header seen while an object is open is another one beginning, so both
 * are in flight; full frames are then dealt out in turn, which is how
 * servers schedule streams of equal weight.  An empty frame alone (9) is
 * END_STREAM.  What cannot be told apart stays together: the sum is exact.
 */
#include "infer/room.h"

enum {
	GO_SEGMENT = 1208, GO_BUFFER = 4096,	/* crypto/tls, x/net/http2 */
	RAMP = 1000,		/* some servers begin with small records */
	TRUST = 20,		/* no more than 1/20 not followed */
	EXACT = 1000,		/* share that rounding can make */
	UNSURE = 64		/* of unseen framing; beyond, all is guessed */
};

/*
 * Headers together with data: other objects begin.  A server that does this
 * does not send headers alone: what looked like it was a small response.
 */
static void begin(struct infer *i, struct group *g, const struct content *c,
    int64_t at_us)
{
	for (uint32_t n = 0; n < g->n; n++)
		if (g->part[n].flushes == 1 && !g->part[n].embedded)
			g->part[n].open = false;
	if (g->flushed > FULL_RECORD)
		i->header = (uint16_t)c->header;
	for (uint32_t n = 0; n < c->headers; n++) {
		struct part *p = part_new(g);

		p->header = (uint16_t)c->header;
		p->embedded = true;
		part_give(g, p, c->header, at_us);
		p->turn = 0;		/* it is their turn now */
	}
	parts_deal(i, g, 1, at_us);
	part_give(g, part_next(g), g->flushed, at_us);
}

/* Full frames without a header: objects that were begun before. */
static void go_on(struct infer *i, struct group *g, const struct content *c,
    int64_t at_us)
{
	struct part *p = part_next(g);

	if (p == NULL && g->last != NULL && (g->last->embedded ||
	    g->n >= g->most || c->frame < FULL_RECORD)) {
		p = g->last;		/* it had not ended, after all */
		p->open = true;
	}
	if (p == NULL)
		p = part_new(g);
	if (p->flushes == 1 && p->header && g->n == 1 && !i->header)
		i->header = p->header;	/* it stood alone, before data */
	parts_deal(i, g, 1, at_us);
	if (g->flushed > 0)
		part_give(g, part_next(g), g->flushed, at_us);
}

/* A small response of its own, whole, while others are open. */
static void aside(struct group *g, int64_t at_us)
{
	struct part *p = part_new(g);

	part_give(g, p, g->flushed, at_us);
	p->open = false;
	p->aside = true;
}

/*
 * All that were asked for have begun: something small that was taken for a
 * response, but bears no mark, was the end of the object beside it.
 */
static struct part *doubtful(struct group *g)
{
	for (uint32_t n = g->n; g->n >= g->most && n > 0; n--)
		if (g->part[n - 1].aside && !g->part[n - 1].marked)
			return &g->part[n - 1];
	return NULL;
}

/* END_STREAM, alone: what was flushed before it is at its end. */
static void end_mark(struct group *g)
{
	struct part *p = g->last, *own;

	if (p == NULL || g->tail == 0)
		return;
	if (!p->open && p->embedded && p->flushes > 1) {
		/*
		 * A static file carries END_STREAM in its last frame: this
		 * was another, small response in between.
		 */
		own = doubtful(g);
		p->open = own == NULL;
		if (own != NULL)
			part_join(p, own);
		else
			own = part_new(g);
		own->app = g->tail;
		own->over = g->tail_over;
		own->end_us = p->end_us;
		own->open = false;
		own->marked = true;
		p->app -= g->tail;
		p->over -= g->tail_over;
	} else {
		p->open = false;
		p->marked = true;
	}
	g->tail = 0;
}

/*
 * A write that the socket took in two pieces shows a short record in its
 * middle.  When only both together are whole chunks, that was no end.
 */
static bool torn(const struct infer *i, const struct group *g)
{
	return i->frame && g->last != NULL && !g->last->open && g->tail > 0 &&
	    (g->tail + g->flushed) % frames_chunk(i->frame) == 0;
}

static void flush(struct infer *i, struct group *g, int64_t at_us)
{
	struct part *p = part_next(g);
	struct content c;

	if (go_server(i)) {
		go_flush(i, g, at_us);
	} else if (torn(i, g)) {
		g->last->open = true;
		part_give(g, g->last, g->flushed, at_us);
	} else if (g->flushed < HEADER_MAX && p == NULL) {
		parts_headers(g, i->header ? frames_headers(i, g->flushed, 0) :
		    1, at_us);
	} else if (g->flushed < HEADER_MAX && p->flushes > 1) {
		aside(g, at_us);
	} else if (!frames_whole(i, g, &c)) {
		parts_finish(i, g, at_us);
	} else if (c.headers) {
		begin(i, g, &c, at_us);
	} else {
		g->pairs = go_server(i);
		go_on(i, g, &c, at_us);
	}
}

/*
 * More of the same write follows a record of the largest size, one that
 * empties a buffer (4096 in Go's HTTP/2), or one of Go's first records,
 * which hold a whole number of segments.
 */
static bool unfinished(const struct infer *i, uint32_t app)
{
	uint32_t segment = GO_SEGMENT - record_over(i);

	return app >= FULL_RECORD || app == GO_BUFFER || (app > 0 &&
	    app % segment == 0);
}

/*
 * Bytes whose records were not seen: as few records as they can have been;
 * for every chunk of them, one more is possible.
 */
static void skip(const struct infer *i, struct group *g, const struct unit *u)
{
	uint32_t framing = record_over(i);
	uint64_t most = i->down_app + i->down_over - u->app - u->over;
	uint32_t n = u->skipped < most ? u->skipped : (uint32_t)most;
	uint32_t records = (n + FULL_RECORD + framing - 1) / (FULL_RECORD + framing);

	g->flushed += n - records * framing;
	g->over += records * framing;
	g->unsure += n / (go_server(i) ? FULL_RECORD : 2 * FULL_RECORD) +
	    (n > framing);
	if (g->unsure > UNSURE)
		g->unsure = UNSURE;
}

/*
 * The first record that is looked at: what came before it, when the flow was
 * not yet known to be HTTP/2, belongs to its flush, unless it was SETTINGS.
 */
static void first_record(const struct infer *i, struct group *g,
    const struct unit *u)
{
	bool first = !g->started;

	g->started = true;
	if (!first || u->skipped > 0 || i->down_app <= u->app)
		return;
	g->before = i->down_first < HEADER_MAX ? i->down_first : 0;
	g->flushed = (uint32_t)(i->down_app - u->app) - g->before;
	g->over = i->down_over - u->over;
	g->since_us = i->cur.start_us;
}

void split_record(struct infer *i, const struct unit *u, uint32_t most)
{
	struct annex *a = annex_get(i);
	struct group *g;
	bool first;

	if (a == NULL)
		return;
	g = &a->group;
	g->most = most;
	first = g->flushed == 0;
	first_record(i, g, u);
	if (u->app == FRAME_HEADER && g->flushed == 0) {
		if (go_server(i))
			go_end(g);
		else
			end_mark(g);
		return;
	}
	if (!u->counts && g->flushed == 0 && !go_headers(i, u->app))
		return;			/* a control frame */
	if (g->flushed == 0)
		g->since_us = u->at_us;
	if (u->skipped > 0)
		skip(i, g, u);
	/* Records of one size, one after another: a server warming up. */
	if (u->app == g->record && g->flushed == 0 && u->app >= RAMP &&
	    u->app < FULL_RECORD && g->last != NULL)
		g->last->open = true;
	if (u->app == FULL_RECORD && g->record == FULL_RECORD &&
	    g->flushed > 0 && u->skipped == 0)
		i->bursts = true;
	g->record = u->app;
	g->flushed += u->app;
	g->over += u->over;
	trail_record(g, u, first, !unfinished(i, u->app));
	g->end = u->end;
	if (unfinished(i, u->app))
		return;
	trail_cut(i, g, u);
	flush(i, g, u->at_us);
	trail_clear(g);
}

/* Does a server that marks ends show but one, of both these parts? */
static bool one_mark(const struct part *first, const struct part *end)
{
	return end->marked && !first->marked && first->flushes == 1 &&
	    !first->embedded;
}

/*
 * What looked like a response of its own, the last of all, although nobody
 * asked for another, was the end of the object before: something small, or
 * what is marked as an end behind something that is not.
 */
static void take_back(struct group *g)
{
	struct part *end = &g->part[g->n - 1], *p = part_next(g);

	if (g->n < 2 || g->spilled || g->last != end)
		return;
	if (p == NULL || p == end)
		p = end - 1;
	if (!end->aside && (end->flushes > 1 || end->header == 0) &&
	    !one_mark(p, end))
		return;
	part_join(p, end);
	p->end_us = end->end_us;
	p->open = false;
	g->last = p;
	g->n--;
}

/* Bytes behind the last record that was followed. */
static uint32_t tail(const struct infer *i, const struct group *g)
{
	int32_t n = (int32_t)(i->walk[DOWN].next - g->end);

	return n > 0 && !g->astray ? (uint32_t)n : 0;
}

/* The exchange is over: its parts, if they can be believed. */
uint32_t split_parts(struct infer *i, uint32_t most, struct part **parts)
{
	struct annex *a = annex_peek(i);
	struct group *g = a != NULL ? &a->group : NULL;
	uint64_t sum = 0;

	if (g == NULL || g->n == 0)
		return 0;
	if (g->flushed > 0)
		parts_finish(i, g, i->down_us);
	if (g->n > i->cur.n)
		take_back(g);
	for (uint32_t n = 0; n < g->n; n++)
		sum += g->part[n].app;
	*parts = g->part;
	if (g->spilled || g->n > most || (g->astray && i->cur.n == 1))
		return 0;
	sum += g->before;
	/* Of what was not followed the framing is known within some bytes. */
	if (sum > i->down_app + i->down_app / EXACT ||
	    (sum < i->down_app && i->down_app - sum > i->down_app / TRUST +
	    tail(i, g)))
		return 0;
	/* What was not followed at the end belongs to what was sent last. */
	if (sum < i->down_app)
		g->last->app += i->down_app - sum;
	return g->n;
}

void split_clear(struct infer *i)
{
	struct annex *a = annex_peek(i);

	if (a != NULL) {
		memset(&a->group, 0, sizeof(a->group));
		annex_put(i);
	}
}
