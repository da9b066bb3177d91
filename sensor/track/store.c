/*
 * store.c - the only file that knows SQLite.
 *
 * Every statement is prepared once.  Errors of the environment are said at
 * the first failure and at the recovery, not at every write.
 */
#include "track/store.h"

#include <sqlite3.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "privacy/seal.h"

enum statement { PUT, CLEAR, EACH, NAMES, DROP, EVENT, EVENTS, EVENTS_OF, ALERT, HAS,
	FIND, ALERTS, FORGET_EVENTS, FORGET_ALERTS, FORGET_USER, STATEMENTS };

struct store {
	sqlite3 *db;
	sqlite3_stmt *run[STATEMENTS];
	bool open_transaction, failing;
	struct seal *seal;		/* NULL: written as it is */
};

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
};

/* One message when it begins to fail, one when it works again. */
static bool fine(struct store *s, int code, const char *what)
{
	bool good = code == SQLITE_OK || code == SQLITE_DONE ||
	    code == SQLITE_ROW;

	if (!good && !s->failing)
		log_warnx("store: cannot %s: %s", what, sqlite3_errmsg(s->db));
	if (good && s->failing && strcmp(what, "commit") == 0)
		log_info("store: works again");
	if (!good)
		s->failing = true;
	else if (strcmp(what, "commit") == 0)
		s->failing = false;
	return good;
}

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
	char set[80];
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
	    "PRAGMA synchronous = NORMAL; PRAGMA user_version = %d",
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

bool store_commit(struct store *s)
{
	if (!s->open_transaction)
		return true;
	if (!fine(s, sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL),
	    "commit"))
		return false;
	s->open_transaction = false;
	return true;
}

bool store_seal(struct store *s, const struct privacy_key *k)
{
	s->seal = seal_new(k);
	return s->seal != NULL;
}

/* As it goes to the disk: nothing rather than something unsealed. */
static void bind_sealed(struct store *s, sqlite3_stmt *q, int place,
    struct slice plain)
{
	struct slice to = seal_close(s->seal, plain);

	sqlite3_bind_blob(q, place, to.p, (int)to.n, SQLITE_STATIC);
}

/* As it was; short when it cannot be opened. */
static struct slice column(struct store *s, sqlite3_stmt *q, int place)
{
	return seal_open(s->seal, slice_of(sqlite3_column_blob(q, place),
	    (size_t)sqlite3_column_bytes(q, place)));
}

static void begin(struct store *s)
{
	if (!s->open_transaction && fine(s, sqlite3_exec(s->db,
	    "BEGIN IMMEDIATE", NULL, NULL, NULL), "begin"))
		s->open_transaction = true;
}

static void write_once(struct store *s, enum statement which,
    const char *what)
{
	begin(s);
	fine(s, sqlite3_step(s->run[which]), what);
	sqlite3_reset(s->run[which]);
	sqlite3_clear_bindings(s->run[which]);
}

void store_put(struct store *s, const char *kind, const void *name,
    size_t name_n, const void *blob, size_t n)
{
	sqlite3_stmt *q = s->run[PUT];

	sqlite3_bind_text(q, 1, kind, -1, SQLITE_STATIC);
	sqlite3_bind_blob(q, 2, name, (int)name_n, SQLITE_STATIC);
	bind_sealed(s, q, 3, slice_of(blob, n));
	write_once(s, PUT, "keep state");
}

void store_clear(struct store *s, const char *kind)
{
	sqlite3_bind_text(s->run[CLEAR], 1, kind, -1, SQLITE_STATIC);
	write_once(s, CLEAR, "replace state");
}

void store_prune(struct store *s, const char *kind,
    bool (*keep)(const void *name, size_t name_n, void *arg), void *arg)
{
	sqlite3_stmt *q = s->run[NAMES], *drop = s->run[DROP];

	begin(s);
	sqlite3_bind_text(q, 1, kind, -1, SQLITE_STATIC);
	while (sqlite3_step(q) == SQLITE_ROW) {
		const void *name = sqlite3_column_blob(q, 0);
		int n = sqlite3_column_bytes(q, 0);

		if (keep(name, (size_t)n, arg))
			continue;
		sqlite3_bind_text(drop, 1, kind, -1, SQLITE_STATIC);
		sqlite3_bind_blob(drop, 2, name, n, SQLITE_TRANSIENT);
		write_once(s, DROP, "forget state");
	}
	sqlite3_reset(q);
}

void store_each(struct store *s, const char *kind, bool (*see)(
    const void *name, size_t name_n, const void *blob, size_t n, void *arg),
    void *arg)
{
	sqlite3_stmt *q = s->run[EACH];

	sqlite3_bind_text(q, 1, kind, -1, SQLITE_STATIC);
	while (sqlite3_step(q) == SQLITE_ROW) {
		struct slice blob = column(s, q, 1);

		if (!slice_short(blob) && !see(sqlite3_column_blob(q, 0),
		    (size_t)sqlite3_column_bytes(q, 0), blob.p, blob.n, arg))
			break;
	}
	sqlite3_reset(q);
}

int64_t store_event(struct store *s, const struct event *ev,
    const char *user)
{
	sqlite3_stmt *q = s->run[EVENT];

	sqlite3_bind_int64(q, 1, ev->at_us);
	sqlite3_bind_text(q, 2, user, -1, SQLITE_STATIC);
	bind_sealed(s, q, 3, slice_of(ev, sizeof(*ev)));
	write_once(s, EVENT, "keep an event");
	return sqlite3_last_insert_rowid(s->db);
}

void store_events(struct store *s, int64_t after, const char *user,
    int64_t from_us, bool (*see)(int64_t number, const struct event *ev,
    void *arg), void *arg)
{
	sqlite3_stmt *q = s->run[user != NULL ? EVENTS_OF : EVENTS];
	struct event ev;

	sqlite3_bind_int64(q, 1, after);
	sqlite3_bind_int64(q, 2, from_us);
	if (user != NULL)
		sqlite3_bind_text(q, 3, user, -1, SQLITE_STATIC);
	while (sqlite3_step(q) == SQLITE_ROW) {
		struct slice blob = column(s, q, 1);

		if (blob.n != sizeof(ev))
			continue;
		memcpy(&ev, blob.p, sizeof(ev));
		if (!see(sqlite3_column_int64(q, 0), &ev, arg))
			break;
	}
	sqlite3_reset(q);
}

void store_alert(struct store *s, const char *id, int64_t at_us,
    const void *blob, size_t n)
{
	sqlite3_stmt *q = s->run[ALERT];

	sqlite3_bind_text(q, 1, id, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, at_us);
	sqlite3_bind_blob(q, 3, blob, (int)n, SQLITE_STATIC);
	write_once(s, ALERT, "keep an alert");
}

bool store_has_alert(struct store *s, const char *id)
{
	sqlite3_stmt *q = s->run[HAS];
	bool there;

	sqlite3_bind_text(q, 1, id, -1, SQLITE_STATIC);
	there = sqlite3_step(q) == SQLITE_ROW;
	sqlite3_reset(q);
	return there;
}

const void *store_alert_find(struct store *s, const char *id, size_t *n)
{
	sqlite3_stmt *q = s->run[FIND];
	static const char hex[] = "0123456789abcdef";
	const void *blob;

	sqlite3_reset(q);
	if (*id == '\0' || id[strspn(id, hex)] != '\0')
		return NULL;
	sqlite3_bind_text(q, 1, id, -1, SQLITE_TRANSIENT);
	if (sqlite3_step(q) != SQLITE_ROW)
		return NULL;
	/* the only one?  then step back to it */
	if (sqlite3_step(q) == SQLITE_ROW) {
		sqlite3_reset(q);
		return NULL;
	}
	sqlite3_reset(q);
	if (sqlite3_step(q) != SQLITE_ROW)
		return NULL;
	blob = sqlite3_column_blob(q, 0);
	*n = (size_t)sqlite3_column_bytes(q, 0);
	return blob;
}

void store_alerts(struct store *s, bool (*see)(const char *id,
    const void *blob, size_t n, void *arg), void *arg)
{
	sqlite3_stmt *q = s->run[ALERTS];

	while (sqlite3_step(q) == SQLITE_ROW)
		if (!see((const char *)sqlite3_column_text(q, 0),
		    sqlite3_column_blob(q, 1),
		    (size_t)sqlite3_column_bytes(q, 1), arg))
			break;
	sqlite3_reset(q);
}

void store_forget(struct store *s, int64_t events_us, int64_t alerts_us)
{
	sqlite3_bind_int64(s->run[FORGET_EVENTS], 1, events_us);
	write_once(s, FORGET_EVENTS, "forget old events");
	sqlite3_bind_int64(s->run[FORGET_ALERTS], 1, alerts_us);
	write_once(s, FORGET_ALERTS, "forget old alerts");
}

void store_forget_user(struct store *s, const char *user, int64_t since_us)
{
	sqlite3_bind_text(s->run[FORGET_USER], 1, user, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s->run[FORGET_USER], 2, since_us);
	write_once(s, FORGET_USER, "forget a user's events");
}
