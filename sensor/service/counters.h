/*
 * counters.h - what the service counts, under the names it is known by to
 * `weir ctl stats` and to Prometheus.
 */
#ifndef COUNTERS_H
#define COUNTERS_H

#include <stddef.h>

#include "service/core_parts.h"

struct counter {
	const char *name;		/* in `weir ctl stats` */
	const char *metric;		/* without "weir_"; a gauge unless it
					   ends in "_total" */
	const char *help;
	size_t at, bytes;		/* where it is, in what is counted: a
					   uint32_t or uint64_t */
};

/* All of them, in a fixed order. */
void counters_each(const struct core *c, void (*see)(const struct counter *k,
    uint64_t value, void *arg), void *arg);

#endif
