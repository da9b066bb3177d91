/*
 * metrics.h - counters in the text format of Prometheus, over HTTP.
 *
 * GET /metrics alone, on loopback or a UNIX socket; few clients at once,
 * each for a few seconds; the Host header must be local, so that no web page
 * can read it through a browser.
 */
#ifndef METRICS_H
#define METRICS_H

#include "service/core_parts.h"

struct metrics *metrics_new(struct core *c, int fd);
void metrics_free(struct metrics *m);

/* The page itself. */
void metrics_write(const struct core *c, struct text *t);

#endif
