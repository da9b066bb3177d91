/*
 * health_judge.h - one way to be unwell: its name and how to tell.
 */
#ifndef HEALTH_JUDGE_H
#define HEALTH_JUDGE_H

#include "service/health.h"

struct health_view {
	const struct health_sample *now, *before;
	const struct board *board;
	double seconds;			/* between the two */
};

struct health_rule {
	const char *kind, *severity;
	/* True: something is wrong; the measure, and a sentence for it. */
	bool (*judge)(const struct health_view *v, double *value,
	    struct text *why);
};

extern const struct health_rule health_rules[];	/* ends with a NULL kind */

#endif
