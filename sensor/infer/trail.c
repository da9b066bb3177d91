/*
 * trail.c - where one object ended and the next began, among records whose
 * headers were not seen.
 *
 * A capture of the first bytes of each packet shows few record headers while
 * a server's socket is full.  But an object's records follow a pattern, of
 * which nginx repeats a cycle every 32 KiB:
 *
 *	[16384][16384][36]	four frames of 8192; h bytes more in the
 *				first, with the response header
 *
 * Headers that were seen out of step tell that another object began; those
 * that are in step with it, how far into its cycle.  Where it began is then
 * known but for a number of cycles.  Of these places, one after another is
 * ruled out by bytes that were seen and hold no header, though there should
 * be one.  Mostly one is left; if there are more, the middle one is taken.
 *
 * Does not look at objects that are served in turn, nor at more than one end
 * between two headers that were seen.
 */
#include "infer/room.h"

enum {
	FRAME = 8192, LEFT = 4 * FRAME_HEADER,	/* over, of a cycle */
	HEADER = 130, VARIES = 40,	/* of a response; by type of content */
	END_MIN = 200,		/* less is not told from two in turn */
	CYCLES = 32,		/* at most between two that were seen */
	PLACES = 2 * (CYCLES + 1)
};

/* Which places of a cycle can a record have? */
enum { BIT_A = 1, BIT_B = 2, BIT_LEFT = 4, BIT_FIRST = 8 };

struct seen {				/* a record whose header was seen */
	uint32_t at;
	unsigned where;
};

struct grid {				/* the records of one object */
	uint32_t start;
	uint32_t head;			/* more in its first cycle */
	uint32_t first, rest;		/* in doubt, +-: of the first cycle,
					   and behind it */
	uint32_t record, cycle;
};

struct search {
	const struct trail *t;
	const struct seen *seen;
	uint32_t n;
	struct grid place[PLACES];
	uint32_t n_places, in_step;
};

static bool before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

void trail_record(struct group *g, const struct unit *u, bool first,
    bool last)
{
	struct trail *t = &g->trail;
	uint32_t at = u->end - u->app - u->over;

	if (first)
		t->start = u->end - g->flushed - g->over;
	if (u->app != FULL_RECORD)
		t->odd |= !last;
	else if (t->n_marks < MARKS)
		t->mark[t->n_marks++] = at;
	else
		t->odd = true;		/* too many */
}

void trail_bare(struct infer *i, uint32_t at, uint32_t n, uint32_t seen)
{
	struct annex *a = annex_peek(i);
	struct trail *t = a != NULL ? &a->group.trail : NULL;
	struct bare *b;

	if (t == NULL || n > UINT16_MAX || seen > n || seen == 0)
		return;
	b = &t->bare[t->n_bare > 0 ? t->n_bare - 1 : 0];
	if (t->n_bare > 0 && b->each == n && b->seen == seen &&
	    b->n < UINT16_MAX && at == b->at + (uint32_t)b->n * b->each) {
		b->n++;
		return;
	}
	if (t->n_bare < BARE)
		t->bare[t->n_bare++] = (struct bare){ .at = at, .n = 1,
			.each = (uint16_t)n, .seen = (uint16_t)seen };
}

void trail_clear(struct group *g)
{
	g->trail.n_marks = g->trail.n_bare = 0;
	g->trail.odd = false;
}

/* No header begins at `at`, nor that close to it: it would have been seen. */
static bool ruled_out(const struct trail *t, uint32_t at, uint32_t slack)
{
	for (uint32_t n = 0; n < t->n_bare; n++) {
		const struct bare *b = &t->bare[n];
		uint32_t off = at - slack - b->at;

		if (off < (uint32_t)b->n * b->each &&
		    off % b->each + 2 * slack + 5 <= b->seen)
			return true;
	}
	return false;
}

/* Where the n-th record begins. */
static uint32_t grid_at(const struct grid *r, uint32_t n)
{
	return r->start + n / 3 * r->cycle + (n >= 3 ? r->head : 0) +
	    n % 3 * r->record;
}

/* The first record that begins at or behind `at`. */
static uint32_t grid_next(const struct grid *r, uint32_t at)
{
	uint32_t n = (at - r->start) / (r->cycle + r->head) * 3;

	while (before(grid_at(r, n), at))
		n++;
	return n;
}

/* Is a record that was seen one of these? */
static bool in_step(const struct grid *r, const struct seen *s)
{
	uint32_t k = 0, off = s->at - r->start, slack = 0;	/* from start */

	if (before(s->at, r->start))
		return false;
	if (off >= r->cycle) {
		slack = r->rest;
		off = off + slack - r->head;
		k = off / r->cycle;
		off %= r->cycle;
	}
	if (s->where & BIT_FIRST)
		return k == 0 && r->head > 0 && off == 2 * r->record;
	if (k == 0 && r->head > 0 && off == 2 * r->record)
		return false;
	for (uint32_t j = 0; j < 3; j++)
		if (s->where & 1u << j && off >= j * r->record &&
		    off - j * r->record <= 2 * slack)
			return true;
	return false;
}

/* A record behind the first cycle tells how long the header was. */
static void adjust(struct grid *r, const struct seen *s)
{
	uint32_t n;

	if (r->rest == 0 || s->at - r->start < r->cycle)
		return;
	n = grid_next(r, s->at - r->rest);
	r->head += s->at - grid_at(r, n);
	r->rest = 0;
}

/* As many of the records seen, from k on, as are in step. */
static uint32_t run(const struct search *f, struct grid *r, uint32_t k)
{
	uint32_t n = 0;

	for (; k + n < f->n && in_step(r, &f->seen[k + n]); n++)
		adjust(r, &f->seen[k + n]);
	return n;
}

/* Would a header in [lo, hi) have been seen? */
static bool shows(const struct search *f, const struct grid *r, uint32_t lo,
    uint32_t hi)
{
	uint32_t n = before(lo, r->start) ? 0 : grid_next(r, lo);

	for (; before(grid_at(r, n), hi); n++)
		if (ruled_out(f->t, grid_at(r, n), n >= 3 ? r->rest : r->first))
			return true;
	return false;
}

/* Can the object behind `old`, which goes on to `floor`, be `r`? */
static void consider(struct search *f, const struct grid *old, uint32_t floor,
    struct grid r, uint32_t k)
{
	uint32_t last = grid_at(old, grid_next(old, r.start) - 1);
	uint32_t steps = run(f, &r, k), end = r.start - last;

	if (steps == 0 || steps < f->in_step || end < END_MIN ||
	    shows(f, old, floor, r.start) ||
	    shows(f, &r, r.start, f->seen[k].at))
		return;
	if (steps > f->in_step)
		f->n_places = 0;
	f->in_step = steps;
	if (f->n_places < PLACES)
		f->place[f->n_places++] = r;
}

/* All places where it can have begun, as the k-th record seen is its own. */
static void places(struct search *f, const struct grid *old, uint32_t floor,
    uint32_t k)
{
	const struct seen *s = &f->seen[k];
	struct grid r = *old;

	f->n_places = f->in_step = 0;
	for (uint32_t j = 0; j < 3; j++) {
		bool first = s->where & BIT_FIRST;

		if (!(s->where & 1u << j) && !(first && j == 2))
			continue;
		r.start = s->at - j * r.record;
		r.head = HEADER;
		r.first = 0;
		r.rest = VARIES;
		for (uint32_t m = 0; m <= CYCLES &&
		    !before(r.start, floor); m++) {
			consider(f, old, floor, r, k);
			if (first)
				break;
			r.start -= r.cycle + (m == 0 ? HEADER : 0);
			r.first = VARIES;
			r.rest = 0;
		}
	}
}

/*
 * A first record that was seen most likely is one: a write begins a segment.
 */
static const struct grid *choice(const struct search *f, uint32_t at)
{
	for (uint32_t n = 0; n < f->n_places; n++)
		if (f->place[n].start == at)
			return &f->place[n];
	return &f->place[f->n_places / 2];
}

/* The last record: an end, or what a cycle leaves over; 0: of two in turn. */
static unsigned where(uint32_t app)
{
	if (app == LEFT)
		return BIT_LEFT;
	if (app % LEFT == 0 && app <= 4 * LEFT)
		return 0;
	if (app > LEFT && app - LEFT + VARIES > HEADER &&
	    app - LEFT < HEADER + VARIES)
		return BIT_FIRST;
	return BIT_A | BIT_B;
}

/* Content of what `r` has up to `end`. */
static uint32_t content(const struct infer *i, const struct grid *r,
    uint32_t end)
{
	return end - r->start - grid_next(r, end) * record_over(i);
}

static void cut(struct infer *i, struct group *g, const struct grid *old,
    uint32_t end, int64_t at_us, bool rough)
{
	uint32_t all = g->flushed + g->over, n = end - old->start;

	g->flushed = content(i, old, end);
	g->over = n - g->flushed;
	parts_finish(i, g, at_us);
	g->last->rough |= rough;
	g->flushed = all - n;
	g->over = 0;
}

static bool usable(const struct infer *i, struct group *g,
    const struct unit *u)
{
	return (i->cur.n > 1 || !g->astray) && !g->trail.odd &&
	    (i->frame == 0 || i->frame == FRAME) &&
	    parts_open(g) <= 1 && where(u->app) != 0 &&
	    u->end - g->trail.start == g->flushed + g->over;
}

/* Were headers out of sight for that, or for packets that are missing? */
static bool packets_cut(const struct trail *t)
{
	for (uint32_t n = 0; n < t->n_bare; n++)
		if (t->bare[n].seen < t->bare[n].each)
			return true;
	return false;
}

static bool another(struct group *g)
{
	return g->n + (parts_open(g) == 0) < g->most;
}

static uint32_t list(const struct group *g,
    const struct unit *u, struct seen all[MARKS + 1])
{
	uint32_t n = 0;

	for (; n < g->trail.n_marks; n++)
		all[n] = (struct seen){ g->trail.mark[n], BIT_A | BIT_B };
	all[n++] = (struct seen){ u->end - u->app - u->over,
		where(u->app) };
	return n;
}

void trail_cut(struct infer *i, struct group *g, const struct unit *u)
{
	struct seen all[MARKS + 1];
	struct search f = { .t = &g->trail, .seen = all };
	struct grid r = { .start = g->trail.start,
		.record = FULL_RECORD + record_over(i) };
	const struct grid *best;
	bool astray = g->astray;
	uint32_t floor = r.start, k = 0, steps;

	if (g->unsure == 0)
		return;
	g->astray |= packets_cut(&g->trail);
	if (!usable(i, g, u))
		return;
	f.n = list(g, u, all);
	r.cycle = 2 * r.record + LEFT + record_over(i);
	if (part_next(g) == NULL) {
		r.head = HEADER;
		r.rest = VARIES;
	}
	while ((steps = run(&f, &r, k)) < f.n - k) {
		if (steps > 0)
			floor = all[k + steps - 1].at + r.record;
		k += steps;
		if (!another(g))
			return;
		places(&f, &r, floor, k);
		/* What follows must agree: else it is not this pattern. */
		if (f.n_places == 0 || (g->astray && f.n_places > 2) ||
		    (f.in_step == 1 && k + 1 < f.n))
			return;
		best = choice(&f, all[k].at);
		cut(i, g, &r, best->start, u->at_us, f.n_places > 1);
		r = *best;
		floor = r.start;
	}
	steps = g->flushed + g->over;
	g->flushed = content(i, &r, u->end);
	g->over = steps - g->flushed;
	g->unsure = 0;
	g->astray = astray;
	if (r.head > 0 && r.rest == 0)
		i->header = (uint16_t)r.head;
}
