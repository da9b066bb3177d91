/*
 * store.c - what is kept, and read back; with store_open.c and store_erase.c
 * the only files that know SQLite.
 *
 * Errors of the environment are said at the first failure and at the
 * recovery, not at every write.
 */
#include "track/store_parts.h"

#include <string.h>

#include "base/log.h"

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

struct slice store_column(struct store *s, sqlite3_stmt *q, int place)
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

void store_write(struct store *s, enum statement which,
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
	store_write(s, PUT, "keep state");
}

void store_clear(struct store *s, const char *kind)
{
	sqlite3_bind_text(s->run[CLEAR], 1, kind, -1, SQLITE_STATIC);
	store_write(s, CLEAR, "replace state");
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
		store_write(s, DROP, "forget state");
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
		struct slice blob = store_column(s, q, 1);

		if (!slice_short(blob) && !see(sqlite3_column_blob(q, 0),
		    (size_t)sqlite3_column_bytes(q, 0), blob.p, blob.n, arg))
			break;
	}
	sqlite3_reset(q);
}

/* It ended with a text of 44 bytes, and 4 of nothing. */
enum { FORMER_EVENT = 256, FORMER_TEXT = 44 };

_Static_assert(offsetof(struct event, text) + FORMER_TEXT + 4 ==
    FORMER_EVENT, "the former event is the beginning of this one");

int64_t store_event(struct store *s, const struct event *ev,
    const char *user, const struct store_told *told)
{
	struct kept_event kept = { *ev, *told };
	sqlite3_stmt *q = s->run[EVENT];

	sqlite3_bind_int64(q, 1, ev->at_us);
	sqlite3_bind_text(q, 2, user, -1, SQLITE_STATIC);
	bind_sealed(s, q, 3, slice_of(&kept, sizeof(kept)));
	store_write(s, EVENT, "keep an event");
	return sqlite3_last_insert_rowid(s->db);
}

bool store_kept(struct slice blob, struct kept_event *kept)
{
	static const size_t lengths[] = { sizeof(kept->ev), FORMER_EVENT };

	memset(kept, 0, sizeof(*kept));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		bool told = blob.n == lengths[i] + sizeof(kept->told);

		if (!told && blob.n != lengths[i])
			continue;
		memcpy(&kept->ev, slice_bytes(&blob, lengths[i]), lengths[i]);
		if (lengths[i] == FORMER_EVENT)
			memset(kept->ev.text + FORMER_TEXT, 0,
			    sizeof(kept->ev.text) - FORMER_TEXT);
		if (told)
			memcpy(&kept->told, blob.p, sizeof(kept->told));
		return true;
	}
	return false;
}

void store_events(struct store *s, int64_t after, const char *user,
    int64_t from_us, bool (*see)(int64_t number, const struct event *ev,
    const struct store_told *told, void *arg), void *arg)
{
	sqlite3_stmt *q = s->run[user != NULL ? EVENTS_OF : EVENTS];
	struct kept_event kept;

	sqlite3_bind_int64(q, 1, after);
	sqlite3_bind_int64(q, 2, from_us);
	if (user != NULL)
		sqlite3_bind_text(q, 3, user, -1, SQLITE_STATIC);
	while (sqlite3_step(q) == SQLITE_ROW)
		if (store_kept(store_column(s, q, 1), &kept) &&
		    !see(sqlite3_column_int64(q, 0), &kept.ev, &kept.told,
		    arg))
			break;
	sqlite3_reset(q);
}

void store_alert(struct store *s, const char *id, int64_t at_us,
    const void *blob, size_t n)
{
	sqlite3_stmt *q = s->run[ALERT];

	sqlite3_bind_text(q, 1, id, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 2, at_us);
	sqlite3_bind_blob(q, 3, blob, (int)n, SQLITE_STATIC);
	store_write(s, ALERT, "keep an alert");
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

static uint64_t forget_before(struct store *s, enum statement which,
    int64_t before_us, const char *what)
{
	int before = sqlite3_total_changes(s->db);

	sqlite3_bind_int64(s->run[which], 1, before_us);
	store_write(s, which, what);
	return (uint64_t)(sqlite3_total_changes(s->db) - before);
}

struct store_forgotten store_forget(struct store *s, int64_t events_us,
    int64_t alerts_us)
{
	return (struct store_forgotten){
		.events = forget_before(s, FORGET_EVENTS, events_us,
		    "forget old events"),
		.alerts = forget_before(s, FORGET_ALERTS, alerts_us,
		    "forget old alerts"),
	};
}

void store_forget_user(struct store *s, const char *user, int64_t since_us)
{
	sqlite3_bind_text(s->run[FORGET_USER], 1, user, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s->run[FORGET_USER], 2, since_us);
	store_write(s, FORGET_USER, "forget a user's events");
}
