/*
 * volume.h - is this much, for this user?  Used for what comes from chat and
 * for what leaves.
 *
 * Counting files matters more than the statistic: both bytes and files must
 * be over their floors, and both unusual.  In simulation a static limit on
 * bytes found 9 % of thefts of ten times a day's usual volume, mean and
 * deviation 22 %, min(z of bytes, z of files) with a floor 54 %, at the same
 * two false alarms per 1000 user-days.
 */
#ifndef DETECT_VOLUME_H
#define DETECT_VOLUME_H

#include "detect/threshold.h"

enum volume_rule {
	VOLUME_HOUR = 1, VOLUME_DAY = 2, VOLUME_SLOW = 4,
	VOLUME_CEILING = 8, VOLUME_UNCOUNTED = 16, VOLUME_COLD = 32
};

enum cold_start { COLD_AUTO, COLD_FLOORS, COLD_CEILINGS };

/* Floors and k below 0 are "auto": they follow what the group does, from
 * minus that (threshold.h). */
struct volume_conf {
	int64_t hour_bytes, hour_files;		/* floors */
	int64_t day_bytes, day_files;
	int64_t week_bytes, week_files;
	int64_t most_bytes, most_files;		/* ceiling of 24 h */
	double k, k_slow, slack, budget;
	int cold;				/* enum cold_start */
	double cold_factor;
	int64_t cold_us;			/* how long a sensor is young */
};

struct volume_state {
	uint32_t uncounted_kib[24];	/* by hour % 24: bytes without files */
	uint32_t hour;			/* newest of them */
	uint32_t slow_until_day;	/* hold-down of the slow rule */
	struct excess_own excess;
};

struct volume_over {
	uint32_t rules;			/* enum volume_rule, 0: not over */
	const char *window;		/* "1h", "24h", "7d" */
	struct amount amount;
	struct floors floors;
	struct usual bytes, files;	/* of that window */
	double z_bytes, z_files, slack;
	struct threshold k;
	bool cold;			/* there is no baseline */
	bool crowd;			/* unusually at work: k is 1 more */
	bool would;			/* young sensor: say so, send nothing */
};

/* The options of a volume_conf that is member `volume` of `in`. */
extern const char *const volume_cold_names[];
#define VOLUME_FLOOR(in, called, kind, field, least, says) \
	{ .name = (called), .type = (kind), \
	  .offset = offsetof(in, volume.field), .max = INT64_MAX, \
	  .standard = (least), .word = (least) < 0 ? "auto" : NULL, \
	  .help = (says) }
#define VOLUME_OPTIONS(in, hb, hf, db, df, wb, wf, least_z) \
	VOLUME_FLOOR(in, "floor-1h-bytes", CONF_BYTES, hour_bytes, hb, \
	    "never alert below this in an hour"), \
	VOLUME_FLOOR(in, "floor-1h-files", CONF_COUNT, hour_files, hf, \
	    "nor below this many files"), \
	VOLUME_FLOOR(in, "floor-24h-bytes", CONF_BYTES, day_bytes, db, \
	    "never alert below this in 24 hours"), \
	VOLUME_FLOOR(in, "floor-24h-files", CONF_COUNT, day_files, df, \
	    "nor below this many files"), \
	VOLUME_FLOOR(in, "floor-7d-bytes", CONF_BYTES, week_bytes, wb, \
	    "never call a slow ramp below this in 7 days"), \
	VOLUME_FLOOR(in, "floor-7d-files", CONF_COUNT, week_files, wf, \
	    "nor below this many files"), \
	{ .name = "ceiling-24h-bytes", .type = CONF_BYTES, \
	  .offset = offsetof(in, volume.most_bytes), .min = 1, \
	  .max = INT64_MAX, .standard = 4000000000, \
	  .help = "always alert above this in 24 hours" }, \
	{ .name = "ceiling-24h-files", .type = CONF_COUNT, \
	  .offset = offsetof(in, volume.most_files), .min = 1, \
	  .max = INT64_MAX, .standard = 500, \
	  .help = "always alert above this many files" }, \
	{ .name = "k", .type = CONF_REAL, .offset = offsetof(in, volume.k), \
	  .min = 500, .max = 100000, .standard = (least_z), \
	  .word = (least_z) < 0 ? "auto" : NULL, \
	  .help = "how unusual: the least z of bytes and of files; " \
	  "`weir tune` finds it from an alert budget" }, \
	{ .name = "budget", .type = CONF_REAL, \
	  .offset = offsetof(in, volume.budget), .min = 100, \
	  .max = 100000, .standard = 2000, \
	  .help = "where k is `auto`: alerts in 1000 user-days that it " \
	  "may cost, by what the group did before; a tenth of it is the " \
	  "7 days'" }, \
	{ .name = "k-slow", .type = CONF_REAL, \
	  .offset = offsetof(in, volume.k_slow), .min = 500, \
	  .max = 100000, .standard = 3500, \
	  .help = "the same for 7 days against two weeks earlier" }, \
	{ .name = "bytes-slack", .type = CONF_REAL, \
	  .offset = offsetof(in, volume.slack), .max = 10000, \
	  .standard = 2500, \
	  .help = "bytes vary more than files do: their z may be so much " \
	  "less than k" }, \
	{ .name = "cold-start", .type = CONF_CHOICE, \
	  .offset = offsetof(in, volume.cold), .choices = \
	  volume_cold_names, .standard = COLD_AUTO, \
	  .help = "without a baseline: alert above the `floors` times " \
	  "cold-factor, or above the `ceilings` only; `auto`: floors for a " \
	  "capture, ceilings for a young sensor" }, \
	{ .name = "cold-factor", .type = CONF_REAL, \
	  .offset = offsetof(in, volume.cold_factor), .min = 1000, \
	  .max = 100000, .standard = 2000, \
	  .help = "how far over the floors without a baseline" }, \
	{ .name = "cold-time", .type = CONF_DURATION, \
	  .offset = offsetof(in, volume.cold_us), .max = INT64_MAX, \
	  .standard = 3 * 86400 * 1000000LL, \
	  .help = "how long a sensor counts as young" }

/* Note the transfer in *s, then judge the user's windows. */
struct volume_over volume_check(const struct volume_conf *c,
    struct volume_state *s, const struct look *look, enum way_out kind);

/* Evidence: window, floors, both z, medians of user and group, baseline. */
void volume_evidence(struct alert *a, const struct volume_over *v);
/* Points for how far over the threshold it is. */
int volume_points(const struct volume_over *v);

#endif
