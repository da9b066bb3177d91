/*
 * baseline.c - medians, shrinkage, hours of the week, resources.
 */
#include "track/baseline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double least_scale = 0.6;
enum { LAGGED_DAYS = 35 };

static const double half_life_us = 28.0 * 86400e6;

double log2_of(uint64_t x)
{
	return log2(1 + (double)x);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, unsigned int n)
{
	qsort(v, n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* The mean of the middle half: as deaf to a few odd days as the median, and
 * of 20 days it is known a sixth closer. */
static double middle(double *v, unsigned int n)
{
	double sum = 0;

	qsort(v, n, sizeof(*v), by_value);
	for (unsigned int i = 0; i < n; i++)
		sum += v[i] * fmax(0, fmin(i + 1, 0.75 * n) -
		    fmax(i, 0.25 * n));
	return sum / (0.5 * n);
}

static struct spread spread_of(double *v, unsigned int n)
{
	struct spread s = { .n = n };

	if (n == 0)
		return s;
	s.median = middle(v, n);
	for (unsigned int i = 0; i < n; i++)
		v[i] = fabs(v[i] - s.median);
	s.scale = 1.4826 * median(v, n);
	return s;
}

double baseline_measure(const struct window_day *d, enum measure what)
{
	switch (what) {
	case DAY_BYTES: return log2_of((uint64_t)d->kib * 1024);
	case DAY_COUNT: return log2_of(d->count);
	case PEAK_BYTES: return log2_of((uint64_t)d->peak_kib * 1024);
	case PEAK_COUNT: return log2_of(d->peak_count);
	default: return 0;
	}
}

static struct spread own_days(const struct window *w, enum measure what,
    uint32_t day)
{
	double v[28];
	unsigned int n = 0, tainted = 0;

	for (uint32_t k = 1; k <= 28 && k < day; k++) {
		const struct window_day *d = window_day_at(w, day - k);

		if (d == NULL ||
		    day_is_weekend(day - k) != day_is_weekend(day))
			continue;
		if (!d->tainted)
			v[n++] = baseline_measure(d, what);
		else
			v[27 - tainted++] = baseline_measure(d, what);
	}
	/* ten days of alarms that nobody acted on: so it is usual */
	if (tainted >= BASELINE_USUAL_ALARMS && tainted > n)
		while (tainted > 0)
			v[n++] = v[27 - --tainted];
	return spread_of(v, n);
}

/* What the group lends a user: its median, and how members vary. */
struct prior {
	struct spread days;		/* of all members together */
	struct spread away;		/* of members around themselves */
	enum baseline_of of;
};

static double pseudo_days(const struct prior *p)
{
	double all = p->days.scale * p->days.scale;
	double within = p->away.scale * p->away.scale;

	if (p->days.n == 0)
		return 0;
	if (p->away.n < BASELINE_LEAST_AWAY ||
	    within >= BASELINE_PSEUDO_DAYS * (all - within))
		return BASELINE_PSEUDO_DAYS;
	return within / (all - within);
}

static double pooled(double own, double own_n, double other, double other_n)
{
	return (own * own_n + other * other_n) / (own_n + other_n);
}

static double scale_of(struct spread own, const struct prior *p)
{
	if (own.n == 0)
		return p->days.scale;
	if (p->away.n >= BASELINE_LEAST_AWAY)
		return pooled(own.scale, own.n, p->away.scale,
		    BASELINE_PSEUDO_SPREAD);
	return pooled(own.scale, own.n, p->days.scale, pseudo_days(p));
}

static struct usual shrink(struct spread own, const struct prior *p)
{
	struct usual u = { .user_days = own.n, .group_days = p->days.n,
		.user_median = own.median, .group_median = p->days.median };

	u.of = own.n >= BASELINE_ACTIVE_DAYS ? BASELINE_USER : p->of;
	if (own.n < BASELINE_ACTIVE_DAYS)
		own.n = 0;		/* too few to say: the prior alone */
	if (own.n == 0 && p->days.n == 0) {
		u.of = BASELINE_NONE;
		return u;
	}
	u.median = pooled(own.median, own.n, p->days.median,
	    own.n == 0 ? 1 : pseudo_days(p));
	u.scale = fmax(least_scale, scale_of(own, p));
	return u;
}

struct lag {			/* days [day - from, day - to] */
	unsigned int from, to;
};

static struct prior prior_of(struct cohort *group, struct cohort *everyone,
    unsigned int channel, uint32_t day, struct lag lag)
{
	struct cohort *const both[] = { group, everyone };
	const enum baseline_of of[] = { BASELINE_GROUP, BASELINE_EVERYONE };
	struct prior p = { .of = BASELINE_EVERYONE };

	for (unsigned int i = 0; i < 2; i++) {
		if (both[i] == NULL || (i == 0 &&
		    group->members < BASELINE_LEAST_GROUP))
			continue;
		p.days = cohort_spread(both[i], channel, day, lag.from,
		    lag.to);
		if (p.days.n < BASELINE_LEAST_GROUP)
			continue;
		p.away = cohort_away(both[i], channel, day);
		p.of = of[i];
		return p;
	}
	p.days = (struct spread){ 0 };
	return p;
}

struct usual baseline_usual(const struct window *w, enum way_out kind,
    enum measure what, uint32_t day, struct cohort *group,
    struct cohort *everyone)
{
	struct prior prior = prior_of(group, everyone,
	    cohort_channel(kind, what), day, (struct lag){ 14, 1 });

	return shrink(own_days(w, what, day), &prior);
}

double baseline_away(const struct window *w, enum measure what, uint32_t day)
{
	const struct window_day *d = window_day_at(w, day);
	struct spread own = own_days(w, what, day);

	if (d == NULL || own.n < BASELINE_ACTIVE_DAYS)
		return -1;
	return fabs(baseline_measure(d, what) - own.median);
}

struct usual baseline_lagged(const struct window *w, bool counts,
    uint32_t day, uint32_t kept, struct cohort *group, struct cohort *everyone)
{
	unsigned int channel = counts ? COHORT_WEEK_COUNT : COHORT_WEEK_BYTES;
	struct prior prior = prior_of(group, everyone, channel, day,
	    (struct lag){ 42, 14 });
	uint32_t last = (kept < LAGGED_DAYS ? kept : LAGGED_DAYS) - 7;
	double v[LAGGED_DAYS - 7 - 14 + 1];
	unsigned int n = 0;

	for (uint32_t k = 14; kept >= 7 && k <= last && k + 7 < day; k++) {
		struct amount week = window_days(w, day - k, 7);

		if (week.bytes > 0)
			v[n++] = log2_of(counts ? week.count : week.bytes);
	}
	return shrink(spread_of(v, n), &prior);
}

double usual_z(const struct usual *u, double log2_value)
{
	return u->of == BASELINE_NONE ? 0 :
	    (log2_value - u->median) / u->scale;
}

const char *baseline_name(enum baseline_of of)
{
	static const char *const names[] = { "none", "user", "group",
	    "everyone" };

	return names[of];
}

static double aged(int64_t from_us, int64_t to_us)
{
	return from_us == 0 || to_us <= from_us ? 1 :
	    exp2(-(double)(to_us - from_us) / half_life_us);
}

static void cohort_hour(struct cohort *c, unsigned int hour, int64_t at_us)
{
	double factor = aged(c->hours_us, at_us);

	for (unsigned int i = 0; i < HOURS_WEEK; i++)
		c->hours[i] *= factor;
	if (at_us > c->hours_us)
		c->hours_us = at_us;
	c->hours[hour] += 1;
}

void baseline_hour(struct baseline *b, struct cohort *group,
    struct cohort *everyone, unsigned int hour, int64_t at_us)
{
	float factor = b == NULL ? 0 : (float)aged(b->hours_us, at_us);

	for (unsigned int i = 0; b != NULL && i < HOURS_WEEK; i++)
		b->hours[i] *= factor;
	if (b != NULL) {
		if (at_us > b->hours_us)
			b->hours_us = at_us;
		b->hours[hour] += 1;
		b->events++;
	}
	if (group != NULL)
		cohort_hour(group, hour, at_us);
	if (everyone != NULL)
		cohort_hour(everyone, hour, at_us);
}

/* Neighbouring hours speak for each other: three on each side, as overtime
 * is no night shift. */
static double near_hours(const double *p, unsigned int i)
{
	enum { SIDE = 3 };
	double sum = 0;

	for (unsigned int k = 0; k <= 2 * SIDE; k++)
		sum += p[(i + HOURS_WEEK + k - SIDE) % HOURS_WEEK] *
		    (k <= SIDE ? k + 1 : 2 * SIDE + 1 - k);
	return sum / ((SIDE + 1) * (SIDE + 1));
}

/* And so do, by half, the same hours of the other workdays or weekend days:
 * four Mondays are too few to know a Monday. */
static double smooth(const double *p, unsigned int i)
{
	unsigned int first = i / 24 < 5 ? 0 : 5, last = i / 24 < 5 ? 5 : 7;
	double same = 0;

	for (unsigned int d = first; d < last; d++)
		same += near_hours(p, d * 24 + i % 24);
	return near_hours(p, i) / 2 + same / (2 * (last - first));
}

static double total(const double *p)
{
	double sum = 0;

	for (unsigned int i = 0; i < HOURS_WEEK; i++)
		sum += p[i];
	return sum;
}

double baseline_rarity(const struct baseline *b, const struct cohort *group,
    unsigned int hour, int64_t at_us)
{
	double p[HOURS_WEEK], of_group = total(group->hours), mass = 0, here;
	double factor = b == NULL ? 0 : aged(b->hours_us, at_us);

	for (unsigned int i = 0; i < HOURS_WEEK; i++) {
		double prior = of_group > 0 ? group->hours[i] / of_group :
		    1.0 / HOURS_WEEK;

		p[i] = b == NULL ? prior : factor * (double)b->hours[i] +
		    BASELINE_PSEUDO_HOURS * prior;
	}
	here = smooth(p, hour);
	for (unsigned int i = 0; i < HOURS_WEEK; i++) {
		double there = smooth(p, i);

		mass += there <= here * (1 + 1e-9) ? there : 0;
	}
	return mass / total(p);
}

double baseline_around(const struct baseline *b, unsigned int hour,
    int64_t at_us)
{
	double sum = 0;

	for (unsigned int day = 0; day < 7; day++)
		for (unsigned int k = 0; k < 7; k++)
			sum += (double)b->hours[(day * 24 + hour % 24 + k +
			    HOURS_WEEK - 3) % HOURS_WEEK];
	return sum * aged(b->hours_us, at_us);
}

double baseline_hours(const struct baseline *b, int64_t at_us)
{
	double sum = 0;

	for (unsigned int i = 0; i < HOURS_WEEK; i++)
		sum += (double)b->hours[i];
	return sum * aged(b->hours_us, at_us);
}

int baseline_resource(struct baseline *b, uint32_t hash, uint32_t day)
{
	struct resource_seen *oldest = b->resources;

	for (unsigned int i = 0; i < BASELINE_RESOURCES; i++) {
		struct resource_seen *r = &b->resources[i];

		if (r->hash == hash && r->last_day != 0) {
			int ago = (int)day - r->last_day;

			r->last_day = (uint16_t)day;
			return ago < 0 ? 0 : ago;
		}
		if (r->last_day < oldest->last_day)
			oldest = r;
	}
	*oldest = (struct resource_seen){ hash, (uint16_t)day,
	    (uint16_t)day };
	return -1;
}
