/*
 * cohort.c - group priors as histograms, quarter of a doubling per bin.
 */
#include "track/cohort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "track/window.h"

static const double bin_width = 0.25;
static const double half_life_days = 28;
static const double half_life_us = 28.0 * 86400e6;

unsigned int day_of_week(uint32_t day)
{
	return (day + 3) % 7;		/* 1970 began on a Thursday */
}

bool day_is_weekend(uint32_t day)
{
	return day_of_week(day) >= 5;
}

struct cohort *cohort_new(void)
{
	return calloc(1, sizeof(struct cohort));
}

void cohort_free(struct cohort *c)
{
	free(c);
}

static unsigned int bin_of(double v)
{
	double bin = v / bin_width;

	return bin <= 0 ? 0 : bin >= COHORT_BINS - 1 ? COHORT_BINS - 1 :
	    (unsigned int)bin;
}

void cohort_learn(struct cohort *c, unsigned int channel, uint32_t day,
    double log2_value)
{
	unsigned int slot = day % COHORT_DAYS;
	uint16_t *bin;

	if (c->day[slot] > day)
		return;			/* too old to matter */
	if (c->day[slot] != day) {
		memset(c->bins[slot], 0, sizeof(c->bins[slot]));
		c->day[slot] = day;
	}
	bin = &c->bins[slot][channel][bin_of(log2_value)];
	if (*bin < UINT16_MAX)
		++*bin;
	c->version++;
}

static uint32_t collect(const struct cohort *c, unsigned int channel,
    uint32_t day, unsigned int from, unsigned int to, uint32_t *bins)
{
	bool weekend = day_is_weekend(day);
	uint32_t n = 0;

	memset(bins, 0, COHORT_BINS * sizeof(*bins));
	for (uint32_t d = day < from ? 0 : day - from; d + to <= day; d++) {
		unsigned int slot = d % COHORT_DAYS;

		if (c->day[slot] != d || d == 0 ||
		    (channel < COHORT_WEEK_BYTES &&
		    day_is_weekend(d) != weekend))
			continue;
		for (unsigned int b = 0; b < COHORT_BINS; b++) {
			bins[b] += c->bins[slot][channel][b];
			n += c->bins[slot][channel][b];
		}
	}
	return n;
}

/* The value below which a share q of the n lies, inside its bin linear. */
static double quantile(const uint32_t *bins, uint32_t n, double q)
{
	double want = q * n, seen = 0;

	for (unsigned int b = 0; b < COHORT_BINS; b++) {
		if (bins[b] > 0 && seen + bins[b] >= want)
			return bin_width * (b + (want - seen) / bins[b]);
		seen += bins[b];
	}
	return bin_width * COHORT_BINS;
}

/* The median distance from m: by bins, each at its centre. */
static double distance(const uint32_t *bins, uint32_t n, double m)
{
	uint32_t away[COHORT_BINS] = { 0 };

	for (unsigned int b = 0; b < COHORT_BINS; b++)
		if (bins[b] > 0)
			away[bin_of(fabs(bin_width * (b + 0.5) - m))] +=
			    bins[b];
	return quantile(away, n, 0.5);
}

struct spread cohort_spread(struct cohort *c, unsigned int channel,
    uint32_t day, unsigned int from, unsigned int to)
{
	struct cohort_cache *k = &c->cache[channel][day_is_weekend(day)];
	uint32_t bins[COHORT_BINS];

	if (k->day == day && k->version == c->version && k->spread.n > 0)
		return k->spread;
	*k = (struct cohort_cache){ .day = day, .version = c->version };
	k->spread.n = collect(c, channel, day, from, to, bins);
	if (k->spread.n > 0) {
		k->spread.median = quantile(bins, k->spread.n, 0.5);
		k->spread.scale = 1.4826 *
		    distance(bins, k->spread.n, k->spread.median);
	}
	return k->spread;
}

/* Sums over seven days are of no class of weekday. */
static bool class_of(unsigned int channel, uint32_t day)
{
	return channel < COHORT_WEEK_BYTES && day_is_weekend(day);
}

static void away_day_is(struct cohort *c, uint32_t day)
{
	double *bin = &c->away[0][0][0];
	double factor;

	if (day <= c->away_day)
		return;
	factor = exp2(-(double)(day - c->away_day) / half_life_days);
	for (size_t i = 0; i < sizeof(c->away) / sizeof(*bin); i++)
		bin[i] *= factor;
	c->away_day = day;
}

void cohort_learn_away(struct cohort *c, unsigned int channel, uint32_t day,
    double log2_distance)
{
	unsigned int bin = bin_of(log2_distance);

	away_day_is(c, day);
	c->away[channel][class_of(channel, day)]
	    [bin < COHORT_AWAY ? bin : COHORT_AWAY - 1]++;
}

struct spread cohort_away(const struct cohort *c, unsigned int channel,
    uint32_t day)
{
	const double *bins = c->away[channel][class_of(channel, day)];
	struct spread s = { 0 };
	double n = 0, seen = 0;
	unsigned int b = 0;

	for (unsigned int i = 0; i < COHORT_AWAY; i++)
		n += bins[i];
	s.n = (uint32_t)n;
	if (s.n == 0)
		return s;
	while (b < COHORT_AWAY - 1 && seen + bins[b] < n / 2)
		seen += bins[b++];
	s.scale = 1.4826 * bin_width * (b + (n / 2 - seen) / bins[b]);
	return s;
}

/* Of four weeks, once a day; 0: fewer than `least` user-days. */
static double limit_of(const struct cohort *c, struct cohort_limit *k,
    unsigned int channel, uint32_t day, uint32_t least, double q)
{
	uint32_t bins[COHORT_BINS];
	uint32_t n;

	if (k->day == day)
		return k->value;
	n = collect(c, channel, day, 28, 1, bins);
	k->day = day;
	k->value = n < least ? 0 : quantile(bins, n, q);
	return k->value;
}

double cohort_p99(struct cohort *c, unsigned int channel, uint32_t day)
{
	return limit_of(c, &c->limit[channel][day_is_weekend(day)], channel,
	    day, 100, 0.99);
}

double cohort_large(struct cohort *c, unsigned int channel, uint32_t day)
{
	while (day_is_weekend(day))
		day--;
	return limit_of(c, &c->large[channel], channel, day, 50, 0.75);
}

/* The rings move on; false: too long ago. */
static bool hour_is(struct cohort *c, uint32_t hour)
{
	if (hour + COHORT_HOURS <= c->hour_now)
		return false;
	if (hour > c->hour_now + COHORT_HOURS)
		c->hour_now = hour - COHORT_HOURS;
	while (c->hour_now < hour) {
		unsigned int i = ++c->hour_now % COHORT_HOURS;

		c->hour_active[i] = c->hour_unusual[i] = 0;
		c->hour_files[i] = 0;
	}
	return true;
}

static void count(uint16_t *n)
{
	if (*n < UINT16_MAX)
		++*n;
}

static double decayed(int64_t us)
{
	return us <= 0 ? 1 : exp2(-(double)us / half_life_us);
}

void cohort_starts(struct cohort *c, uint32_t hour, unsigned int of_week)
{
	int64_t at_us = hour * HOUR_US;
	double factor = decayed(at_us - c->starts_us);

	if (c->starts_since_us == 0)
		c->starts_since_us = c->starts_us = at_us;
	if (hour_is(c, hour))
		count(&c->hour_active[hour % COHORT_HOURS]);
	for (unsigned int i = 0; i < 24; i++) {
		c->starts[0][i] *= factor;
		c->starts[1][i] *= factor;
	}
	if (at_us > c->starts_us)
		c->starts_us = at_us;
	c->starts[of_week / 24 >= 5][of_week % 24]++;
}

void cohort_unusually(struct cohort *c, uint32_t hour)
{
	if (hour_is(c, hour))
		count(&c->hour_unusual[hour % COHORT_HOURS]);
}

void cohort_moves(struct cohort *c, uint32_t hour, uint32_t files)
{
	if (hour_is(c, hour))
		c->hour_files[hour % COHORT_HOURS] += files;
}

/* How many days of its kind a decayed sum amounts to. */
static double days_of(const struct cohort *c, bool weekend)
{
	double all = half_life_us / log(2) / (double)DAY_US *
	    (1 - decayed(c->starts_us - c->starts_since_us));

	return fmax(1, all * (weekend ? 2 : 5) / 7);
}

struct crowd cohort_crowd(const struct cohort *c, uint32_t hour,
    unsigned int of_week)
{
	struct crowd k = { 0 };

	for (unsigned int back = 0; back < 4; back++) {
		uint32_t h = hour + 1 - back;
		unsigned int w = (of_week + HOURS_WEEK + 1 - back) % HOURS_WEEK;
		bool weekend = w / 24 >= 5;

		k.expected += c->starts[weekend][w % 24] /
		    days_of(c, weekend);
		if (h > c->hour_now || h + COHORT_HOURS <= c->hour_now)
			continue;
		k.active += c->hour_active[h % COHORT_HOURS];
		k.files += c->hour_files[h % COHORT_HOURS];
		k.unusual += c->hour_unusual[h % COHORT_HOURS];
	}
	return k;
}
