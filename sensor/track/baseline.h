/*
 * baseline.h - what is usual for one user, and how far off something is.
 *
 * Volumes and counts are compared as y = log2(1 + x).  The user's median over
 * the active days of the last 28 (same class of weekday) is shrunk to the
 * group's by as many pseudo-days as the group itself calls for: the more its
 * members differ from each other than from themselves, the fewer (7 at most).
 * The MAD of so few days is a poor guess: it is shrunk by 28 pseudo-days to
 * what members are found to vary around their own medians.  The spread has a
 * floor.  Days
 * with an open incident are left out, unless they are most of the days and ten
 * at least: or somebody whose work is large would be alerted on for ever.
 */
#ifndef TRACK_BASELINE_H
#define TRACK_BASELINE_H

#include "track/cohort.h"
#include "track/window.h"

enum { BASELINE_PSEUDO_DAYS = 7, BASELINE_ACTIVE_DAYS = 7,
	BASELINE_LEAST_GROUP = 10, BASELINE_RESOURCES = 64,
	BASELINE_PSEUDO_HOURS = 20, BASELINE_PSEUDO_SPREAD = 100,
	BASELINE_LEAST_AWAY = 50, BASELINE_USUAL_ALARMS = 10 };

/* Whose days a score rests on, for the alert to say. */
enum baseline_of { BASELINE_NONE, BASELINE_USER, BASELINE_GROUP,
	BASELINE_EVERYONE };

struct usual {			/* in log2(1 + x) */
	double median, scale;
	double user_median, group_median;
	uint32_t user_days, group_days;
	enum baseline_of of;
};

struct resource_seen {
	uint32_t hash;
	uint16_t first_day, last_day;	/* since 1970 */
};

struct baseline {
	float hours[HOURS_WEEK];	/* active hours, decayed to hours_us */
	int64_t hours_us;
	uint32_t events;		/* active hours ever learned */
	uint32_t first_day;		/* first day ever active */
	uint32_t active_days;
	struct resource_seen resources[BASELINE_RESOURCES];
};

double log2_of(uint64_t x);		/* log2(1 + x) */

/* A closed day's number, as log2(1 + x). */
double baseline_measure(const struct window_day *d, enum measure what);

/* The prior is the group's if it has 10 members and a week of days. */
struct usual baseline_usual(const struct window *w, enum way_out kind,
    enum measure what, uint32_t day, struct cohort *group,
    struct cohort *everyone);
/* How far closed day `day` was from the median of those before; negative: too
 * few of them to say. */
double baseline_away(const struct window *w, enum measure what, uint32_t day);
/* 7-day sums that ended 14 days ago or earlier, of the last `kept` days (35 at
 * most) alone: what a slow ramp cannot teach.  The group's reach back 42. */
struct usual baseline_lagged(const struct window *w, bool counts,
    uint32_t day, uint32_t kept, struct cohort *group, struct cohort *everyone);
double usual_z(const struct usual *u, double log2_value);
const char *baseline_name(enum baseline_of of);	/* "user", "group" */

/* Hours of the week.  `hour`: Monday 00:00 local is 0.  b NULL: the cohorts
 * alone learn of it. */
void baseline_hour(struct baseline *b, struct cohort *group,
    struct cohort *everyone, unsigned int hour, int64_t at_us);
/*
 * Share of activity at hours as rare as this one or rarer: small means this
 * hour is unusual.  b NULL: the cohort's alone.
 */
double baseline_rarity(const struct baseline *b, const struct cohort *group,
    unsigned int hour, int64_t at_us);

/* The user's active hours within three hours of that time of day, on whatever
 * day, decayed: near nothing means never. */
double baseline_around(const struct baseline *b, unsigned int hour,
    int64_t at_us);
/* All of the user's active hours, decayed. */
double baseline_hours(const struct baseline *b, int64_t at_us);

/* Days since this was last used, after marking it used now; -1: never. */
int baseline_resource(struct baseline *b, uint32_t hash, uint32_t day);

#endif
