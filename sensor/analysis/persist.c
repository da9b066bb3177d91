/*
 * persist.c - the analysis' memory into the store and back.
 *
 * People and their groups are in persist_users.c, alerts in persist_alerts.c;
 * when it is done is keep.c's.
 */
#include "analysis/analysis_parts.h"

#include <stdlib.h>

#include "analysis/persist_parts.h"
#include "base/hash.h"
#include "base/log.h"

struct meta {
	uint64_t layout;
	int64_t number;			/* newest event inside */
	int64_t since_us, now_us, due_us;
	uint64_t transfers;
	uint32_t hour, zero;
	struct storm storm;
};

/* Differs whenever a remembered struct does.  Way 2 kept users unpacked, and
 * is read as well. */
static uint64_t layout(uint64_t way)
{
	uint64_t sizes[] = { way, sizeof(struct user), COHORT_FORMER,
		sizeof(struct pending), sizeof(struct binding),
		sizeof(struct mac_seen), sizeof(struct resource_use),
		sizeof(struct event), sizeof(struct class_use) };

	return XXH3_64bits(sizes, sizeof(sizes));
}

/* Tables whose entries hold no pointers: one blob each. */
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
	p[n++] = (struct plain){ "excuses", &a->excuses,
		sizeof(uint64_t), sizeof(struct excuse) };
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

void persist_snapshot(struct analysis *a)
{
	struct plain tables[6];
	size_t n = plain_tables(a, tables);
	struct meta m = { .layout = layout(3), .number = a->number,
		.since_us = a->since_us, .now_us = a->now_us,
		.due_us = a->due_us, .transfers = a->transfers,
		.hour = a->hour, .storm = a->storm };

	for (size_t i = 0; i < n; i++)
		save_plain(a, &tables[i]);
	persist_users(a);
	persist_cohorts(a);
	persist_pending(a);
	store_put(a->store, "meta", "", 0, &m, sizeof(m));
	a->saved_once = store_commit(a->store);
	a->events_unsaved = a->commits_unsaved = 0;
	a->save_soon = false;
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

static void load(struct analysis *a, const struct meta *m)
{
	struct plain tables[6];
	size_t n = plain_tables(a, tables);

	for (size_t i = 0; i < n; i++)
		store_each(a->store, tables[i].kind, load_plain, &tables[i]);
	restore_cohorts(a);
	restore_users(a);
	restore_pending(a);
	a->since_us = m->since_us;
	a->now_us = m->now_us;
	a->due_us = m->due_us;
	a->transfers = m->transfers;
	a->hour = m->hour;
	a->storm = m->storm;
	a->number = m->number;
}

bool persist_restore(struct analysis *a)
{
	struct meta m = { 0 };

	store_each(a->store, "meta", load_meta, &m);
	if (m.layout == layout(3) || m.layout == layout(2)) {
		load(a, &m);
	} else if (m.layout != 0) {
		log_info("store: a snapshot of another version; playing all "
		    "stored events again");
		return false;
	}
	return true;
}

void persist_event(struct analysis *a, const struct event *ev,
    const char *user)
{
	bool transfer = ev->kind == EV_TRANSFER &&
	    !(ev->flags & EVENT_PROGRESS);
	struct store_told told = { a->now_us, a->transfers - transfer };

	if (a->store == NULL || a->playing)
		return;
	a->number = store_event(a->store, ev, user, &told);
	a->events_unsaved++;
}
