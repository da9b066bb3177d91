/*
 * store.h - what must survive a restart, in one SQLite file (WAL).
 *
 * Three kinds of things: a snapshot (named blobs, replaced in one
 * transaction), the events that changed something since then, and the
 * alerts that went out.  State after kill -9 is the last snapshot plus the
 * events after it; what was not committed yet, a second or two, is lost.
 * A file that is damaged is set aside, said so, and a new one begun.
 */
#ifndef TRACK_STORE_H
#define TRACK_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/event.h"
#include "privacy/key.h"

enum { STORE_VERSION = 1 };

struct store;

/* NULL: cannot be used at all (no permission, disk full): said on stderr. */
struct store *store_open(const char *path);
struct store *store_open_readonly(const char *path);
void store_close(struct store *s);		/* commits */

/*
 * From now on blobs and events are sealed on their way to the disk; names
 * and alerts are not: they hold pseudonyms.  What is sealed is passed over
 * by whoever reads without the key.  False: nothing may be written.
 */
__attribute__((warn_unused_result))
bool store_seal(struct store *s, const struct privacy_key *k);

/* Everything between two commits is kept whole or not at all.  False: could
 * not be written; it is tried again with the next commit. */
bool store_commit(struct store *s);

/* Blobs by kind and name. */
void store_put(struct store *s, const char *kind, const void *name,
    size_t name_n, const void *blob, size_t n);
void store_clear(struct store *s, const char *kind);
/* Only those stay of which `keep` says so. */
void store_prune(struct store *s, const char *kind,
    bool (*keep)(const void *name, size_t name_n, void *arg), void *arg);
/* In the order they were first put; stops when `see` returns false. */
void store_each(struct store *s, const char *kind, bool (*see)(
    const void *name, size_t name_n, const void *blob, size_t n, void *arg),
    void *arg);

/* When an event was told of; zeros where a former version did not say. */
struct store_told {
	int64_t at_us;			/* a file, later than its end */
	uint64_t transfers;		/* that had been before it */
};

/* Events, numbered from 1 in their order. */
int64_t store_event(struct store *s, const struct event *ev,
    const char *user, const struct store_told *told);
/* Those after number `after`, of `user` (NULL: all), from from_us on. */
void store_events(struct store *s, int64_t after, const char *user,
    int64_t from_us, bool (*see)(int64_t number, const struct event *ev,
    const struct store_told *told, void *arg), void *arg);

/* Alerts that went out, as blobs by id. */
void store_alert(struct store *s, const char *id, int64_t at_us,
    const void *blob, size_t n);
bool store_has_alert(struct store *s, const char *id);
/* The blob, valid until the next call; NULL: no such alert.  An id may be
 * cut short as long as it is the only one. */
const void *store_alert_find(struct store *s, const char *id, size_t *n);
void store_alerts(struct store *s, bool (*see)(const char *id,
    const void *blob, size_t n, void *arg), void *arg);

/* Retention: forget events, and alerts, from before then; how many. */
struct store_forgotten {
	uint64_t events, alerts;
};
struct store_forgotten store_forget(struct store *s, int64_t events_us,
    int64_t alerts_us);
/* What one user did since then. */
void store_forget_user(struct store *s, const char *user, int64_t since_us);

/* store_erase.c: so that nothing can be read of it in the file either. */
/* Events that `gone` says so of; how many. */
uint64_t store_erase_events(struct store *s, bool (*gone)(const char *user,
    const struct event *ev, void *arg), void *arg);
void store_erase_alert(struct store *s, const char *id);
/* Commits, and writes the file anew without a trace of what was taken out,
 * its log of changes as well.  False: not done, somebody reads it. */
__attribute__((warn_unused_result))
bool store_scrub(struct store *s);

#endif
