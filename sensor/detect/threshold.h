/*
 * threshold.h - floors and k, as the policy says them or as a group's own days
 * call for.
 *
 * A floor keeps what nobody would call bulk from being looked at; which amount
 * that is depends on the office.  Where it is "auto" it is what is large for
 * the group (a quarter of its workdays are larger), no more than the shipped
 * floor, and no less than a share of that.  k "auto" is what the budget of
 * alerts allows, by the tail of the group's past days (track/excess.h).
 */
#ifndef DETECT_THRESHOLD_H
#define DETECT_THRESHOLD_H

#include "detect/detect.h"

struct floors {
	int64_t bytes, files;
	enum baseline_of of;		/* whose days; NONE: as said */
};

struct floor_channels {			/* of the cohort */
	unsigned int bytes, files;
};

/* Below 0: auto, from minus that. */
struct floors floors_of(const struct look *look, int64_t bytes,
    int64_t files, struct floor_channels of);

struct threshold {
	double k;
	bool fitted;			/* to a budget; else as said */
	double user_days;		/* of the group, behind it */
};

struct threshold threshold_of(const struct look *look, double k,
    double budget);
/* This user's window of the day is so far off: the group's tail learns it. */
void threshold_learn(const struct look *look, struct excess_own *own,
    double z);

#endif
