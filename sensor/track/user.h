/*
 * user.h - everything remembered of one user, in one allocation.
 *
 * A user is an account where that is sure enough, else a device, else an
 * address; the caller decides and gives the name.  The table is bounded: at
 * its bound the user seen longest ago is forgotten, and counted.  A group
 * that is not monitored has no users here at all.
 */
#ifndef TRACK_USER_H
#define TRACK_USER_H

#include "base/table.h"
#include "track/baseline.h"
#include "track/ledger.h"
#include "track/window.h"

enum { USER_NAME = 96, USER_INCIDENTS = 6, USER_TRANSFERS = 16 };

struct incident {		/* the last one of a kind */
	uint32_t day;			/* local; 0: none */
	uint32_t updates;
	uint64_t id;			/* of its newest alert */
	uint64_t bytes;
	uint32_t count;
	uint32_t grounds;		/* alert->grounds so far */
	int64_t at_us;
	int score;
	int risk;
};

struct user {
	char name[USER_NAME];		/* its key */
	uint32_t group;			/* group->index */
	uint32_t day;			/* local day last seen */
	bool dirty;			/* changed since the last snapshot */
	int64_t first_us, last_us;
	struct window windows[WINDOWS];
	struct ledger ledger;
	struct baseline base;
	struct incident incidents[USER_INCIDENTS];	/* by detection */
	uint64_t transfers[USER_TRANSFERS];	/* newest counted ones */
	uint32_t transfers_n;		/* ever */
	double risk;			/* points, decayed to risk_us */
	int64_t risk_us;
	_Alignas(8) unsigned char states[];	/* the detections' memory */
};

struct users {
	struct table table;
	size_t states;			/* bytes of states[] */
};

/* False: no memory.  Only what is used is ever touched. */
__attribute__((warn_unused_result))
bool users_init(struct users *u, uint32_t max, size_t states);
void users_free(struct users *u);

struct user *users_find(struct users *u, const char *name);
struct user *users_make(struct users *u, const char *name, bool *fresh);
/* The same person under another name; NULL: no such user. */
struct user *users_rename(struct users *u, const char *from, const char *to);
void users_forget(struct users *u, const char *name);

/* Oldest first; stable while none is made or found. */
struct user *users_first(const struct users *u);
struct user *users_next(const struct users *u, const struct user *user);

/* What `from` did since then is now known to be `into`'s: move it over. */
void user_move_since(struct user *into, struct user *from,
    int64_t since_us, int64_t now_us);

#endif
