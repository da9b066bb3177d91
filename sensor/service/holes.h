/*
 * holes.h - what is told of suppressions and exceptions by themselves.
 *
 * Each is a hole in the net that somebody asked for.  It is told of before it
 * ends, when it is over, and when it was never needed; once a week all of them
 * are summed up.  Owners and numbers, no names of users.
 */
#ifndef HOLES_H
#define HOLES_H

#include "alert/record.h"
#include "analysis/analysis.h"

/* Judge them, at this time of the clock; call it once an hour or so. */
void holes_check(struct analysis *a, int64_t now_us,
    void (*say)(struct health *h, void *arg), void *arg);
/* Take out the suppressions that are over: call it every second. */
void holes_over(struct analysis *a, int64_t now_us,
    void (*say)(struct health *h, void *arg), void *arg);

#endif
