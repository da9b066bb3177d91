/*
 * retention.c - what is old is forgotten, whether or not anybody asks.
 *
 * Once a day of packet time: events, alerts, users not seen since, and who
 * had which address.  The counters say how much.
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

	if (day == a->forgot_day)
		return;
	a->forgot_day = day;
	forget_users(a, before_us);
	forget_bindings(a, before_us);
	forget_macs(a, before_us);
	if (a->store != NULL && a->events_unsaved > 0)
		persist_snapshot(a);	/* what goes must be in one */
	if (a->store != NULL)
		store_forget(a->store, before_us,
		    a->now_us - a->config->retain_alerts_us);
}
