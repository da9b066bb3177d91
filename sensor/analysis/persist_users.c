/*
 * persist_users.c - people and their groups in the store.
 *
 * A user is one blob: the common part, then each detection's memory by its
 * name, so that a detection that is gone or changed costs its own memory
 * alone.  What is kept of a group whose monitoring was switched off is not
 * read back.
 */
#include "analysis/analysis_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "analysis/persist_parts.h"

enum { GROUP_TEXT = 32, STATE_NAME = 32 };

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

void persist_users(struct analysis *a)
{
	uint64_t gone = a->users.table.evicted + a->counts.users_moved +
	    a->counts.users_expired;
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

void restore_users(struct analysis *a)
{
	store_each(a->store, "user", load_user, a);
	order_users(a);
}

void persist_cohorts(struct analysis *a)
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

void restore_cohorts(struct analysis *a)
{
	store_each(a->store, "cohort", load_cohort, a);
}
