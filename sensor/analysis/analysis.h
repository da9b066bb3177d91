/*
 * analysis.h - from wire events to users, transfers, and alerts.
 *
 * The core of the core: the same code runs behind `weir -r` and in the
 * service.  Time is that of the events; nothing here reads a clock.  Events
 * are put in order first, so the result does not depend on the number of
 * workers; an alert waits until its user has been quiet for a moment, so it
 * tells of the whole and not of its beginning.
 */
#ifndef ANALYSIS_H
#define ANALYSIS_H

#include "analysis/storm.h"
#include "config/config.h"
#include "flow/event.h"
#include "privacy/key.h"
#include "track/alert.h"
#include "track/transfer.h"

/* Where results go.  Any of them may be NULL.  Arguments are borrowed.  A
 * `who` with an empty name is somebody whose group is not monitored: nothing
 * that tells of the client may be shown or kept. */
struct analysis_sink {
	void (*flow)(const struct flow_seen *f, void *arg);
	void (*transfer)(const struct transfer *t, void *arg);
	void (*access)(const struct access *a, void *arg);
	void (*binding)(const struct event *ev, const struct who *who,
	    void *arg);
	void (*alert)(const struct alert *a, void *arg);
	/* What is not sent: a->withheld says why. */
	void (*withheld)(const struct alert *a, void *arg);
	/* An hour of too many alerts is over. */
	void (*storm)(const struct storm *s, void *arg);
	void *arg;
};

struct analysis_counts {
	uint64_t events, transfers, counted, common;
	uint64_t ever;			/* transfers, over all restarts */
	uint64_t late;			/* events that came out of order */
	uint64_t users_evicted, users_moved, users_expired, unmonitored;
	uint64_t users_forgotten;
	uint64_t days_expired, events_expired, alerts_expired;
	uint64_t alerts, updates, withheld;
	uint64_t excepted;		/* alerts the policy excepts */
	uint64_t suppressed;		/* of those withheld */
	uint64_t bindings_refused;	/* of addresses that many share */
	uint32_t users, bindings;
};

struct analysis;

/* NULL: no memory.  *c must outlive it, or be replaced by reload. */
struct analysis *analysis_new(const struct config *c,
    const struct analysis_sink *sink);
void analysis_free(struct analysis *a);

/* This is the service, not the replay of a capture: a sensor younger than
 * three days says what it would have raised instead of raising it, and too
 * many alerts within an hour are summed up. */
void analysis_service(struct analysis *a);

/*
 * The secret for pseudonyms, and for what is kept: that is sealed with it,
 * whether or not pseudonyms are asked for.  Before analysis_keep().  Without
 * it pseudonyms hold for this run alone.  False: no memory, no libcrypto.
 */
__attribute__((warn_unused_result))
bool analysis_key(struct analysis *a, const struct privacy_key *k);

/* Whom a pseudonym stands for, as far as this run has seen; or NULL. */
const char *analysis_plain(const struct analysis *a, const char *pseudonym);
/* And the pseudonym of a name at that time, PSEUDONYM_TEXT bytes. */
const char *analysis_token(struct analysis *a, const char *plain,
    int64_t at_us, char *token);

/*
 * The service with a memory: state is restored from the store at `path`, or
 * begun there.  Call analysis_commit() ANALYSIS_COMMITS times a second; what
 * is older than that survives kill -9, but for a file whose next part is
 * waited for (up to 15 s, infer/join.h).  False: the store cannot be used;
 * all works without it.
 */
enum { ANALYSIS_COMMITS = 5 };
bool analysis_keep(struct analysis *a, const char *path);
void analysis_commit(struct analysis *a);

void analysis_event(struct analysis *a, const struct event *ev);
/* The input is over: analyse what waits, send what is pending. */
void analysis_finish(struct analysis *a);
/* Swap in a new configuration between events. */
void analysis_reload(struct analysis *a, const struct config *c);
const struct config *analysis_config(const struct analysis *a);
struct analysis_counts analysis_counts(const struct analysis *a);

#endif
