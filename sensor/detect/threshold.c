/*
 * threshold.c - floors that follow the group, k that keeps to a budget.
 */
#include "detect/threshold.h"

#include <math.h>

/* How far down "auto" goes: files are alike everywhere, their sizes not. */
enum { BYTES_SHARE = 20, FILES_SHARE = 4 };

static bool is_prior(const struct cohort *c)
{
	return c != NULL && c->members >= BASELINE_LEAST_GROUP;
}

/* The first of the two whose days are enough. */
static double large(const struct look *look, unsigned int channel,
    enum baseline_of *of)
{
	double value = 0;

	*of = BASELINE_GROUP;
	if (is_prior(look->peers))
		value = cohort_large(look->peers, channel, look->day);
	if (value > 0)
		return value;
	*of = BASELINE_EVERYONE;
	if (look->everyone != NULL)
		value = cohort_large(look->everyone, channel, look->day);
	if (value <= 0)
		*of = BASELINE_NONE;
	return value;
}

static int64_t floor_of(const struct look *look, int64_t said,
    unsigned int channel, int64_t share, enum baseline_of *of)
{
	double value;

	if (said >= 0)
		return said;
	value = large(look, channel, of);
	if (*of == BASELINE_NONE)
		return -said;
	value = exp2(value) - 1;
	if (value >= (double)-said)
		return -said;
	return value < (double)(-said / share) ? -said / share :
	    (int64_t)value;
}

struct floors floors_of(const struct look *look, int64_t bytes,
    int64_t files, struct floor_channels of)
{
	struct floors f = { .of = BASELINE_NONE };

	f.files = floor_of(look, files, of.files, FILES_SHARE, &f.of);
	f.bytes = floor_of(look, bytes, of.bytes, BYTES_SHARE, &f.of);
	return f;
}

struct threshold threshold_of(const struct look *look, double k,
    double budget)
{
	struct excess_k fitted;

	if (k >= 0 || look->everyone == NULL)
		return (struct threshold){ .k = fabs(k) };
	fitted = excess_k(is_prior(look->peers) ? &look->peers->excess : NULL,
	    &look->everyone->excess, budget, -k);
	return (struct threshold){ .k = fitted.k, .fitted = true,
		.user_days = fitted.user_days };
}

void threshold_learn(const struct look *look, struct excess_own *own,
    double z)
{
	float was;

	if (!excess_grows(own, look->day, z, &was))
		return;
	if (look->peers != NULL)
		excess_note(&look->peers->excess, look->peers->members,
		    look->day, was, own->z);
	if (look->everyone != NULL)
		excess_note(&look->everyone->excess, look->everyone->members,
		    look->day, was, own->z);
}
