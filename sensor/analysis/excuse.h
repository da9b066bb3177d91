/*
 * excuse.h - what the exceptions of the policy have been good for.
 *
 * An exception is a hole that somebody asked for.  Each counts what it holds
 * back, once a user, alert and day, over restarts and reloads: for as long as
 * its user, alert and destinations stay what they are.  So one that nobody
 * needs, or that is over, can be told of.  Suppressions (suppress.h) count
 * for themselves.
 */
#ifndef ANALYSIS_EXCUSE_H
#define ANALYSIS_EXCUSE_H

#include "base/table.h"
#include "know/policy.h"

enum { EXCUSES_MAX = 1024, EXCUSE_RECENT = 8 };
/* The id under which it is kept since when the week runs. */
enum { EXCUSE_WEEK = 0 };

/* What was told of a hole in the net, bits. */
enum told { TOLD_END = 1, TOLD_OVER = 2, TOLD_UNUSED = 4 };

struct excuse {				/* plain data, kept as it is */
	int64_t since_us;		/* when it was first met; 0: never */
	int64_t last_us;		/* 0: has held nothing back */
	uint64_t hits, hits_told;	/* by the last summary */
	uint32_t told;
	uint32_t next;
	uint64_t recent[EXCUSE_RECENT];	/* the last ones, hashed */
};

struct analysis;
struct look;

/* A finding it holds back. */
void excuse_hit(struct analysis *a, const struct exemption *x,
    const struct look *look, const char *kind);
/* Its account, begun when there is none yet; NULL: no room. */
struct excuse *excuse_of(struct analysis *a, const struct exemption *x,
    int64_t now_us);
/* What was told of it has changed: remember that soon. */
void excuse_told(struct analysis *a);
/* Whom it was about is no longer known. */
void excuse_forget(struct analysis *a);

#endif
