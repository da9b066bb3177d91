/*
 * health.h - what the sensor finds wrong with itself and its tap.
 *
 * A passive sensor fails silently: a SPAN port that shows one direction, a
 * full ring, a collector that is away.  Every ten seconds the counters of
 * the last minute are judged; a finding is raised once, said again every
 * hour while it lasts, and cleared by itself.
 */
#ifndef HEALTH_H
#define HEALTH_H

#include "alert/record.h"
#include "service/board.h"

enum { HEALTH_EVERY_US = 5000000, HEALTH_WINDOW = 12, HEALTH_FINDINGS = 24 };

struct health_sample {			/* counters at one moment */
	int64_t real_us, monotonic_us;
	struct board_total total;
	uint64_t flows, one_sided;	/* TCP flows that ended */
	uint64_t broadcast;		/* flows to multicast or broadcast */
	uint64_t all_flows;
	uint64_t users_evicted;
};

struct health_active {
	int64_t since_us;		/* real time; 0: not raised */
	int64_t said_us;		/* monotonic */
	unsigned int good;		/* checks in a row without cause */
	double value;
	char message[256];
};

struct health_state {
	struct health_sample samples[HEALTH_WINDOW + 1];	/* oldest first */
	size_t n;
	struct health_active active[HEALTH_FINDINGS];
	uint64_t flows, one_sided, broadcast, all_flows;
	int64_t next_us;
	uint64_t raised;
};

void health_event(struct health_state *h, const struct event *ev);

/* Judge, if it is time: `say` gets what was raised, repeated or cleared. */
void health_check(struct health_state *h, const struct board *b,
    int64_t now_real_us, int64_t now_us,
    void (*say)(struct health *f, void *arg), void *arg);

/* What is wrong now: the name of finding i, NULL: no more findings. */
const char *health_kind(size_t i);
const char *health_severity(size_t i);

#endif
