/* store_parts.h - what the files that know SQLite share. */
#ifndef STORE_PARTS_H
#define STORE_PARTS_H

#include <sqlite3.h>

#include "privacy/seal.h"
#include "track/store.h"

enum statement { PUT, CLEAR, EACH, NAMES, DROP, EVENT, EVENTS, EVENTS_OF,
	ALERT, HAS, FIND, ALERTS, FORGET_EVENTS, FORGET_ALERTS, FORGET_USER,
	USER_EVENTS, ERASE_EVENT, ERASE_ALERT, STATEMENTS };

struct store {
	sqlite3 *db;
	sqlite3_stmt *run[STATEMENTS];
	bool open_transaction, failing;
	struct seal *seal;		/* NULL: written as it is */
};

struct kept_event {			/* as it is kept, before sealing */
	struct event ev;
	struct store_told told;
};

/* store.c */
/* Former versions kept the event alone, and shorter texts at its end.  False:
 * it is none of these. */
bool store_kept(struct slice blob, struct kept_event *kept);
/* As it was written; short when it cannot be opened. */
struct slice store_column(struct store *s, sqlite3_stmt *q, int place);
/* One change, within the open transaction. */
void store_write(struct store *s, enum statement which, const char *what);

#endif
