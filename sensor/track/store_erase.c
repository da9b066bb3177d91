/*
 * store_erase.c - what is taken out for good.
 *
 * A deleted row may leave its bytes behind: in free pages, between the cells
 * of a page that was balanced, in the log of changes (WAL).  So the file is
 * written anew (VACUUM) and the log cut to nothing.  The disk's own copies
 * of blocks that were given back are not ours to erase.
 */
#include "track/store_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

uint64_t store_erase_events(struct store *s, bool (*gone)(const char *user,
    const struct event *ev, void *arg), void *arg)
{
	sqlite3_stmt *q = s->run[USER_EVENTS], *drop = s->run[ERASE_EVENT];
	uint64_t n = 0;

	while (sqlite3_step(q) == SQLITE_ROW) {
		const char *user = (const char *)sqlite3_column_text(q, 1);
		struct kept_event kept;

		(void)store_kept(store_column(s, q, 2), &kept);
		if (!gone(user != NULL ? user : "", &kept.ev, arg))
			continue;
		sqlite3_bind_int64(drop, 1, sqlite3_column_int64(q, 0));
		store_write(s, ERASE_EVENT, "erase an event");
		n++;
	}
	sqlite3_reset(q);
	return n;
}

void store_erase_alert(struct store *s, const char *id)
{
	sqlite3_bind_text(s->run[ERASE_ALERT], 1, id, -1, SQLITE_TRANSIENT);
	store_write(s, ERASE_ALERT, "erase an alert");
}

/* The new file is made beside the old one, where we may write. */
static void temporary_beside(struct store *s)
{
	const char *path = sqlite3_db_filename(s->db, "main");
	const char *slash = path == NULL ? NULL : strrchr(path, '/');
	char dir[4096] = ".";

	if (slash != NULL && (size_t)(slash - path) < sizeof(dir)) {
		memcpy(dir, path, (size_t)(slash - path));
		dir[slash - path] = '\0';
	}
	setenv("SQLITE_TMPDIR", dir, 1);
}

/* The first column of the answer: 0 when no reader held it back. */
static bool truncate_log(struct store *s)
{
	sqlite3_stmt *q;
	bool done = sqlite3_prepare_v2(s->db,
	    "PRAGMA wal_checkpoint(TRUNCATE)", -1, &q, NULL) == SQLITE_OK &&
	    sqlite3_step(q) == SQLITE_ROW && sqlite3_column_int(q, 0) == 0;

	sqlite3_finalize(q);
	return done;
}

bool store_scrub(struct store *s)
{
	temporary_beside(s);
	if (!store_commit(s))
		return false;
	if (sqlite3_exec(s->db, "VACUUM", NULL, NULL, NULL) == SQLITE_OK &&
	    truncate_log(s))
		return true;
	log_warnx("store: not written anew yet: %s", sqlite3_errmsg(s->db));
	return false;
}
