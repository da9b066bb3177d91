/*
 * forget.c - see forget.h.
 *
 * What waits for its turn is taken in first, so that nothing of him comes
 * after.
 */
#include "analysis/forget.h"

#include <stdio.h>
#include <stdlib.h>

#include "analysis/analysis_parts.h"
#include "analysis/persist.h"

#define BLOTTED "(forgotten)"

static void forget_users(struct analysis *a, const struct person *p,
    struct forgotten *n)
{
	struct user_head *h = users_first(&a->users), *next;

	for (; h != NULL; h = next) {
		next = users_next(&a->users, h);
		if (!person_is(p, users_name(&a->users, h)))
			continue;
		analysis_member(a, h->group, -1);
		users_forget(&a->users, users_name(&a->users, h));
		a->counts.users_forgotten++;
		n->users++;
	}
}

/* Where the device is not his, or not any more, only the name goes. */
static bool blot(const struct person *p, struct binding *b)
{
	bool named = false;

	if (person_is(p, b->rival)) {
		memset(b->rival, 0, sizeof(b->rival));
		named = true;
	}
	if (person_is(p, b->account)) {
		memset(b->account, 0, sizeof(b->account));
		b->until_us = 0;
		b->trust = 0;
		named = true;
	}
	return named;
}

static void forget_bindings(struct analysis *a, const struct person *p,
    struct forgotten *n)
{
	struct table *t = &a->bindings.by_addr;
	struct binding *b = table_oldest(t), *next;

	for (; b != NULL; b = next) {
		const void *addr = table_key(t, b);

		next = table_newer(t, b);
		if (person_owns(p, addr, b)) {
			memset(b, 0, sizeof(*b));
			table_remove(t, addr);
			n->bindings++;
		} else if (blot(p, b)) {
			n->bindings++;
		}
	}
}

static void forget_macs(struct analysis *a, const struct person *p)
{
	struct table *t = &a->bindings.by_mac;
	struct mac_seen *m = table_oldest(t), *next;

	for (; m != NULL; m = next) {
		next = table_newer(t, m);
		if (!m->router && (person_at(p, &m->home) ||
		    person_is(p, m->host))) {
			memset(m, 0, sizeof(*m));
			table_remove(t, table_key(t, m));
		}
	}
}

static void forget_presence(struct analysis *a, const struct person *p)
{
	struct table *t = &a->presence;
	int64_t *last = table_oldest(t), *next;

	for (; last != NULL; last = next) {
		const struct presence_key *k = table_key(t, last);

		next = table_newer(t, last);
		if (person_at(p, &k->client))
			table_remove(t, k);
	}
}

static void forget_devices(struct analysis *a, const struct person *p)
{
	forget_presence(a, p);
	for (size_t i = 0; i < p->addrs_n; i++) {
		unseen_forget(&a->unseen, &p->addrs[i]);
		appeared_forget(&a->appeared, &p->addrs[i]);
	}
}

/* A rival in an alert about somebody else; false: he is not in it. */
static bool blot_alert(const struct person *p, struct alert *al)
{
	bool named = false;

	for (unsigned int i = 0; i < al->evidence_n; i++) {
		struct evidence_pair *e = &al->evidence[i];

		if (!e->is_text || !person_is(p, e->text))
			continue;
		memset(e->text, 0, sizeof(e->text));
		memcpy(e->text, BLOTTED, sizeof(BLOTTED));
		named = true;
	}
	return named;
}

static void forget_pending(struct analysis *a, const struct person *p,
    struct forgotten *n)
{
	struct pending *at = table_oldest(&a->pending), *next;

	for (; at != NULL; at = next) {
		next = table_newer(&a->pending, at);
		if (person_is(p, at->alert.user)) {
			n->alerts++;
			table_remove(&a->pending,
			    table_key(&a->pending, at));
		} else {
			n->mentions += blot_alert(p, &at->alert);
		}
	}
}

static void forget_suppressions(struct analysis *a, const struct person *p,
    struct forgotten *n)
{
	for (size_t i = 0; i < a->suppressed.n;)
		if (person_is(p, a->suppressed.all[i].user) &&
		    suppress_remove(a, a->suppressed.all[i].number))
			n->suppressions++;
		else
			i++;
}

struct kept_alerts {
	struct analysis *analysis;
	struct person *person;
	struct forgotten *n;
	struct persisted *read;
	bool of_his;			/* this time */
};

static bool see_beside(const char *id, const void *blob, size_t n, void *arg)
{
	struct kept_alerts *k = arg;

	(void)id;
	if (persist_alert_read(k->read, blob, n) &&
	    person_is(k->person, k->read->alert.user) == k->of_his)
		person_beside(k->person, &k->read->alert);
	return true;
}

static bool erase_alert(const char *id, const void *blob, size_t n,
    void *arg)
{
	struct kept_alerts *k = arg;
	struct analysis *a = k->analysis;
	struct alert *al = &k->read->alert;
	char own[ALERT_ID];

	if (!persist_alert_read(k->read, blob, n))
		return true;
	snprintf(own, sizeof(own), "%s", id);
	if (person_is(k->person, al->user)) {
		store_erase_alert(a->store, own);
		k->n->alerts++;
	} else if (blot_alert(k->person, al)) {
		n = persist_alert(al, a->scratch, SCRATCH);
		store_alert(a->store, own, al->at_us, a->scratch, n);
		k->n->mentions++;
	}
	return true;
}

static void forget_alerts(struct kept_alerts *k)
{
	struct store *s = k->analysis->store;

	k->of_his = true;
	store_alerts(s, see_beside, k);
	k->of_his = false;
	store_alerts(s, see_beside, k);
	store_alerts(s, erase_alert, k);
}

/* Kept under his name, or a proof of it. */
static bool event_gone(const char *user, const struct event *ev, void *arg)
{
	const struct person *p = arg;
	char account[BINDING_NAME], host[BINDING_NAME];

	if (person_is(p, user))
		return true;
	if (ev->kind != EV_BINDING && ev->kind != EV_UNBIND)
		return false;
	binding_name(account, slice_field(ev->text, sizeof(ev->text)));
	binding_name(host, slice_field(ev->host, sizeof(ev->host)));
	return person_is(p, account) || person_is(p, host);
}

static bool is_gone(const char *name, void *arg)
{
	return person_gone(arg, name);
}

bool analysis_forget(struct analysis *a, struct person *p,
    struct forgotten *n)
{
	struct kept_alerts k = { a, p, n, calloc(1, sizeof(*k.read)), false };

	*n = (struct forgotten){ 0 };
	if (k.read == NULL)
		return false;
	analysis_let_out(a, true);
	moved_due(a, INT64_MAX);
	forget_users(a, p, n);
	forget_bindings(a, p, n);
	forget_macs(a, p);
	forget_devices(a, p);
	forget_pending(a, p, n);
	forget_suppressions(a, p, n);
	excuse_forget(a);
	if (a->store != NULL) {
		n->events = store_erase_events(a->store, event_gone, p);
		forget_alerts(&k);
		persist_snapshot(a);
	}
	disguise_forget(&a->disguise, is_gone, p);
	free(k.read);
	return a->store == NULL || store_scrub(a->store);
}
