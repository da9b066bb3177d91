/*
 * suppress.h - alerts that the operator does not want to get for a while.
 *
 * Made in the running service by `weir ctl suppress add`; each has an owner, a
 * reason and an end, counts what it holds back, and is kept in the store.  A
 * suppressed alert is logged, counted and kept like any other that is not
 * sent, so `weir ctl explain` shows it.  What is meant for good belongs into
 * the policy: `exceptions:`.
 */
#ifndef SUPPRESS_H
#define SUPPRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "track/alert.h"

enum { SUPPRESS_MAX = 256, SUPPRESS_TEXT = 128 };

struct suppression {			/* plain data, kept as it is */
	uint64_t number;		/* from 1 */
	char user[SUPPRESS_TEXT];	/* as in alerts; empty: any */
	char kind[SUPPRESS_TEXT];	/* "bulk-download"; empty: any */
	char to[SUPPRESS_TEXT];		/* target, service or host; empty: any */
	char owner[SUPPRESS_TEXT], reason[SUPPRESS_TEXT], by[SUPPRESS_TEXT];
	int64_t since_us, until_us;
	int64_t last_us;		/* 0: nothing held back yet */
	uint64_t hits;
	uint64_t hits_told;		/* by the last summary */
	uint64_t told;			/* enum told of excuse.h */
};

struct suppressions {
	struct suppression all[SUPPRESS_MAX];
	size_t n;
	uint64_t given;			/* numbers given out */
};

struct analysis;

/* The number it got; 0: there are too many. */
uint64_t suppress_add(struct analysis *a, const struct suppression *s);
bool suppress_remove(struct analysis *a, uint64_t number);
const struct suppressions *suppress_list(const struct analysis *a);
/* Remember what was told of it. */
void suppress_told(struct analysis *a, size_t i, uint64_t told,
    uint64_t hits_told);
/* Takes one away that is over; false: none is. */
bool suppress_expired(struct analysis *a, int64_t now_us,
    struct suppression *was);

/* For the analysis: what holds this alert back, or NULL. */
struct suppression *suppress_match(struct analysis *a,
    const struct alert *al);
void suppress_hit(struct analysis *a, struct suppression *s,
    const struct alert *al);
void suppress_restore(struct analysis *a);

#endif
