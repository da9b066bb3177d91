/*
 * detect.h - what a detection is, and all it may touch.
 *
 * A detection is shown every counted transfer of a monitored user, and every
 * room or file opened in clear, and raises findings.  Its settings and its
 * memory of that user are plain structs it declares for itself; the caller
 * owns both.  Time is the transfer's time: a detection that read a clock
 * could not be replayed from a capture.
 *
 * To add one: write sensor/detect/NAME.c defining detection_NAME, and add a
 * line to sensor/detect/list.h.  Its section of weir.yaml, the checks of
 * `weir -T` and its part of the manual follow from `options`.
 */
#ifndef DETECT_DETECT_H
#define DETECT_DETECT_H

#include "know/conf.h"
#include "track/alert.h"
#include "track/popular.h"
#include "track/user.h"

struct look {
	const struct transfer *did;	/* NULL when `opened` is set */
	const struct access *opened;	/* both NULL in settle() */
	struct user *user;		/* rings, ledger, baseline: this
					   transfer is in them already */
	const void *conf;	/* detection->conf_size bytes */
	void *state;			/* detection->state_size bytes, zeroed
					   once per user */
	int64_t at_us;
	int64_t since_us;		/* when the sensor began to watch */
	int32_t utc_offset_s;		/* of the group's wall clock */
	uint32_t day;			/* local, since 1970 */
	uint32_t kept_days;		/* that a user's memory reaches back */
	unsigned int hour;		/* local, since Monday 00:00 */
	bool replay;			/* a capture, without a history */
	const struct group *group;
	const struct policy *policy;
	struct cohort *peers, *everyone;
	struct popular *popular;	/* who uses which resource */
	const struct incident *last;	/* this detection's, of this user */
	/* Fill in what was found; who, where, id and tags are the caller's. */
	void (*raise)(const struct look *look, const struct alert *found);
	void *arg;			/* the caller's */
};

struct detection {
	const char *name;		/* section of weir.yaml, alert's kind */
	const char *title;
	enum risk risk;
	const char *techniques;		/* "IT1021,T1213.005" */
	const struct conf_field *options;
	size_t conf_size;
	size_t state_size;
	bool grows;			/* told again when it doubles */
	void (*see)(const struct look *look);
	/* Once an hour, at its end, for every user seen in it or in the
	 * hour before; may be NULL. */
	void (*settle)(const struct look *look);
	/* After an alert about this user went out; may be NULL. */
	void (*alerted)(const struct look *look, const struct alert *a);
};

extern const struct detection *const detections[];	/* ends with NULL */

#endif
