/*
 * persist_users.c - people and their groups in the store.
 *
 * A user is one blob: names and sizes of its parts, then these, packed: the
 * common part and each detection's memory, so that a detection that is gone
 * or changed costs its own memory alone.  Former versions did not pack.
 * What is kept of a group whose monitoring was switched off is not read back.
 */
#include "analysis/analysis_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "analysis/persist_parts.h"
#include "base/pack.h"

enum { GROUP_TEXT = 32, STATE_NAME = 32 };

#define USERS_KIND "user-packed"
#define USERS_FORMER "user"
#define COMMON_PART "user"

struct kept_head {
	char group[GROUP_TEXT];
	uint32_t parts, zero;
};

struct part_head {
	char name[STATE_NAME];
	uint64_t size;
};

/* Names and sizes of what is packed, in its order: the common part without
 * the name, then each detection's memory. */
static unsigned int parts_of(const struct analysis *a,
    struct part_head parts[DETECTIONS_MAX + 1])
{
	unsigned int n = 0;

	parts[n++] = (struct part_head){ COMMON_PART, sizeof(struct user) -
		USER_NAME };
	for (unsigned int i = 0; detections[i] != NULL; i++) {
		size_t end = detections[i + 1] != NULL ?
		    a->states_at[i + 1] : a->users.states;

		parts[n] = (struct part_head){ .size = end - a->states_at[i] };
		snprintf(parts[n++].name, STATE_NAME, "%s",
		    detections[i]->name);
	}
	return n;
}

static void save_user(struct analysis *a, const struct user_head *h)
{
	const struct group *g = analysis_group(a, h->group);
	struct slice packed = users_packed(&a->users, h);
	const char *name = users_name(&a->users, h);
	struct part_head parts[DETECTIONS_MAX + 1];
	struct kept_head head = { .parts = parts_of(a, parts) };
	size_t parts_n = head.parts * sizeof(*parts);
	char *at = a->scratch;

	snprintf(head.group, sizeof(head.group), "%s", g->id);
	memcpy(at, &head, sizeof(head));
	memcpy(at += sizeof(head), parts, parts_n);
	memcpy(at += parts_n, packed.p, packed.n);
	at += packed.n;
	store_put(a->store, USERS_KIND, name, strlen(name), a->scratch,
	    (size_t)(at - a->scratch));
}

static void load_part(struct analysis *a, struct user *u,
    const struct part_head *part, const unsigned char *from)
{
	struct part_head parts[DETECTIONS_MAX + 1];
	unsigned int n = parts_of(a, parts);
	unsigned char *to = (unsigned char *)u + USER_NAME;

	for (unsigned int i = 0; i < n; to += parts[i++].size)
		if (strncmp(parts[i].name, part->name, STATE_NAME) == 0 &&
		    parts[i].size == part->size)
			memcpy(to, from, part->size);
}

/* A detection that is gone or changed begins anew; the others go on. */
static bool load_parts(struct analysis *a, struct user *u, struct slice in,
    uint32_t n)
{
	struct slice heads = slice_take(&in, n * sizeof(struct part_head));
	struct slice each = heads;
	struct part_head part;
	size_t sum = 0, at = 0;

	for (uint32_t i = 0; i < n && slice_more(each); i++) {
		memcpy(&part, slice_bytes(&each, sizeof(part)), sizeof(part));
		sum += part.size < SCRATCH ? part.size : SCRATCH;
	}
	if (sum > SCRATCH || sum % 8 != 0)
		return false;
	memset(a->scratch, 0, sum);
	if (!unpack(a->scratch, sum, in))
		return false;
	for (; slice_more(heads); at += part.size) {
		memcpy(&part, slice_bytes(&heads, sizeof(part)), sizeof(part));
		load_part(a, u, &part, (unsigned char *)a->scratch + at);
	}
	return true;
}

/* As they were kept before: nothing packed, the name in the common part. */
static bool load_former(struct analysis *a, struct user *u, struct slice in,
    uint32_t n)
{
	const void *core = slice_bytes(&in, sizeof(struct user));
	struct part_head part = { COMMON_PART, sizeof(struct user) -
		USER_NAME };

	if (core == NULL)
		return false;
	load_part(a, u, &part, (const unsigned char *)core + USER_NAME);
	while (n-- > 0) {
		const void *head = slice_bytes(&in, sizeof(part));
		const void *state;

		if (head == NULL)
			break;
		memcpy(&part, head, sizeof(part));
		state = slice_bytes(&in, part.size);
		if (state == NULL || part.size > SCRATCH - 8)
			break;
		memset(a->scratch, 0, part.size + 8);
		memcpy(a->scratch, state, part.size);
		part.size = (part.size + 7) & ~(size_t)7;
		load_part(a, u, &part, (unsigned char *)a->scratch);
	}
	return true;
}

struct loading {
	struct analysis *analysis;
	bool (*parts)(struct analysis *a, struct user *u, struct slice in,
	    uint32_t n);
};

static bool load_user(const void *name, size_t name_n, const void *blob,
    size_t n, void *arg)
{
	struct loading *l = arg;
	struct analysis *a = l->analysis;
	struct slice in = slice_of(blob, n);
	const void *h = slice_bytes(&in, sizeof(struct kept_head));
	const struct group *g;
	struct kept_head head;
	char key[USER_NAME] = "";
	struct user *u;
	bool fresh;

	if (h == NULL || name_n >= sizeof(key))
		return true;
	memcpy(key, name, name_n);
	memcpy(&head, h, sizeof(head));
	g = policy_group_by_id(a->config->policy, head.group);
	if (g != NULL && !g->monitor)
		return true;		/* no longer: nothing is kept */
	u = users_make(&a->users, key, &fresh);
	if (u == NULL)
		return true;
	if (!l->parts(a, u, in, head.parts)) {
		users_forget(&a->users, key);
		return true;
	}
	u->dirty = l->parts == load_former;
	if (g != NULL)
		u->group = g->index;
	analysis_member(a, u->group, 1);
	return true;
}

static bool still_known(const void *name, size_t n, void *arg)
{
	const struct analysis *a = arg;
	char key[USER_NAME] = "";

	if (n < sizeof(key))
		memcpy(key, name, n);
	return users_know(&a->users, key);
}

void persist_users(struct analysis *a)
{
	uint64_t gone = a->users.evicted + a->counts.users_moved +
	    a->counts.users_expired + a->counts.users_forgotten;

	if (!a->saved_once)
		store_clear(a->store, USERS_FORMER);
	if (gone != a->saved_gone || !a->saved_once)
		store_prune(a->store, USERS_KIND, still_known, a);
	a->saved_gone = gone;
	for (struct user_head *h = users_first(&a->users); h != NULL;
	    h = users_next(&a->users, h))
		if (h->dirty) {
			save_user(a, h);
			users_saved(&a->users, h);
		}
}

void restore_users(struct analysis *a)
{
	struct loading former = { a, load_former }, l = { a, load_parts };

	store_each(a->store, USERS_FORMER, load_user, &former);
	store_each(a->store, USERS_KIND, load_user, &l);
	users_sort(&a->users);
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

	if ((n != sizeof(*c) && n != COHORT_FORMER) || name_n >= sizeof(id))
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
