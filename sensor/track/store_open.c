/*
 * store_open.c - the file of the store: made, checked, set aside when it is
 * damaged, closed.  Every statement is prepared once.
 */
#include "track/store_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS blob (kind TEXT, name BLOB, value BLOB,"
    " PRIMARY KEY (kind, name));"
    "CREATE TABLE IF NOT EXISTS event (number INTEGER PRIMARY KEY"
    " AUTOINCREMENT, at_us INTEGER, user TEXT, value BLOB);"
    "CREATE INDEX IF NOT EXISTS event_at ON event (at_us);"
    "CREATE TABLE IF NOT EXISTS alert (id TEXT PRIMARY KEY,"
    " at_us INTEGER, value BLOB);";

static const char *const sql[STATEMENTS] = {
	[PUT] = "INSERT INTO blob VALUES (?1, ?2, ?3) ON CONFLICT (kind, name)"
	    " DO UPDATE SET value = excluded.value",
	[CLEAR] = "DELETE FROM blob WHERE kind = ?1",
	[EACH] = "SELECT name, value FROM blob WHERE kind = ?1"
	    " ORDER BY rowid",
	[NAMES] = "SELECT name FROM blob WHERE kind = ?1",
	[DROP] = "DELETE FROM blob WHERE kind = ?1 AND name = ?2",
	[EVENT] = "INSERT INTO event (at_us, user, value)"
	    " VALUES (?1, ?2, ?3)",
	[EVENTS] = "SELECT number, value FROM event WHERE number > ?1"
	    " AND at_us >= ?2 ORDER BY number",
	[EVENTS_OF] = "SELECT number, value FROM event WHERE number > ?1"
	    " AND at_us >= ?2 AND user = ?3 ORDER BY number",
	[ALERT] = "INSERT OR REPLACE INTO alert VALUES (?1, ?2, ?3)",
	[HAS] = "SELECT 1 FROM alert WHERE id = ?1",
	[FIND] = "SELECT value FROM alert WHERE id LIKE ?1 || '%' LIMIT 2",
	[ALERTS] = "SELECT id, value FROM alert ORDER BY at_us, id",
	[FORGET_EVENTS] = "DELETE FROM event WHERE at_us < ?1",
	[FORGET_ALERTS] = "DELETE FROM alert WHERE at_us < ?1",
	[FORGET_USER] = "DELETE FROM event WHERE user = ?1 AND at_us >= ?2",
	[USER_EVENTS] = "SELECT number, user, value FROM event",
	[ERASE_EVENT] = "DELETE FROM event WHERE number = ?1",
	[ERASE_ALERT] = "DELETE FROM alert WHERE id = ?1",
};

static bool prepare(struct store *s)
{
	for (int i = 0; i < STATEMENTS; i++)
		if (sqlite3_prepare_v3(s->db, sql[i], -1,
		    SQLITE_PREPARE_PERSISTENT, &s->run[i], NULL) != SQLITE_OK)
			return false;
	return true;
}

static int version(sqlite3 *db)
{
	sqlite3_stmt *q;
	int v = -1;

	if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &q, NULL) ==
	    SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		v = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return v;
}

static bool sound(sqlite3 *db)
{
	sqlite3_stmt *q;
	bool good = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &q,
	    NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW &&
	    strcmp((const char *)sqlite3_column_text(q, 0), "ok") == 0;

	sqlite3_finalize(q);
	return good;
}

static void discard(struct store *s)
{
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(s->run[i]);
	sqlite3_close(s->db);
	seal_free(s->seal);
	memset(s, 0, sizeof(*s));
}

/* 1: ready, 0: damaged or of another version, -1: not even that. */
static int try_open(struct store *s, const char *path, int flags)
{
	char set[128];
	int v;

	if (sqlite3_open_v2(path, &s->db, flags, NULL) != SQLITE_OK)
		return -1;
	sqlite3_busy_timeout(s->db, 5000);
	v = version(s->db);
	if (v == -1 || (v != 0 && v != STORE_VERSION) || !sound(s->db))
		return 0;
	if (flags & SQLITE_OPEN_READONLY)
		return prepare(s) ? 1 : 0;
	snprintf(set, sizeof(set), "PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;"
	    "PRAGMA user_version = %d",
	    STORE_VERSION);
	if (sqlite3_exec(s->db, set, NULL, NULL, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_exec(s->db, schema, NULL, NULL, NULL) != SQLITE_OK ||
	    !prepare(s))
		return 0;
	return 1;
}

/* To the first free PATH.damaged-N, its log files after it. */
static bool set_aside(const char *path)
{
	char to[4096], from[4096];

	for (int n = 1; n < 100; n++) {
		snprintf(to, sizeof(to), "%s.damaged-%d", path, n);
		if (link(path, to) == -1 && errno == EEXIST)
			continue;
		if (unlink(path) == -1)
			return false;
		snprintf(from, sizeof(from), "%s-wal", path);
		unlink(from);
		snprintf(from, sizeof(from), "%s-shm", path);
		unlink(from);
		log_warnx("store: %s is damaged or not ours: set aside as "
		    "%s, beginning anew", path, to);
		return true;
	}
	return false;
}

struct store *store_open(const char *path)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	struct store *s = calloc(1, sizeof(*s));
	int state;

	if (s == NULL)
		return NULL;
	state = try_open(s, path, flags);
	if (state == 0) {
		discard(s);
		if (set_aside(path))
			state = try_open(s, path, flags);
	}
	if (state == 1)
		return s;
	log_warnx("store: %s: %s", path, s->db == NULL ? "cannot be set aside"
	    : sqlite3_errmsg(s->db));
	discard(s);
	free(s);
	return NULL;
}

struct store *store_open_readonly(const char *path)
{
	struct store *s = calloc(1, sizeof(*s));

	if (s != NULL && try_open(s, path, SQLITE_OPEN_READONLY) == 1)
		return s;
	if (s != NULL)
		discard(s);
	free(s);
	return NULL;
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	store_commit(s);
	discard(s);
	free(s);
}
