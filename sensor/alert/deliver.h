/*
 * deliver.h - gets every letter to every collector, at least once.
 *
 * A collector is an output with its settings, a cursor, and a state: up, or
 * down and waiting for the next try (0.25 s, doubled up to 60 s).  Letters
 * come from a source: the spool in the service, memory behind `weir -r`.
 * Nothing here blocks; a slow or absent collector holds up only its own
 * cursor.  What was sent but not acknowledged when a link broke is sent
 * again, with the same id and sequence number.  Every collector gets all
 * letters, except in a group for fail-over, which shares a cursor.
 */
#ifndef ALERT_DELIVER_H
#define ALERT_DELIVER_H

#include "alert/output.h"

struct letter {
	uint64_t seq;
	struct slice record;		/* JSON; valid until the next read */
	char chain[17];
};

struct deliver_source {
	/* The first letter numbered `seq` or higher; false: none yet. */
	bool (*read)(void *arg, uint64_t seq, struct letter *l);
	/* Cursors by collector name: what was delivered; 0: nothing. */
	uint64_t (*cursor)(void *arg, const char *name);
	void (*delivered)(void *arg, const char *name, uint64_t seq);
	/* One that tells of that time has arrived; NULL: not asked for. */
	void (*arrived)(void *arg, bool alert, int64_t at_us);
	void *arg;
};

struct deliver_status {
	const char *name, *label;
	bool up;
	bool covered;			/* another one does its work */
	uint64_t acked;			/* the cursor */
	uint64_t sent, resent, failures, skipped;
	char why[128];			/* of the last failure */
};

struct deliver;

struct deliver *deliver_new(struct event_base *base,
    const struct deliver_source *source);
void deliver_free(struct deliver *d);
/* settings: as filled by output->options; borrowed. */
__attribute__((warn_unused_result))
bool deliver_add(struct deliver *d, const struct output *o,
    const void *settings);
void deliver_wake(struct deliver *d);	/* there may be more letters */
/* Has every collector acknowledged everything up to `seq`? */
bool deliver_done(const struct deliver *d, uint64_t seq);
size_t deliver_collectors(const struct deliver *d);
void deliver_status(const struct deliver *d, size_t i,
    struct deliver_status *s);
/* Close and open again: rotated files, new certificates. */
void deliver_reopen(struct deliver *d);

#endif
