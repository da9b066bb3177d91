/*
 * analysis.h - from wire events to users, transfers, and alerts.
 *
 * The core of the core: the same code runs behind `weir -r` and in the
 * service.  Time is that of the events; nothing here reads a clock.
 */
#ifndef ANALYSIS_H
#define ANALYSIS_H

#include "config.h"
#include "flow/event.h"
#include "track/alert.h"
#include "track/transfer.h"

/* Where results go.  Any of them may be NULL.  Arguments are borrowed. */
struct analysis_sink {
	void (*flow)(const struct flow_seen *f, void *arg);
	void (*transfer)(const struct transfer *t, void *arg);
	void (*access)(const struct access *a, void *arg);
	void (*binding)(const struct event *ev, const struct who *who,
	    void *arg);
	void (*alert)(const struct alert *a, void *arg);
	void *arg;
};

struct analysis;

struct analysis *analysis_new(const struct config *c,
    const struct analysis_sink *sink);
void analysis_free(struct analysis *a);
void analysis_event(struct analysis *a, const struct event *ev);
/* Swap in a new configuration between events. */
void analysis_reload(struct analysis *a, const struct config *c);

#endif
