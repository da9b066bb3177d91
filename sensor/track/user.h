/*
 * user.h - everything remembered of one user.
 *
 * A user is an account where that is sure enough, else a device, else an
 * address; the caller decides and gives the name.  A group that is not
 * monitored has no users here at all.
 *
 * Whoever was seen lately is awake: one struct, 12 kB with the detections'
 * memory, mostly zeros.  The others sleep, packed (base/pack.h) to a tenth of
 * that, and are woken when they are found.  Users, and the memory of those
 * asleep, are bounded: at either bound the one seen longest ago is
 * forgotten, and counted.
 */
#ifndef TRACK_USER_H
#define TRACK_USER_H

#include "base/slice.h"
#include "base/table.h"
#include "track/baseline.h"
#include "track/ledger.h"
#include "track/shelf.h"
#include "track/window.h"

enum { USER_NAME = 96, USER_INCIDENTS = 6, USER_TRANSFERS = 16,
	USERS_AWAKE = 2048 };

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

/* What is known of a user without waking him. */
struct user_head {
	int64_t last_us;
	uint32_t group, day;
	uint32_t shelf;			/* where he sleeps; 0: awake */
	uint32_t packed;		/* bytes there */
	uint32_t oldest;		/* user_oldest() */
	bool dirty;
	bool open;			/* moved something since `day` began */
};

struct users {
	struct table heads;		/* name -> struct user_head */
	struct table awake;		/* its address -> struct user */
	struct shelf asleep;
	size_t states;			/* bytes of states[] */
	unsigned char *scratch;		/* one user, packed */
	const struct user_head *waking;	/* must not be forgotten */
	uint64_t woken;
	uint64_t evicted;		/* forgotten at a bound */
	void (*on_evict)(const struct user_head *h, void *arg);
	void *arg;
};

/* asleep_bytes: for all that sleep.  False: no memory.  Only what is used is
 * ever touched. */
__attribute__((warn_unused_result))
bool users_init(struct users *u, uint32_t max, size_t asleep_bytes,
    size_t states);
void users_free(struct users *u);

/* A user that was found or made stays where he is while fewer than
 * USERS_AWAKE others are. */
struct user *users_find(struct users *u, const char *name);
struct user *users_make(struct users *u, const char *name, bool *fresh);
/* As users_find(), but he stays among the oldest. */
struct user *users_peek(struct users *u, const char *name);
bool users_know(const struct users *u, const char *name);
/* The same person under another name; NULL: no such user. */
struct user *users_rename(struct users *u, const char *from, const char *to);
void users_forget(struct users *u, const char *name);

static inline uint32_t users_count(const struct users *u)
{
	return table_count(&u->heads);
}

/*
 * All of them, oldest first, without waking any; stable while none is made,
 * forgotten or found.  What a head says of somebody awake is as old as
 * users_first().
 */
struct user_head *users_first(struct users *u);
struct user_head *users_next(const struct users *u,
    const struct user_head *h);
const char *users_name(const struct users *u, const struct user_head *h);
/* Wakes him; his place stays. */
struct user *users_wake(struct users *u, struct user_head *h);
/* As old as they were last seen, after they came in another order. */
void users_sort(struct users *u);

/* All of struct user and states[] but the name, packed: until the next call
 * of anything.  And back, into a user just made. */
struct slice users_packed(struct users *u, const struct user_head *h);
__attribute__((warn_unused_result))
bool users_unpack(const struct users *u, struct user *user,
    struct slice packed);
/* He is as the snapshot says. */
void users_saved(struct users *u, struct user_head *h);

/* user_age.c: the oldest day that is remembered as a day; 0: none. */
uint32_t user_oldest(const struct user *u);
/* Such days before that one are forgotten; how many closed days. */
uint32_t user_forget_before(struct user *u, uint32_t day);

/* What `from` did since then is now known to be `into`'s: move it over. */
void user_move_since(struct user *into, struct user *from,
    int64_t since_us, int64_t now_us);

#endif
