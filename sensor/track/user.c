/*
 * user.c - the table of users: who is awake, who sleeps, who is forgotten.
 *
 * A head's place in its table is its identity: it stays where it is.
 */
#include "track/user.h"

#include <stdlib.h>
#include <string.h>

#include "base/pack.h"

struct user_key {
	char name[USER_NAME];
};

static struct user_key key_of(const char *name)
{
	struct user_key k = { 0 };

	strncpy(k.name, name, sizeof(k.name) - 1);
	return k;
}

/* All but the name: that is in the head's key. */
static size_t packed_from(const struct users *u)
{
	return sizeof(struct user) - USER_NAME + u->states;
}

static unsigned char *body(struct user *user)
{
	return (unsigned char *)user + USER_NAME;
}

static struct user *awake_of(const struct users *u,
    const struct user_head *h)
{
	return h->shelf != 0 ? NULL : table_peek(&u->awake, &h);
}

static struct user_head *head_of(const struct users *u,
    const struct user *user)
{
	struct user_head *h;

	memcpy(&h, table_key(&u->awake, user), sizeof(h));
	return h;
}

static void note(struct user_head *h, const struct user *user)
{
	h->last_us = user->last_us;
	h->group = user->group;
	h->day = user->day;
	h->dirty = user->dirty;
	h->oldest = user_oldest(user);
	h->open = false;
	for (unsigned int i = 0; i < WINDOWS; i++)
		h->open |= user->windows[i].today.bytes > 0;
}

static void drop_memory(struct users *u, struct user_head *h)
{
	if (h->shelf != 0)
		shelf_drop(&u->asleep, h->shelf);
	else
		table_remove(&u->awake, &h);
}

static void evicted(struct users *u, const struct user_head *h)
{
	u->evicted++;
	if (u->on_evict != NULL)
		u->on_evict(h, u->arg);
}

/* The table of heads is full: its oldest goes. */
static void evicted_head(void *value, void *arg)
{
	struct user_head *h = value;
	struct users *u = arg;
	struct user *user = awake_of(u, h);

	if (user != NULL)
		note(h, user);
	evicted(u, h);
	drop_memory(u, h);
}

/* No room for the sleep of another: the oldest of those asleep goes. */
static bool make_room(struct users *u)
{
	struct user_head *h = table_oldest(&u->heads);

	while (h != NULL && (h->shelf == 0 || h == u->waking))
		h = table_newer(&u->heads, h);
	if (h == NULL)
		return false;
	evicted_head(h, u);
	table_remove(&u->heads, table_key(&u->heads, h));
	return true;
}

static struct slice packed(struct users *u, struct user *user)
{
	bool dirty = user->dirty;
	size_t n;

	user->dirty = false;
	n = pack(u->scratch, body(user), packed_from(u));
	user->dirty = dirty;
	return slice_of(u->scratch, n);
}

/* Many are awake: the one looked at longest ago falls asleep. */
static void fall_asleep(void *value, void *arg)
{
	struct user *user = value;
	struct users *u = arg;
	struct user_head *h = head_of(u, user);
	struct slice p = packed(u, user);

	note(h, user);
	h->packed = (uint32_t)p.n;
	do {
		h->shelf = shelf_put(&u->asleep, p.p, p.n);
	} while (h->shelf == 0 && make_room(u));
	if (h->shelf != 0)
		return;
	evicted(u, h);			/* one alone is too much */
	table_remove(&u->heads, table_key(&u->heads, h));
}

bool users_init(struct users *u, uint32_t max, size_t asleep_bytes,
    size_t states)
{
	*u = (struct users){ .states = states };
	u->scratch = malloc(PACK_MOST(packed_from(u)));
	if (u->scratch == NULL ||
	    !table_init(&u->heads, sizeof(struct user_key),
	    sizeof(struct user_head), max) ||
	    !table_init(&u->awake, sizeof(struct user_head *),
	    sizeof(struct user) + states, USERS_AWAKE) ||
	    !shelf_init(&u->asleep, asleep_bytes))
		return false;
	u->heads.on_evict = evicted_head;
	u->awake.on_evict = fall_asleep;
	u->heads.arg = u->awake.arg = u;
	return true;
}

void users_free(struct users *u)
{
	u->heads.on_evict = u->awake.on_evict = NULL;
	table_free(&u->heads);
	table_free(&u->awake);
	shelf_free(&u->asleep);
	free(u->scratch);
	u->scratch = NULL;
}

bool users_unpack(const struct users *u, struct user *user,
    struct slice from)
{
	return unpack(body(user), packed_from(u), from);
}

struct user *users_wake(struct users *u, struct user_head *h)
{
	struct user *user;
	bool fresh;

	u->waking = h;
	user = table_make(&u->awake, &h, &fresh);
	u->waking = NULL;
	if (user == NULL || !fresh)
		return user;
	memcpy(user->name, table_key(&u->heads, h), sizeof(user->name));
	if (h->shelf == 0)
		return user;		/* made just now */
	u->woken++;
	shelf_read(&u->asleep, h->shelf, u->scratch, h->packed);
	if (!users_unpack(u, user, slice_of(u->scratch, h->packed)))
		memset(body(user), 0, packed_from(u));	/* not possible */
	user->dirty = h->dirty;
	shelf_drop(&u->asleep, h->shelf);
	h->shelf = 0;
	return user;
}

bool users_know(const struct users *u, const char *name)
{
	struct user_key k = key_of(name);

	return table_peek(&u->heads, &k) != NULL;
}

struct user *users_find(struct users *u, const char *name)
{
	struct user_key k = key_of(name);
	struct user_head *h = table_find(&u->heads, &k);

	return h == NULL ? NULL : users_wake(u, h);
}

struct user *users_peek(struct users *u, const char *name)
{
	struct user_key k = key_of(name);
	struct user_head *h = table_peek(&u->heads, &k);

	return h == NULL ? NULL : users_wake(u, h);
}

struct user *users_make(struct users *u, const char *name, bool *fresh)
{
	struct user_key k = key_of(name);
	struct user_head *h = table_make(&u->heads, &k, fresh);

	return h == NULL ? NULL : users_wake(u, h);
}

void users_forget(struct users *u, const char *name)
{
	struct user_key k = key_of(name);
	struct user_head *h = table_peek(&u->heads, &k);

	if (h == NULL)
		return;
	drop_memory(u, h);
	table_remove(&u->heads, &k);
}

struct user *users_rename(struct users *u, const char *from, const char *to)
{
	struct user *old = users_find(u, from), *user;
	bool fresh;

	if (old == NULL)
		return NULL;
	user = users_make(u, to, &fresh);
	if (user == NULL)
		return NULL;
	memcpy(body(user), body(old), packed_from(u));
	user->dirty = true;
	users_forget(u, from);
	return user;
}

struct user_head *users_first(struct users *u)
{
	for (struct user *user = table_oldest(&u->awake); user != NULL;
	    user = table_newer(&u->awake, user))
		note(head_of(u, user), user);
	return table_oldest(&u->heads);
}

struct user_head *users_next(const struct users *u,
    const struct user_head *h)
{
	return table_newer(&u->heads, h);
}

const char *users_name(const struct users *u, const struct user_head *h)
{
	return table_key(&u->heads, h);
}

struct slice users_packed(struct users *u, const struct user_head *h)
{
	struct user *user = awake_of(u, h);

	if (user != NULL)
		return packed(u, user);
	shelf_read(&u->asleep, h->shelf, u->scratch, h->packed);
	return slice_of(u->scratch, h->packed);
}

void users_saved(struct users *u, struct user_head *h)
{
	struct user *user = awake_of(u, h);

	h->dirty = false;
	if (user != NULL)
		user->dirty = false;
}

struct aged {
	int64_t last_us;
	const char *name;
};

static int by_last(const void *a, const void *b)
{
	const struct aged *x = a, *y = b;

	return x->last_us != y->last_us ? (x->last_us > y->last_us ? 1 : -1) :
	    strcmp(x->name, y->name);
}

void users_sort(struct users *u)
{
	uint32_t n = users_count(u), i = 0;
	struct aged *all = calloc(n + 1, sizeof(*all));

	if (all == NULL)
		return;
	for (struct user_head *h = users_first(u); h != NULL;
	    h = users_next(u, h))
		all[i++] = (struct aged){ h->last_us, users_name(u, h) };
	qsort(all, n, sizeof(*all), by_last);
	for (i = 0; i < n; i++)
		table_find(&u->heads, all[i].name);
	free(all);
}
