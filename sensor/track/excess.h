/*
 * excess.h - how unusual the days of a group get, and the k that follows.
 *
 * A threshold of so many deviations says nothing about how many alerts it
 * costs: that depends on how heavy the tail of ordinary days is, in this
 * office.  So the tail is counted: per group, user-weeks by the most unusual
 * hour or day in them.  The k that spends a budget is read off where the tail
 * is 2.5 times the budget, and carried on from there along a slope that
 * unlike offices have in common: so near the budget itself a few thefts, which
 * are in the count as well, would move it far.  What a small group's days do
 * not say, all users' do, and what theirs do not, a prior does.
 */
#ifndef TRACK_EXCESS_H
#define TRACK_EXCESS_H

#include <stdbool.h>
#include <stdint.h>

enum { EXCESS_BINS = 64, EXCESS_WEEK = 7 };

struct excess {				/* decayed to `day`, by half in 56 */
	double bins[EXCESS_BINS];	/* user-weeks, by their largest z */
	double user_days;		/* watched */
	uint32_t day;
};

struct excess_own {			/* a user's present week */
	uint32_t until_day;		/* 0: none yet */
	float z;			/* its largest so far */
};

/* A user's z on that day; of a week the largest counts.  `members`: how many
 * users the group has now. */
void excess_note(struct excess *e, uint32_t members, uint32_t day,
    float was, float z);
/* The same for one user: begins a week or goes on with it.  False: it was
 * larger before in this week; else *was is what to take back. */
bool excess_grows(struct excess_own *own, uint32_t day, double z,
    float *was);

struct excess_k {
	double k;
	double user_days;		/* of the group, behind it */
};

/* For a budget of alerts per 1000 user-days; `standard` is what k is where
 * nobody's days say anything.  group NULL: everyone's. */
struct excess_k excess_k(const struct excess *group,
    const struct excess *everyone, double budget, double standard);

#endif
