/*
 * parts.c - the parts of a group, and what is dealt out to them.
 *
 * Servers of HTTP/2 schedule streams of equal weight in turn, a chunk each;
 * split.c says when parts begin and end.
 */
#include "infer/room.h"

struct part *part_new(struct group *g)
{
	struct part *p;

	if (g->n == PARTS) {
		g->spilled = true;	/* the group is not believed then */
		g->part[PARTS - 1].open = true;
		return &g->part[PARTS - 1];
	}
	p = &g->part[g->n++];
	*p = (struct part){ .start_us = g->since_us, .end_us = g->since_us,
		.open = true };
	return p;
}

struct part *part_next(struct group *g)
{
	struct part *best = NULL;

	if (g->last != NULL && g->last->open && g->last->half)
		return g->last;		/* its turn is not over */
	for (uint32_t n = 0; n < g->n; n++)
		if (g->part[n].open && (best == NULL ||
		    g->part[n].turn < best->turn))
			best = &g->part[n];
	return best;
}

uint32_t parts_open(const struct group *g)
{
	uint32_t open = 0;

	for (uint32_t n = 0; n < g->n; n++)
		open += g->part[n].open;
	return open;
}

void part_give(struct group *g, struct part *p, uint32_t n, int64_t at_us)
{
	uint32_t over = n == g->flushed ? g->over :
	    (uint32_t)((uint64_t)g->over * n / g->flushed);

	if (p == NULL)			/* no room for another part */
		p = part_new(g);
	p->app += n;
	p->over += over;
	p->end_us = at_us;
	p->turn = ++g->turn;
	p->half ^= g->pairs && n / GO_FRAME % 2 == 1;
	p->flushes = (uint8_t)(p->flushes + (p->flushes < UINT8_MAX));
	g->last = p;
	g->tail = n;
	g->tail_over = over;
	g->flushed -= n;
	g->over -= over;
}

void parts_deal(const struct infer *i, struct group *g, uint32_t keep,
    int64_t at_us)
{
	uint32_t unit = frames_chunk(i->frame ? i->frame : 8192);
	uint32_t open = parts_open(g);
	/* Of a long run, everyone had the same share, within a chunk. */
	uint32_t each = open > 1 ? g->flushed / unit / open * unit : 0;

	for (uint32_t n = 0; n < open && each > 0; n++)
		part_give(g, part_next(g), each, at_us);
	while (open > 1 && g->flushed > unit && g->flushed - unit >= keep)
		part_give(g, part_next(g), unit, at_us);
}

void part_join(struct part *to, struct part *from)
{
	to->app += from->app;
	to->over += from->over;
	from->app = from->over = 0;
}

/* Headers alone: of one response, or of several asked for together. */
void parts_headers(struct group *g, uint32_t n, int64_t at_us)
{
	uint32_t each;

	if (n == 0 || n > g->most)
		n = 1;
	each = g->flushed / n;
	for (; n > 0; n--) {
		struct part *p = part_new(g);

		part_give(g, p, n > 1 ? each : g->flushed, at_us);
		p->header = (uint16_t)each;
	}
	g->tail = 0;
}

void parts_finish(const struct infer *i, struct group *g, int64_t at_us)
{
	if (part_next(g) == NULL)
		part_new(g);
	parts_deal(i, g, 1, at_us);
	part_give(g, part_next(g), g->flushed, at_us);
	g->last->open = false;
	g->owed = (uint8_t)(g->owed + (g->owed < UINT8_MAX));
}
