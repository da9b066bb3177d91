/*
 * retention.c - what is old is forgotten, whether or not anybody asks.
 *
 * Once a day of packet time: events, alerts, users not seen since, old days
 * of those who were, who had which address, and whom a pseudonym stood for.
 * The counters say how much.
 */
#include "analysis/analysis_parts.h"

static void forget_users(struct analysis *a, int64_t before_us)
{
	struct user_head *h = users_first(&a->users), *next;

	for (; h != NULL; h = next) {
		next = users_next(&a->users, h);
		if (h->last_us >= before_us)
			continue;
		analysis_member(a, h->group, -1);
		users_forget(&a->users, users_name(&a->users, h));
		a->counts.users_expired++;
	}
}

/* Only who has such days is woken. */
static void forget_days(struct analysis *a, int64_t before_us)
{
	uint32_t day = (uint32_t)(before_us / DAY_US);

	for (struct user_head *h = users_first(&a->users); h != NULL;
	    h = users_next(&a->users, h)) {
		struct user *u = h->oldest != 0 && h->oldest < day ?
		    users_wake(&a->users, h) : NULL;

		if (u == NULL)
			continue;
		a->counts.days_expired += user_forget_before(u, day);
		u->dirty = true;
	}
}

static void forget_presence(struct analysis *a, int64_t before_us)
{
	struct table *t = &a->presence;
	int64_t *last = table_oldest(t), *next;

	for (; last != NULL; last = next) {
		next = table_newer(t, last);
		if (*last < before_us)
			table_remove(t, table_key(t, last));
	}
}

static void forget_bindings(struct analysis *a, int64_t before_us)
{
	struct table *t = &a->bindings.by_addr;
	struct binding *b = table_oldest(t), *next;

	for (; b != NULL; b = next) {
		next = table_newer(t, b);
		if (b->until_us < before_us && b->host_until_us < before_us)
			table_remove(t, table_key(t, b));
	}
}

static void forget_macs(struct analysis *a, int64_t before_us)
{
	struct table *t = &a->bindings.by_mac;
	struct mac_seen *m = table_oldest(t), *next;

	for (; m != NULL; m = next) {
		next = table_newer(t, m);
		if (m->at_us < before_us)
			table_remove(t, table_key(t, m));
	}
}

void retention(struct analysis *a)
{
	int64_t day = a->now_us / DAY_US;
	int64_t before_us = a->now_us - a->config->retain_state_us;
	struct store_forgotten gone;

	if (day == a->forgot_day)
		return;
	a->forgot_day = day;
	if (before_us <= 0)
		return;
	forget_users(a, before_us);
	forget_days(a, before_us);
	forget_bindings(a, before_us);
	forget_macs(a, before_us);
	forget_presence(a, before_us);
	disguise_expire(&a->disguise, before_us);
	if (a->store == NULL)
		return;
	if (a->events_unsaved > 0)
		persist_snapshot(a);	/* what goes must be in one */
	gone = store_forget(a->store, before_us,
	    a->now_us - a->config->retain_alerts_us);
	a->counts.events_expired += gone.events;
	a->counts.alerts_expired += gone.alerts;
}
