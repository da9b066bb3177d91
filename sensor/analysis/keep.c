/*
 * keep.c - the store opened, what it holds played again, and commits.
 *
 * A snapshot now and then, and every event that changed something since: so
 * after kill -9 the events are played again on top of the snapshot, and the
 * state is what it was.  A snapshot of another version of weir is not read:
 * then all stored events are played from the beginning, which is slower and
 * comes to the same.  Alerts that went out before are not sent twice.
 */
#include "analysis/analysis_parts.h"
#include "analysis/persist_parts.h"

enum { SNAPSHOT_EVENTS = 50000,
	SNAPSHOT_COMMITS = 600 * ANALYSIS_COMMITS };

/* When it was told of, and as which transfer: so the same comes of it. */
static bool play(int64_t number, const struct event *ev,
    const struct store_told *told, void *arg)
{
	struct analysis *a = arg;

	if (told->at_us != 0) {
		analysis_time(a, told->at_us);
		a->transfers = told->transfers;
	}
	analysis_one(a, ev);
	a->number = number;
	a->events_unsaved++;
	return true;
}

/* Transfers that changed nothing else had numbers, too. */
static void save_count(struct analysis *a)
{
	if (a->transfers == a->transfers_saved)
		return;
	store_put(a->store, "count", "", 0, &a->transfers,
	    sizeof(a->transfers));
	a->transfers_saved = a->transfers;
}

static bool load_count(const void *name, size_t name_n, const void *blob,
    size_t n, void *arg)
{
	struct analysis *a = arg;
	uint64_t count;

	(void)name;
	(void)name_n;
	if (n != sizeof(count))
		return false;
	memcpy(&count, blob, sizeof(count));
	if (count > a->transfers)
		a->transfers = count;
	return false;
}

bool analysis_keep(struct analysis *a, const char *path)
{
	analysis_service(a);
	a->store = store_open(path);
	if (a->store != NULL && a->key != NULL &&
	    !store_seal(a->store, a->key)) {
		store_close(a->store);	/* not in clear instead */
		a->store = NULL;
	}
	if (a->store == NULL)
		return false;
	suppress_restore(a);
	a->playing = true;
	a->rebuilding = !persist_restore(a);
	store_events(a->store, a->number, NULL, 0, play, a);
	store_each(a->store, "count", load_count, a);
	a->playing = a->rebuilding = false;
	return true;
}

void analysis_commit(struct analysis *a)
{
	if (a->store == NULL)
		return;
	retention(a);
	a->commits_unsaved++;
	save_count(a);
	if (a->save_soon || a->events_unsaved >= SNAPSHOT_EVENTS ||
	    (a->events_unsaved > 0 &&
	    a->commits_unsaved >= SNAPSHOT_COMMITS))
		persist_snapshot(a);
	else
		store_commit(a->store);
}
