/*
 * window.h - what moved lately, in rings of fixed size.
 *
 * 72 bins of 5 minutes, 48 of an hour, 49 closed days.  A window is the sum
 * of whole bins up to and including the one that `at_us` falls in, so it is
 * at most one bin shorter than its name.  Time may step back within a ring;
 * what is older than the ring is not counted any more.
 */
#ifndef TRACK_WINDOW_H
#define TRACK_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

enum { WINDOW_FIVE = 72, WINDOW_HOURS = 48, WINDOW_DAYS = 49 };

static const int64_t SECOND_US = 1000000;
static const int64_t MINUTE_US = 60 * 1000000LL;
static const int64_t HOUR_US = 3600 * 1000000LL;
static const int64_t DAY_US = 86400 * 1000000LL;

struct amount {			/* what moved in some window */
	uint64_t bytes;
	uint32_t count;		/* files, best estimate */
	uint32_t low;		/* files, at least */
};

struct window_day {		/* one closed day, local time */
	uint32_t kib;		/* bytes / 1024, rounded up */
	uint32_t peak_kib;	/* its busiest hour */
	uint16_t count;			/* files; saturated */
	uint16_t peak_count : 14;
	uint16_t tainted : 1;	/* an incident was open: learn nothing */
	uint16_t used : 1;
};

struct window {
	uint64_t five[WINDOW_FIVE], hour[WINDOW_HOURS];
	uint16_t five_count[WINDOW_FIVE], five_low[WINDOW_FIVE];
	uint16_t hour_count[WINDOW_HOURS], hour_low[WINDOW_HOURS];
	uint32_t five_at, hour_at;	/* newest bin: time / bin length */
	uint32_t day_at;		/* the open day, local; 0: none yet */
	struct amount today, peak;	/* of the open day */
	bool tainted;
	struct window_day days[WINDOW_DAYS];	/* by day % WINDOW_DAYS */
};

void window_add(struct window *w, int64_t at_us, const struct amount *what);

/* The last hour of 12 bins; `hours` (at most 48) whole hours. */
struct amount window_hour(const struct window *w, int64_t at_us);
struct amount window_hours(const struct window *w, int64_t at_us,
    unsigned int hours);
/* Hours, this one included and 24 at most, since six without anything: a day
 * is what lies between two nights, whatever the clock says. */
unsigned int window_awake(const struct window *w, int64_t at_us);

/*
 * The local day is now `day`: close the open one if it is over.  True, and
 * the closed day in *out, when one was closed that had anything in it.
 */
bool window_day_is(struct window *w, uint32_t day, uint32_t *closed,
    struct window_day *out);
/* Closed day `day`, or NULL when nothing is known of it. */
const struct window_day *window_day_at(const struct window *w, uint32_t day);
/* The oldest closed day of which anything is known; 0: none. */
uint32_t window_oldest(const struct window *w);
/* Closed days before that one are forgotten; how many. */
uint32_t window_forget(struct window *w, uint32_t day);
/* Sum of the open day and of the days before it, n in all. */
struct amount window_days(const struct window *w, uint32_t day,
    unsigned int n);
/* The same without the days of incidents. */
struct amount window_untainted(const struct window *w, uint32_t day,
    unsigned int n);

#endif
