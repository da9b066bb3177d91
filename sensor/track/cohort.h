/*
 * cohort.h - what is usual in a group: the prior of each of its members.
 *
 * Histograms of log2(1 + x) of closed user-days, 42 days of them, and of how
 * far each was from its own user's median; the hours of the week its members
 * work in; how many are active, and unusually so, in the present hour.  About
 * 200 kB a group, whatever its size.
 */
#ifndef TRACK_COHORT_H
#define TRACK_COHORT_H

#include <stdbool.h>
#include <stdint.h>

#include "track/excess.h"

enum { COHORT_HOURS = 8, COHORT_DAYS = 42, COHORT_BINS = 160,
	COHORT_AWAY = 40, HOURS_WEEK = 168 };

enum way_out { CHAT_IN, CLOUD_OUT, DEVICE_OUT, WINDOWS };

/* A user-day's numbers: per window kind, then what they are of. */
enum measure { DAY_BYTES, DAY_COUNT, PEAK_BYTES, PEAK_COUNT, MEASURES };

enum { COHORT_WEEK_BYTES = WINDOWS * MEASURES, COHORT_WEEK_COUNT,
	COHORT_CHANNELS };

static inline unsigned int cohort_channel(enum way_out w, enum measure m)
{
	return (unsigned int)w * MEASURES + (unsigned int)m;
}

struct spread {			/* of log2(1 + x) */
	double median, scale;		/* scale: 1.4826 x MAD */
	uint32_t n;			/* user-days behind it */
};

struct cohort_cache {
	struct spread spread;
	uint32_t day;
	uint32_t version;
};

struct cohort_limit {
	double value;
	uint32_t day;
};

struct cohort {
	uint16_t bins[COHORT_DAYS][COHORT_CHANNELS][COHORT_BINS];
	uint32_t day[COHORT_DAYS];	/* which day a slot holds */
	/* user-days by distance from the user's median; decayed to away_day */
	double away[COHORT_CHANNELS][2][COHORT_AWAY];
	uint32_t away_day;
	struct cohort_cache cache[COHORT_CHANNELS][2];
	struct cohort_limit limit[COHORT_CHANNELS][2];
	uint32_t version;		/* grows with everything learned */
	uint32_t members;		/* users with state now */
	double hours[HOURS_WEEK];	/* decayed to hours_us */
	int64_t hours_us;
	uint32_t hour_now;		/* newest hour of the two rings */
	uint16_t hour_active[COHORT_HOURS], hour_unusual[COHORT_HOURS];
	uint32_t hour_files[COHORT_HOURS];
	double starts[2][24];		/* sessions, decayed to starts_us; by
					   weekend and hour of the day */
	int64_t starts_us, starts_since_us;
	/* from here on: not in the snapshots of former versions */
	struct cohort_limit large[COHORT_CHANNELS];
	struct excess excess;
};

struct cohort *cohort_new(void);
void cohort_free(struct cohort *c);

void cohort_learn(struct cohort *c, unsigned int channel, uint32_t day,
    double log2_value);

/*
 * User-days of the class of `day` in days [day - from, day - to].  One
 * channel is always asked for the same range: the last answer is kept.
 */
struct spread cohort_spread(struct cohort *c, unsigned int channel,
    uint32_t day, unsigned int from, unsigned int to);
/*
 * How far one user's days are from that user's median: a member's own spread,
 * where cohort_spread's holds the differences between members as well.  Of
 * what was learned, an older day counts half as much for every 28 days.
 */
void cohort_learn_away(struct cohort *c, unsigned int channel, uint32_t day,
    double log2_distance);
struct spread cohort_away(const struct cohort *c, unsigned int channel,
    uint32_t day);
/* Its 99th percentile over the last 28 days, found once a day; 0: too few
 * days to say. */
double cohort_p99(struct cohort *c, unsigned int channel, uint32_t day);
/* A large workday: of the last 28 days' workdays of the whole group a quarter
 * are larger.  Found once a day; 0: too few to say. */
double cohort_large(struct cohort *c, unsigned int channel, uint32_t day);

/* A member begins to be active in this hour (since 1970; `of_week` is what it
 * is locally), does so unusually, moves files in it. */
void cohort_starts(struct cohort *c, uint32_t hour, unsigned int of_week);
void cohort_unusually(struct cohort *c, uint32_t hour);
void cohort_moves(struct cohort *c, uint32_t hour, uint32_t files);

struct crowd {			/* who began about that hour: from two
				   hours before it to one after */
	uint32_t unusual, active, files;
	double expected;		/* active, going by other days */
};

struct crowd cohort_crowd(const struct cohort *c, uint32_t hour,
    unsigned int of_week);

/* Monday is 0; a day counts from 1970 in local time. */
unsigned int day_of_week(uint32_t day);
bool day_is_weekend(uint32_t day);

#endif
