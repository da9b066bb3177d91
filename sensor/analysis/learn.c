/*
 * learn.c - a day is over: what was usual on it, for a user's group and all.
 *
 * Cohorts learn closed days alone, and none that an incident is part of; one
 * user's day counts for no more than the group's largest usual one.
 */
#include "analysis/analysis_parts.h"

static void learn(struct analysis *a, struct user *u, unsigned int channel,
    uint32_t day, double value)
{
	struct cohort *group = analysis_cohort(a, u->group);
	double most = group == NULL ? 0 : cohort_p99(group, channel, day);

	if (most > 0 && value > most)
		value = most;
	if (group != NULL)
		cohort_learn(group, channel, day, value);
	cohort_learn(a->everyone, channel, day, value);
}

static void learn_away(struct analysis *a, struct user *u,
    unsigned int channel, uint32_t day, double distance)
{
	struct cohort *group = analysis_cohort(a, u->group);

	if (distance < 0)
		return;
	if (group != NULL)
		cohort_learn_away(group, channel, day, distance);
	cohort_learn_away(a->everyone, channel, day, distance);
}

static void learn_day(struct analysis *a, struct user *u, unsigned int kind,
    uint32_t day, const struct window_day *d)
{
	for (enum measure m = 0; m < MEASURES; m++) {
		unsigned int channel = cohort_channel(kind, m);

		learn(a, u, channel, day, baseline_measure(d, m));
		learn_away(a, u, channel, day,
		    baseline_away(&u->windows[kind], m, day));
	}
}

/* The week that ended with a day, for the slow rule. */
static void learn_week(struct analysis *a, struct user *u, uint32_t day)
{
	struct amount week = window_days(&u->windows[CHAT_IN], day, 7);

	learn(a, u, COHORT_WEEK_BYTES, day, log2_of(week.bytes));
	learn(a, u, COHORT_WEEK_COUNT, day, log2_of(week.count));
}

/* The local day of a group. */
static uint32_t day_of(const struct analysis *a, uint32_t group,
    int64_t at_us)
{
	int64_t local_s = at_us / SECOND_US + policy_utc_offset(
	    a->config->policy, analysis_group(a, group), at_us);

	return (uint32_t)(local_s / 86400);
}

bool analysis_turns(const struct analysis *a, const struct user_head *h,
    int64_t at_us)
{
	return day_of(a, h->group, at_us) > h->day;
}

void analysis_roll(struct analysis *a, struct user *u, int64_t at_us)
{
	uint32_t day = day_of(a, u->group, at_us);
	bool active = false;

	if (day <= u->day)
		return;
	u->day = day;
	u->dirty = true;
	for (unsigned int i = 0; i < WINDOWS; i++) {
		struct window_day d;
		uint32_t closed;

		if (!window_day_is(&u->windows[i], day, &closed, &d))
			continue;
		active = true;
		if (d.tainted)
			continue;
		learn_day(a, u, i, closed, &d);
		if (i == CHAT_IN)
			learn_week(a, u, closed);
	}
	u->base.active_days += active;
}
