/*
 * excess.c - the tail of ordinary days, counted.
 */
#include "track/excess.h"

#include <math.h>
#include <stddef.h>

static const double half_life_days = 56;
/* Bins begin where one user-day in twenty is, and are a tenth wide. */
static const double first_z = 1.5, bin_width = 0.1;
/* The tail falls by e in so much: a middle way between offices of unlike kinds,
 * chosen so that none spends more than its budget. */
static const double slope = 0.7;
static const double anchor = 2.5;		/* times the budget: where it is read */
static const double prior_days = 1000, everyone_days = 3000;
static const double least_k = 2.4, most_k = 4.5;

enum { BAND = 10 };

static void day_is(struct excess *e, uint32_t members, uint32_t day)
{
	double factor;

	if (e->day == 0)
		e->day = day;
	if (day <= e->day)
		return;
	factor = exp2(-(double)(day - e->day) / half_life_days);
	for (unsigned int i = 0; i < EXCESS_BINS; i++)
		e->bins[i] *= factor;
	e->user_days = e->user_days * factor +
	    (double)members * (day - e->day);
	e->day = day;
}

static unsigned int bin_of(double z)
{
	double bin = (z - first_z) / bin_width;

	return bin >= EXCESS_BINS - 1 ? EXCESS_BINS - 1 : (unsigned int)bin;
}

void excess_note(struct excess *e, uint32_t members, uint32_t day,
    float was, float z)
{
	day_is(e, members, day);
	if ((double)was >= first_z)
		e->bins[bin_of((double)was)] = fmax(0,
		    e->bins[bin_of((double)was)] - 1);
	if ((double)z >= first_z)
		e->bins[bin_of((double)z)]++;
}

bool excess_grows(struct excess_own *own, uint32_t day, double z, float *was)
{
	if (z < first_z)
		return false;
	*was = 0;
	if (day < own->until_day) {
		if (z <= (double)own->z)
			return false;
		*was = own->z;
	} else {
		own->until_day = day + EXCESS_WEEK;
	}
	own->z = (float)z;
	return true;
}

/* Share of user-days at bin i or above, with `weight` user-days of a prior:
 * from the bins up to one z further, where thefts are few. */
static double tail(const struct excess *e, unsigned int i, double prior,
    double weight)
{
	unsigned int end = i + BAND < EXCESS_BINS ? i + BAND : EXCESS_BINS;
	double n = 0;

	if (e == NULL)
		return prior;
	for (; i < end; i++)
		n += e->bins[i];
	n /= 1 - exp(-BAND * bin_width / slope);
	return (n + weight * prior) / (e->user_days + weight);
}

static double tail_of(const struct excess *group,
    const struct excess *everyone, unsigned int i, double budget,
    double standard)
{
	double z = first_z + bin_width * i;
	double prior = budget * exp((standard - z) / slope);

	prior = tail(everyone, i, fmin(1, prior), prior_days);
	return tail(group, i, prior, everyone_days);
}

struct excess_k excess_k(const struct excess *group,
    const struct excess *everyone, double budget, double standard)
{
	struct excess_k k = { .user_days = group == NULL ?
	    everyone->user_days : group->user_days };
	double share = budget / 1000, want = anchor * share;
	double before = 1, at = tail_of(group, everyone, 0, share, standard);
	unsigned int i = 0;
	double z;

	while (at > want && i < EXCESS_BINS - 1) {
		before = at;
		at = tail_of(group, everyone, ++i, share, standard);
	}
	z = first_z + bin_width * i;
	if (i > 0 && at < want && at > 0)	/* between two bins */
		z -= bin_width * log(want / at) / log(before / at);
	k.k = fmin(most_k, fmax(least_k, z + slope * log(anchor)));
	return k;
}
