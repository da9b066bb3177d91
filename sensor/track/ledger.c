/*
 * ledger.c - the size match between what came from chat and what left.
 *
 * Sizes are sorted and walked side by side; each object is used once.  The
 * chance of such a match is a Poisson tail: with sizes spread evenly on a
 * log scale, one object meets another within a relative eps with probability
 * 2 eps / ln(largest / smallest).  Sizes crowd in places, so each that left is
 * held against those taken of half its size to half as much again: where they
 * are more than evenly spread ones would be, it meets them more often.
 * Objects under 16 kB are too alike to say anything and are left out.
 */
#include "track/ledger.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "track/poisson.h"
#include "track/window.h"

static const double least_object = 16000;
static const double around = 1.5;	/* "near" a size, for its crowd */

/* Shares of the tolerances, in the order they are tried.  Where files are
 * small, those crowd within the slack that overheads call for: a match that
 * needs none of it says more. */
static const struct {
	double eps, slack;
} tries[] = { { 1, 1 }, { 0.5, 0.5 }, { 0.5, 0.125 } };

static double decay(double value, int64_t age_us)
{
	return age_us <= 0 ? value :
	    value * exp2(-(double)age_us / (double)DAY_US);
}

static void put(struct ledger_object *ring, uint16_t size, uint16_t *at,
    const struct ledger_move *m)
{
	if (m->object == 0 || (double)m->object < least_object)
		return;
	ring[*at] = (struct ledger_object){ .bytes = (float)m->object,
	    .at_s = (uint32_t)(m->at_us / SECOND_US), .tag = m->tag };
	*at = (uint16_t)((*at + 1) % size);
}

static void episode_add(struct ledger_episode *e, const struct ledger_move *m)
{
	if (e->bytes == 0 || m->at_us - e->last_us > 8 * HOUR_US)
		*e = (struct ledger_episode){ .first_us = m->start_us };
	if (m->at_us > e->last_us)
		e->last_us = m->at_us;
	e->bytes += m->bytes;
	e->count += m->count;
	if (m->service != NULL)
		strncpy(e->service, m->service, sizeof(e->service) - 1);
}

void ledger_take(struct ledger *l, const struct ledger_move *m)
{
	int64_t age_us = m->at_us - l->taken_us;

	if (age_us >= 0) {
		l->taken = decay(l->taken, age_us) + (double)m->bytes;
		l->taken_us = m->at_us;
	} else {
		l->taken += decay((double)m->bytes, -age_us);
	}
	episode_add(&l->episode, m);
	put(l->in, LEDGER_IN, &l->in_at, m);
}

void ledger_leave(struct ledger *l, const struct ledger_move *m)
{
	put(l->out, LEDGER_OUT, &l->out_at, m);
}

uint64_t ledger_taken(const struct ledger *l, int64_t at_us, int64_t keep_us)
{
	if (at_us - l->taken_us > keep_us)
		return 0;
	return (uint64_t)decay(l->taken, at_us - l->taken_us);
}

static void forget(struct ledger_object *o, unsigned int n, int64_t before_us)
{
	for (unsigned int i = 0; i < n; i++)
		if (o[i].at_s * SECOND_US < before_us)
			o[i] = (struct ledger_object){ 0 };
}

void ledger_forget(struct ledger *l, int64_t before_us)
{
	forget(l->in, LEDGER_IN, before_us);
	forget(l->out, LEDGER_OUT, before_us);
	if (l->episode.last_us < before_us)
		memset(&l->episode, 0, sizeof(l->episode));
}

static int by_size(const void *a, const void *b)
{
	const struct ledger_object *x = a, *y = b;

	return x->bytes < y->bytes ? -1 : x->bytes > y->bytes ? 1 :
	    x->at_s < y->at_s ? -1 : x->at_s > y->at_s;
}

static unsigned int pick(struct ledger_object *into,
    const struct ledger_object *from, unsigned int n, int64_t since_us,
    int64_t until_us)
{
	unsigned int used = 0;

	for (unsigned int i = 0; i < n; i++) {
		int64_t at_us = from[i].at_s * SECOND_US;

		if (from[i].at_s != 0 && at_us >= since_us &&
		    at_us <= until_us)
			into[used++] = from[i];
	}
	qsort(into, used, sizeof(*into), by_size);
	return used;
}

static double tolerance(double bytes, double eps, double slack_bytes)
{
	return fmax(eps * bytes, slack_bytes);
}

/* Sizes that differ by more than the tolerance from the one before. */
static unsigned int different(const struct ledger_object *o, unsigned int n,
    double eps, double slack_bytes)
{
	unsigned int sizes = 0;
	double last = -1;

	for (unsigned int i = 0; i < n; i++)
		if (last < 0 || (double)o[i].bytes - last >
		    tolerance(last, eps, slack_bytes)) {
			last = (double)o[i].bytes;
			sizes++;
		}
	return sizes;
}

static void pair(struct ledger_match *m, const struct ledger_object *in,
    const struct ledger_object *out, double *last, double near)
{
	int64_t at_us = out->at_s * SECOND_US;

	m->objects++;
	m->named += in->tag != 0 && in->tag == out->tag;
	m->same_bytes += (double)out->bytes;
	if (*last < 0 || (double)out->bytes - *last > near) {
		*last = (double)out->bytes;
		m->sizes++;
	}
	if (m->first_out_us == 0 || at_us < m->first_out_us)
		m->first_out_us = at_us;
	if (at_us > m->last_out_us)
		m->last_out_us = at_us;
}

/* An object can only leave after it was taken: a minute for late ends. */
static bool may_pair(const struct ledger_object *in,
    const struct ledger_object *out)
{
	return out->at_s + 60 >= in->at_s;
}

static void walk(struct ledger_match *m, const struct ledger_object *in,
    const struct ledger_object *out, double eps, double slack_bytes)
{
	unsigned int i = 0, j = 0;
	double last = -1;

	while (i < m->in && j < m->out) {
		double a = (double)in[i].bytes, b = (double)out[j].bytes;
		double near = tolerance(b, eps, slack_bytes);

		if (fabs(a - b) <= near && may_pair(&in[i], &out[j])) {
			pair(m, &in[i], &out[j], &last, near);
			i++;
			j++;
		} else if (a < b) {
			i++;
		} else {
			j++;
		}
	}
}

/* Sizes taken near b. */
static double crowd(const struct ledger_match *m,
    const struct ledger_object *in, double b)
{
	double n = 0;

	for (unsigned int i = 0; i < m->in; i++)
		n += (double)in[i].bytes * around >= b &&
		    (double)in[i].bytes <= b * around;
	return n * m->sizes_in / m->in;
}

/* How many of what left would find a partner by chance. */
static double by_chance(const struct ledger_match *m,
    const struct ledger_object *in, const struct ledger_object *out,
    double eps, double slack_bytes)
{
	double smallest = fmin((double)in[0].bytes, (double)out[0].bytes);
	double largest = fmax((double)in[m->in - 1].bytes,
	    (double)out[m->out - 1].bytes);
	double expected = 0;

	for (unsigned int j = 0; j < m->out; j++) {
		double b = (double)out[j].bytes;
		double near = tolerance(b, eps, slack_bytes) / b;
		double partners = fmax(match_expected(m->sizes_in, 1, near,
		    smallest, largest), match_expected(crowd(m, in, b), 1,
		    near, 1 / around, around));

		expected += -expm1(-partners) * m->sizes_out / m->out;
	}
	return expected;
}

struct objects {			/* sorted by size */
	struct ledger_object in[LEDGER_IN], out[LEDGER_OUT];
	unsigned int in_n, out_n;
};

static struct ledger_match compare(const struct objects *o, unsigned int try,
    double eps, double slack_bytes)
{
	struct ledger_match m = { .in = o->in_n, .out = o->out_n,
		.near = tries[try].slack };

	eps *= tries[try].eps;
	slack_bytes *= tries[try].slack;
	m.sizes_in = different(o->in, m.in, eps, slack_bytes);
	m.sizes_out = different(o->out, m.out, eps, slack_bytes);
	walk(&m, o->in, o->out, eps, slack_bytes);
	m.expected = by_chance(&m, o->in, o->out, eps, slack_bytes);
	/* it was looked at as often as something left */
	m.log10_p = fmin(0, poisson_tail_log10(m.sizes, m.expected) +
	    log10(m.sizes_out));
	return m;
}

struct ledger_match ledger_compare(const struct ledger *l, int64_t at_us,
    int64_t keep_us, int64_t out_since_us, double eps, double slack_bytes)
{
	struct objects o;
	struct ledger_match best, close;

	o.in_n = pick(o.in, l->in, LEDGER_IN, at_us - keep_us,
	    at_us + MINUTE_US);
	o.out_n = pick(o.out, l->out, LEDGER_OUT, out_since_us,
	    at_us + MINUTE_US);
	if (o.in_n == 0 || o.out_n == 0)
		return (struct ledger_match){ .in = o.in_n, .out = o.out_n };
	best = compare(&o, 0, eps, slack_bytes);
	for (unsigned int i = 1; i < sizeof(tries) / sizeof(*tries); i++) {
		close = compare(&o, i, eps, slack_bytes);
		if (close.log10_p + 1 >= best.log10_p)
			continue;
		best.sizes = close.sizes;
		best.expected = close.expected;
		best.log10_p = close.log10_p + 1;
		best.near = close.near;
	}
	return best;
}
