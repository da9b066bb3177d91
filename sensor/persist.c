/*
 * persist.c - the analysis' memory into the store and back.
 *
 * A snapshot now and then, and every event that changed something since: so
 * after kill -9 the events are played again on top of the snapshot, and the
 * state is what it was.  A snapshot of another version of weir is not read:
 * then all stored events are played from the beginning, which is slower and
 * comes to the same.  Alerts that went out before are not sent twice.
 */
#include "analysis_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/log.h"
#include "persist.h"

enum { SNAPSHOT_EVENTS = 50000, SNAPSHOT_COMMITS = 600, KEY_TEXT = 32,
	GROUP_TEXT = 32, STATE_NAME = 32 };

struct meta {
	uint64_t layout;
	int64_t number;			/* newest event inside */
	int64_t since_us, now_us, due_us;
	uint64_t transfers;
	uint32_t hour, zero;
};

/* Differs whenever a remembered struct does. */
static uint64_t layout(void)
{
	uint64_t sizes[] = { 1, sizeof(struct user), sizeof(struct cohort),
		sizeof(struct pending), sizeof(struct binding),
		sizeof(struct mac_seen), sizeof(struct resource_use),
		sizeof(struct event), sizeof(struct class_use) };

	return XXH3_64bits(sizes, sizeof(sizes));
}

/* ---- tables whose entries hold no pointers: one blob each ---- */

struct plain {
	const char *kind;
	struct table *table;
	size_t key, value;
};

static size_t plain_tables(struct analysis *a, struct plain p[6])
{
	size_t n = 0;

	p[n++] = (struct plain){ "bindings", &a->bindings.by_addr,
		sizeof(struct addr), sizeof(struct binding) };
	p[n++] = (struct plain){ "macs", &a->bindings.by_mac,
		sizeof(struct mac_key), sizeof(struct mac_seen) };
	p[n++] = (struct plain){ "popular", &a->popular.uses,
		sizeof(uint32_t), sizeof(struct resource_use) };
	p[n++] = (struct plain){ "common", &a->common.classes,
		sizeof(struct class_key), sizeof(struct class_use) };
	p[n++] = (struct plain){ "presence", &a->presence,
		sizeof(struct presence_key), sizeof(int64_t) };
	return n;
}

static void save_plain(struct analysis *a, const struct plain *p)
{
	size_t one = p->key + p->value, n = 0;
	char *all = malloc(one * table_count(p->table) + 1);

	if (all == NULL)
		return;
	for (void *v = table_oldest(p->table); v != NULL;
	    v = table_newer(p->table, v)) {
		memcpy(all + n, table_key(p->table, v), p->key);
		memcpy(all + n + p->key, v, p->value);
		n += one;
	}
	store_put(a->store, p->kind, "", 0, all, n);
	free(all);
}

static bool load_plain(const void *name, size_t name_n, const void *blob,
    size_t n, void *arg)
{
	const struct plain *p = arg;
	size_t one = p->key + p->value;
	const char *at = blob;

	(void)name;
	(void)name_n;
	for (; n >= one; n -= one, at += one) {
		char key[64];
		bool fresh;
		void *v;

		memcpy(key, at, p->key);
		v = table_make(p->table, key, &fresh);
		if (v != NULL)
			memcpy(v, at + p->key, p->value);
	}
	return true;
}

/* ---- users: the common part, then each detection's by its name ---- */

struct user_head {
	char group[GROUP_TEXT];
	uint32_t parts, zero;
};

struct part_head {
	char name[STATE_NAME];
	uint64_t size;
};

static void save_user(struct analysis *a, const struct user *u)
{
	const struct group *g = policy_group_at(a->config->policy, u->group);
	struct user_head head = { 0 };
	char *at = a->scratch;

	snprintf(head.group, sizeof(head.group), "%s", g->id);
	while (detections[head.parts] != NULL)
		head.parts++;
	memcpy(at, &head, sizeof(head));
	at += sizeof(head);
	memcpy(at, u, sizeof(*u));
	at += sizeof(*u);
	for (uint32_t i = 0; i < head.parts; i++) {
		struct part_head part = { .size = detections[i]->state_size };

		snprintf(part.name, sizeof(part.name), "%s",
		    detections[i]->name);
		memcpy(at, &part, sizeof(part));
		at += sizeof(part);
		memcpy(at, u->states + a->states_at[i], part.size);
		at += part.size;
	}
	store_put(a->store, "user", u->name, strlen(u->name), a->scratch,
	    (size_t)(at - a->scratch));
}

/* A detection that is gone or changed begins anew; the others go on. */
static void load_states(struct analysis *a, struct user *u, struct slice in,
    uint32_t parts)
{
	while (parts-- > 0) {
		struct part_head part;
		const void *head = slice_bytes(&in, sizeof(part)), *state;

		if (head == NULL)
			return;
		memcpy(&part, head, sizeof(part));
		state = slice_bytes(&in, part.size);
		if (state == NULL)
			return;
		for (unsigned int i = 0; detections[i] != NULL; i++)
			if (strcmp(detections[i]->name, part.name) == 0 &&
			    detections[i]->state_size == part.size)
				memcpy(u->states + a->states_at[i], state,
				    part.size);
	}
}

static bool load_user(const void *name, size_t name_n, const void *blob,
    size_t n, void *arg)
{
	struct analysis *a = arg;
	struct slice in = slice_of(blob, n);
	const void *h = slice_bytes(&in, sizeof(struct user_head));
	const void *core = slice_bytes(&in, sizeof(struct user));
	const struct group *g;
	struct user_head head;
	char key[USER_NAME] = "";
	struct user *u;
	bool fresh;

	if (core == NULL || name_n >= sizeof(key))
		return true;
	memcpy(key, name, name_n);
	memcpy(&head, h, sizeof(head));
	g = policy_group_by_id(a->config->policy, head.group);
	if (g != NULL && !g->monitor)
		return true;		/* no longer: nothing is kept */
	u = users_make(&a->users, key, &fresh);
	if (u == NULL)
		return true;
	memcpy(u, core, sizeof(*u));
	if (g != NULL)
		u->group = g->index;
	load_states(a, u, in, head.parts);
	analysis_member(a, u, 1);
	return true;
}

static int by_last(const void *a, const void *b)
{
	const struct user *x = *(struct user *const *)a;
	const struct user *y = *(struct user *const *)b;

	return x->last_us != y->last_us ? (x->last_us > y->last_us ? 1 : -1) :
	    strcmp(x->name, y->name);
}

/* The table forgets the oldest first: put them into that order again. */
static void order_users(struct analysis *a)
{
	uint32_t n = table_count(&a->users.table), i = 0;
	struct user **all = calloc(n + 1, sizeof(*all));

	if (all == NULL)
		return;
	for (struct user *u = users_first(&a->users); u != NULL;
	    u = users_next(&a->users, u))
		all[i++] = u;
	qsort(all, n, sizeof(*all), by_last);
	for (i = 0; i < n; i++)
		users_find(&a->users, all[i]->name);
	free(all);
}

static void save_users(struct analysis *a)
{
	uint64_t gone = a->users.table.evicted + a->counts.users_moved;
	bool all = gone != a->saved_gone || !a->saved_once;

	if (all)
		store_clear(a->store, "user");
	a->saved_gone = gone;
	for (struct user *u = users_first(&a->users); u != NULL;
	    u = users_next(&a->users, u))
		if (all || u->dirty) {
			u->dirty = false;
			save_user(a, u);
		}
}

/* ---- cohorts ---- */

static void save_cohorts(struct analysis *a)
{
	for (uint32_t i = 0; i < POLICY_GROUPS; i++) {
		const struct group *g;

		if (a->cohorts[i] == NULL ||
		    i >= policy_groups(a->config->policy))
			continue;
		g = policy_group_at(a->config->policy, i);
		store_put(a->store, "cohort", g->id, strlen(g->id),
		    a->cohorts[i], sizeof(struct cohort));
	}
	store_put(a->store, "cohort", "*", 1, a->everyone,
	    sizeof(struct cohort));
}

static bool load_cohort(const void *name, size_t name_n, const void *blob,
    size_t n, void *arg)
{
	struct analysis *a = arg;
	struct cohort *c = a->everyone;
	char id[GROUP_TEXT] = "";
	const struct group *g;

	if (n != sizeof(*c) || name_n >= sizeof(id))
		return true;
	memcpy(id, name, name_n);
	if (strcmp(id, "*") != 0) {
		g = policy_group_by_id(a->config->policy, id);
		c = g == NULL ? NULL : analysis_cohort(a, g->index);
	}
	if (c == NULL)
		return true;
	memcpy(c, blob, n);
	c->members = 0;			/* counted again as they come */
	return true;
}

/* ---- alerts: their keys are pointers ---- */

size_t persist_alert(const struct alert *a, char *into, size_t size)
{
	size_t n = sizeof(*a) + KEY_TEXT * (a->evidence_n + 1);
	char *key = into + sizeof(*a);

	if (n > size)
		return 0;
	memcpy(into, a, sizeof(*a));
	memset(key, 0, n - sizeof(*a));
	snprintf(key, KEY_TEXT, "%s", a->kind);
	for (unsigned int i = 0; i < a->evidence_n; i++)
		snprintf(key + KEY_TEXT * (i + 1), KEY_TEXT, "%s",
		    a->evidence[i].key);
	return n;
}

static void name_kind(struct alert *a, const char *kind)
{
	a->kind = a->title = "unknown";
	for (unsigned int i = 0; detections[i] != NULL; i++)
		if (strcmp(detections[i]->name, kind) == 0) {
			a->kind = detections[i]->name;
			a->title = detections[i]->title;
		}
}

bool persist_alert_read(struct persisted *p, const void *blob, size_t n)
{
	struct slice in = slice_of(blob, n);
	const void *alert = slice_bytes(&in, sizeof(p->alert)), *key;
	char kind[KEY_TEXT];

	if (alert == NULL)
		return false;
	memcpy(&p->alert, alert, sizeof(p->alert));
	if (p->alert.evidence_n > ALERT_EVIDENCE ||
	    (key = slice_bytes(&in, KEY_TEXT)) == NULL)
		return false;
	memcpy(kind, key, KEY_TEXT);
	kind[KEY_TEXT - 1] = '\0';
	name_kind(&p->alert, kind);
	for (unsigned int i = 0; i < p->alert.evidence_n; i++) {
		key = slice_bytes(&in, KEY_TEXT);
		if (key == NULL)
			return false;
		memcpy(p->keys[i], key, KEY_TEXT);
		p->keys[i][KEY_TEXT - 1] = '\0';
		p->alert.evidence[i].key = p->keys[i];
	}
	return true;
}

/* Interned for the life of the analysis: keys are few. */
static const char *intern(struct analysis *a, const char *key)
{
	unsigned int i = 0;

	for (; i < KEYS_MAX && a->keys[i] != NULL; i++)
		if (strcmp(a->keys[i], key) == 0)
			return a->keys[i];
	return i == KEYS_MAX ? "other" : (a->keys[i] = strdup(key));
}

static void save_pending(struct analysis *a)
{
	store_clear(a->store, "pending");
	for (struct pending *p = table_oldest(&a->pending); p != NULL;
	    p = table_newer(&a->pending, p)) {
		size_t n = sizeof(*p);

		memcpy(a->scratch, p, n);
		n += persist_alert(&p->alert, a->scratch + n,
		    SCRATCH - n);
		store_put(a->store, "pending", table_key(&a->pending, p),
		    sizeof(struct pending_key), a->scratch, n);
	}
}

static bool load_pending(const void *name, size_t name_n, const void *blob,
    size_t n, void *arg)
{
	struct analysis *a = arg;
	struct pending_key k;
	struct persisted *read = calloc(1, sizeof(*read));
	struct pending *p;
	bool fresh;

	if (read == NULL || name_n != sizeof(k) || n < sizeof(*p))
		goto out;
	memcpy(&k, name, sizeof(k));
	if (!persist_alert_read(read, (const char *)blob + sizeof(*p),
	    n - sizeof(*p)))
		goto out;
	p = table_make(&a->pending, &k, &fresh);
	if (p == NULL)
		goto out;
	memcpy(p, blob, sizeof(*p));
	p->alert = read->alert;
	for (unsigned int i = 0; i < p->alert.evidence_n; i++)
		p->alert.evidence[i].key = intern(a,
		    read->alert.evidence[i].key);
out:
	free(read);
	return true;
}

/* ---- the whole ---- */

void persist_snapshot(struct analysis *a)
{
	struct plain tables[6];
	size_t n = plain_tables(a, tables);
	struct meta m = { .layout = layout(), .number = a->number,
		.since_us = a->since_us, .now_us = a->now_us,
		.due_us = a->due_us, .transfers = a->transfers,
		.hour = a->hour };

	for (size_t i = 0; i < n; i++)
		save_plain(a, &tables[i]);
	save_users(a);
	save_cohorts(a);
	save_pending(a);
	store_put(a->store, "meta", "", 0, &m, sizeof(m));
	a->saved_once = store_commit(a->store);
	a->events_unsaved = a->commits_unsaved = 0;
}

static bool load_meta(const void *name, size_t name_n, const void *blob,
    size_t n, void *arg)
{
	struct meta *m = arg;

	(void)name;
	(void)name_n;
	if (n == sizeof(*m))
		memcpy(m, blob, sizeof(*m));
	return false;
}

static bool play(int64_t number, const struct event *ev, void *arg)
{
	struct analysis *a = arg;

	analysis_one(a, ev);
	a->number = number;
	a->events_unsaved++;
	return true;
}

static void load(struct analysis *a, const struct meta *m)
{
	struct plain tables[6];
	size_t n = plain_tables(a, tables);

	for (size_t i = 0; i < n; i++)
		store_each(a->store, tables[i].kind, load_plain, &tables[i]);
	store_each(a->store, "cohort", load_cohort, a);
	store_each(a->store, "user", load_user, a);
	order_users(a);
	store_each(a->store, "pending", load_pending, a);
	a->since_us = m->since_us;
	a->now_us = m->now_us;
	a->due_us = m->due_us;
	a->transfers = m->transfers;
	a->hour = m->hour;
	a->number = m->number;
}

bool analysis_keep(struct analysis *a, const char *path)
{
	struct meta m = { 0 };

	analysis_service(a);
	a->store = store_open(path);
	if (a->store == NULL)
		return false;
	store_each(a->store, "meta", load_meta, &m);
	a->playing = true;
	if (m.layout == layout()) {
		load(a, &m);
	} else if (m.layout != 0) {
		log_info("store: a snapshot of another version; playing all "
		    "stored events again");
		a->rebuilding = true;
	}
	store_events(a->store, a->number, NULL, 0, play, a);
	a->playing = a->rebuilding = false;
	return true;
}

/* A month of events is kept, for `weir what-if` and `weir tune`. */
static void retention(struct analysis *a)
{
	int64_t day = a->now_us / DAY_US;

	if (day == a->forgot_day)
		return;
	a->forgot_day = day;
	store_forget(a->store, a->now_us - 35 * DAY_US);
}

void analysis_commit(struct analysis *a)
{
	if (a->store == NULL)
		return;
	retention(a);
	a->commits_unsaved++;
	if (a->events_unsaved >= SNAPSHOT_EVENTS || (a->events_unsaved > 0 &&
	    a->commits_unsaved >= SNAPSHOT_COMMITS))
		persist_snapshot(a);
	else
		store_commit(a->store);
}

void persist_event(struct analysis *a, const struct event *ev,
    const char *user)
{
	if (a->store == NULL || a->playing)
		return;
	a->number = store_event(a->store, ev, user);
	a->events_unsaved++;
}

/* True when it has to be sent: it has not been, as far as is known. */
bool persist_send(struct analysis *a, const struct alert *al)
{
	size_t n;

	if (a->store == NULL)
		return true;
	if (a->rebuilding || store_has_alert(a->store, al->id))
		return false;
	n = persist_alert(al, a->scratch, SCRATCH);
	store_alert(a->store, al->id, al->at_us, a->scratch, n);
	return true;
}
