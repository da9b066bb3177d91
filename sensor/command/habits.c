/*
 * habits.c - from transfers to what a policy could say of a group.
 *
 * A cloud or device is proposed when it is in regular use, on at least
 * REGULAR_DAYS days, by at least LEAST_USERS users and a fifth of those of the
 * group who move files: what few do is for people to decide.  What takes
 * files from anybody without an account, and personal tenants, are never
 * proposed.  Hours are those of nearly all transfers on working days.
 */
#include "command/habits.h"

#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/text.h"
#include "track/alert.h"
#include "track/cohort.h"
#include "track/window.h"

enum { USES_MAX = 262144, WORD = 96, REGULAR_DAYS = 3, LEAST_USERS = 3,
	LEAST_TRANSFERS = 500, LEAST_DAYS = 10, LONGEST_H = 14, DAYS = 7,
	HOURS = 24 };

static const double least_share = 0.2, covered = 0.995, working_day = 0.2;

struct place {
	char word[WORD];		/* empty: anywhere at all */
	uint32_t group;
};

struct use_key {
	struct place place;
	char user[ALERT_NAME];
};

struct use {
	uint32_t days, last_day;
};

struct habits {
	const struct policy *policy;
	struct table uses;
	struct table places;		/* struct place -> its users, uint32_t */
	uint32_t hours[POLICY_GROUPS][DAYS * HOURS];
	uint32_t days[POLICY_GROUPS], last_day[POLICY_GROUPS];
	int64_t last_us;
};

struct habits *habits_new(const struct policy *p)
{
	struct habits *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return NULL;
	h->policy = p;
	if (table_init(&h->uses, sizeof(struct use_key), sizeof(struct use),
	    USES_MAX) && table_init(&h->places, sizeof(struct place),
	    sizeof(uint32_t), USES_MAX))
		return h;
	habits_free(h);
	return NULL;
}

void habits_free(struct habits *h)
{
	if (h == NULL)
		return;
	table_free(&h->uses);
	table_free(&h->places);
	free(h);
}

static void used(struct habits *h, const struct transfer *t, const char *word,
    uint32_t day)
{
	struct use_key k;
	struct use *u;
	bool fresh;

	memset(&k, 0, sizeof(k));
	snprintf(k.place.word, sizeof(k.place.word), "%s", word);
	k.place.group = t->who.group->index;
	snprintf(k.user, sizeof(k.user), "%s", t->who.name);
	u = table_make(&h->uses, &k, &fresh);
	if (u == NULL || (u->days > 0 && u->last_day == day))
		return;
	u->days++;
	u->last_day = day;
}

/* "sharepoint/acme", "usb-ip"; false: nothing that may be proposed. */
static bool word_of(struct text *t, const struct where *to)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_/";
	const struct service *s = to->rule == NULL ? NULL : to->rule->service;

	if (s == NULL || s->category == CATEGORY_FILE_DROP ||
	    s->category == CATEGORY_PASTE ||
	    slice_is(to->tenant, "personal"))
		return false;
	text_add(t, s->id);
	if (slice_more(to->tenant)) {
		text_add(t, "/");
		text_escape(t, to->tenant);
	}
	for (size_t i = 0; i < t->n; i++)	/* it comes from the wire */
		if (strchr(safe, t->p[i]) == NULL)
			return false;
	return !t->cut;
}

void habits_see(struct habits *h, const struct transfer *t)
{
	uint32_t g = t->who.group->index, day, hour;
	char word[WORD];
	struct text text = text_in(word, sizeof(word));
	int64_t local_s;

	if (!t->counted || g >= POLICY_GROUPS)
		return;
	local_s = t->ev->at_us / SECOND_US +
	    policy_utc_offset(h->policy, t->who.group, t->ev->at_us);
	day = (uint32_t)(local_s / 86400);
	hour = (uint32_t)(local_s % 86400 / 3600);
	used(h, t, "", day);
	if (t->egress && !t->approved && word_of(&text, &t->to))
		used(h, t, word, day);
	h->hours[g][day_of_week(day) * HOURS + hour]++;
	h->days[g] += day != h->last_day[g];
	h->last_day[g] = day;
	h->last_us = t->ev->at_us;
}

/* ---- where to ---- */

/* Who is anywhere at all counts at once, who is somewhere when he is often. */
static void count_users(struct habits *h)
{
	for (const struct use *u = table_oldest(&h->uses); u != NULL;
	    u = table_newer(&h->uses, u)) {
		const struct use_key *k = table_key(&h->uses, u);
		bool fresh;
		uint32_t *n = table_make(&h->places, &k->place, &fresh);

		if (n != NULL)
			*n += k->place.word[0] == '\0' ||
			    u->days >= REGULAR_DAYS;
	}
}

static void places(struct habits *h, struct proposal *to)
{
	count_users(h);
	for (const uint32_t *n = table_oldest(&h->places); n != NULL;
	    n = table_newer(&h->places, n)) {
		const struct place *at = table_key(&h->places, n);
		const struct place anywhere = { .group = at->group };
		const uint32_t *all = table_peek(&h->places, &anywhere);

		if (at->word[0] != '\0' && *n >= LEAST_USERS &&
		    *n >= least_share * (all == NULL ? 0 : *all))
			proposal_approve(to, policy_group_at(h->policy,
			    at->group), at->word);
	}
}

/* ---- when ---- */

static uint32_t on_day(const uint32_t *hours, unsigned int day)
{
	uint32_t n = 0;

	for (unsigned int i = 0; i < HOURS; i++)
		n += hours[day * HOURS + i];
	return n;
}

/* Bit i: day i, from Monday, has its share of a busy day. */
static unsigned int working_days(const uint32_t *hours, uint32_t *total)
{
	unsigned int bits = 0;
	uint32_t most = 0;

	for (unsigned int d = 0; d < DAYS; d++)
		if (on_day(hours, d) > most)
			most = on_day(hours, d);
	*total = 0;
	for (unsigned int d = 0; d < DAYS; d++)
		if (on_day(hours, d) > working_day * most) {
			bits |= 1u << d;
			*total += on_day(hours, d);
		}
	return bits;
}

static uint32_t within(const uint32_t *hours, unsigned int days,
    unsigned int from, unsigned int n)
{
	uint32_t sum = 0;

	for (unsigned int d = 0; d < DAYS; d++)
		for (unsigned int i = from; i < from + n; i++)
			if (days & 1u << d)
				sum += hours[d * HOURS + i];
	return sum;
}

/* The fewest hours that hold nearly all; 0: too many of the day. */
static unsigned int working_hours(const uint32_t *hours, unsigned int days,
    uint32_t total, unsigned int *from)
{
	for (unsigned int n = 1; n <= LONGEST_H; n++)
		for (*from = 0; *from + n <= HOURS; ++*from)
			if (within(hours, days, *from, n) >= covered * total)
				return n;
	return 0;
}

static void days_text(struct text *t, unsigned int days)
{
	static const char *const names[] = { "mon", "tue", "wed", "thu",
		"fri", "sat", "sun" };
	const char *sep = "";

	text_add(t, "[");
	for (unsigned int d = 0; d < DAYS; d++) {
		if (!(days & 1u << d))
			continue;
		text_printf(t, "%s%s", sep, names[d]);
		sep = ", ";
	}
	text_add(t, "]");
}

static void calendar(const struct habits *h, const struct group *g,
    struct proposal *to)
{
	const uint32_t *hours = h->hours[g->index];
	int32_t zone_s = policy_utc_offset(h->policy, g, h->last_us);
	int32_t zone_m = abs(zone_s) / 60;
	uint32_t total;
	unsigned int days = working_days(hours, &total), from;
	unsigned int n = working_hours(hours, days, total, &from);
	char value[200];
	struct text t = text_in(value, sizeof(value));

	if (total < LEAST_TRANSFERS || h->days[g->index] < LEAST_DAYS ||
	    n == 0 || policy_has_calendar(h->policy, g))
		return;
	text_printf(&t, "{zone: \"%c%02d:%02d\", days: ",
	    zone_s < 0 ? '-' : '+', zone_m / 60, zone_m % 60);
	days_text(&t, days);
	text_printf(&t, ", hours: \"%02u:00-%02u:%02u\"}", from,
	    from + n == HOURS ? 23 : from + n, from + n == HOURS ? 59 : 0);
	proposal_calendar(to, g, value);
}

void habits_propose(struct habits *h, struct proposal *to)
{
	places(h, to);
	for (size_t i = 0; i < policy_groups(h->policy); i++)
		calendar(h, policy_group_at(h->policy, i), to);
}
