/* store_parts.h - what the files that know SQLite share. */
#ifndef STORE_PARTS_H
#define STORE_PARTS_H

#include <sqlite3.h>

#include "privacy/seal.h"
#include "track/store.h"

enum statement { PUT, CLEAR, EACH, NAMES, DROP, EVENT, EVENTS, EVENTS_OF,
	ALERT, HAS, FIND, ALERTS, FORGET_EVENTS, FORGET_ALERTS, FORGET_USER,
	STATEMENTS };

struct store {
	sqlite3 *db;
	sqlite3_stmt *run[STATEMENTS];
	bool open_transaction, failing;
	struct seal *seal;		/* NULL: written as it is */
};

#endif
