/*
 * storm.h - when hundreds of alerts come at once.
 *
 * A wrong threshold, a new service or a broken baseline can raise an alert
 * about everybody within an hour: a flood in which no one reads anything.
 * Past a limit the rest of that hour is withheld and summed up with exact
 * counts; what scores high enough is sent at any time, so that a storm hides
 * no theft.  Withheld alerts are kept: `weir explain` shows them.
 */
#ifndef STORM_H
#define STORM_H

#include "alert/record.h"

enum { STORM_KINDS = 6, STORM_COUNTS = STORM_KINDS + 2 };

struct storm {				/* plain data: kept in snapshots */
	int64_t from_us;		/* the hour began; 0: calm */
	uint32_t sent, withheld;
	uint32_t kinds[STORM_KINDS];	/* withheld, by detection */
};

struct storm_limit {
	int64_t alerts;			/* within an hour, then no more */
	int64_t score;			/* sent at any time from here on */
};

/* One more alert: true when it is to be withheld. */
bool storm_counts(struct storm *s, const struct storm_limit *limit,
    const struct alert *a, unsigned int detection);
/* True once, when an hour in which alerts were withheld is over: *was has
 * its counts, and all is calm again. */
bool storm_over(struct storm *s, int64_t now_us, struct storm *was);

/* The summary as a health record; its counters live in `counts`. */
struct health storm_health(const struct storm *s,
    struct health_count counts[STORM_COUNTS]);

#endif
