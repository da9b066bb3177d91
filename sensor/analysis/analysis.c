/*
 * analysis.c - events in, in order; results go out.
 */
#include "analysis/analysis_parts.h"

#include <stdlib.h>

enum { MAX_GROWING = 65536,
	MAX_PENDING = 4096, MAX_WAITING = 32768, MAX_RESOURCES = 32768,
	MAX_CLASSES = 131072, MAX_PARTED = 2048 };

/* How much later than its end a transfer may be told of.  In the service what
 * waits here is lost by kill -9; an event that comes later still is taken, out
 * of order. */
static const int64_t hold_replay_us = 10 * 1000000LL;
static const int64_t hold_service_us = 1 * 1000000LL;

static size_t states_layout(struct analysis *a)
{
	size_t at = 0;

	for (unsigned int i = 0; detections[i] != NULL; i++) {
		a->states_at[i] = at;
		at += (detections[i]->state_size + 7) & ~(size_t)7;
	}
	return at;
}

static void evicted_pending(void *value, void *arg)
{
	incident_release(arg, value);
}

static void evicted_user(const struct user_head *h, void *arg)
{
	analysis_member(arg, h->group, -1);
}

static bool memories(struct analysis *a)
{
	const struct config_track *track = &a->config->track;
	uint32_t users = (uint32_t)track->max_users;
	uint32_t bindings = (uint32_t)track->max_bindings;
	struct privacy_key once;

	return key_random(&once) &&
	    disguise_init(&a->disguise, &once, users) &&
	    order_init(&a->order, MAX_WAITING, hold_replay_us) &&
	    users_init(&a->users, users, (size_t)track->memory,
	    states_layout(a)) &&
	    bindings_init(&a->bindings, bindings) &&
	    popular_init(&a->popular, MAX_RESOURCES) &&
	    common_init(&a->common, MAX_CLASSES) &&
	    unseen_init(&a->unseen) &&
	    table_init(&a->excuses, sizeof(uint64_t), sizeof(struct excuse),
	    EXCUSES_MAX) &&
	    appeared_init(&a->appeared) &&
	    table_init(&a->presence, sizeof(struct presence_key),
	    sizeof(int64_t), bindings) &&
	    table_init(&a->flows, sizeof(struct flow_id),
	    sizeof(struct growing), MAX_GROWING) &&
	    table_init(&a->pending, sizeof(struct pending_key),
	    sizeof(struct pending), MAX_PENDING) &&
	    (a->parts = join_new(MAX_PARTED, moved_file, a)) != NULL &&
	    (a->everyone = cohort_new()) != NULL;
}

struct analysis *analysis_new(const struct config *c,
    const struct analysis_sink *sink)
{
	struct analysis *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->config = c;
	a->sink = *sink;
	a->raise = incident_raise;
	if (!memories(a)) {
		analysis_free(a);
		return NULL;
	}
	a->pending.on_evict = evicted_pending;
	a->users.on_evict = evicted_user;
	a->pending.arg = a->users.arg = a;
	return a;
}

void analysis_free(struct analysis *a)
{
	if (a == NULL)
		return;
	a->pending.on_evict = NULL;
	a->users.on_evict = NULL;
	order_free(&a->order);
	users_free(&a->users);
	bindings_free(&a->bindings);
	popular_free(&a->popular);
	common_free(&a->common);
	unseen_free(&a->unseen);
	appeared_free(&a->appeared);
	table_free(&a->presence);
	table_free(&a->excuses);
	table_free(&a->flows);
	table_free(&a->pending);
	join_free(a->parts);
	for (unsigned int i = 0; i < POLICY_GROUPS; i++)
		cohort_free(a->cohorts[i]);
	cohort_free(a->everyone);
	for (unsigned int i = 0; i < KEYS_MAX; i++)
		free(a->keys[i]);
	store_close(a->store);
	disguise_free(&a->disguise);
	if (a->key != NULL)
		key_forget(a->key);
	free(a->key);
	free(a);
}

bool analysis_key(struct analysis *a, const struct privacy_key *k)
{
	if (a->key == NULL)
		a->key = malloc(sizeof(*a->key));
	if (a->key == NULL)
		return false;
	*a->key = *k;
	disguise_free(&a->disguise);
	return disguise_init(&a->disguise, k,
	    (uint32_t)a->config->track.max_users);
}

const char *analysis_plain(const struct analysis *a, const char *pseudonym)
{
	const char *plain = disguise_plain(&a->disguise, pseudonym);

	return plain == pseudonym ? NULL : plain;
}

const char *analysis_token(struct analysis *a, const char *plain,
    int64_t at_us, char *token)
{
	disguise_token(&a->disguise, plain, disguise_called(plain),
	    disguise_epoch(a->config, at_us), token);
	return token;
}

void analysis_service(struct analysis *a)
{
	a->service = true;
	a->order.hold_us = hold_service_us;
}

void analysis_reload(struct analysis *a, const struct config *c)
{
	a->config = c;
}

const struct config *analysis_config(const struct analysis *a)
{
	return a->config;
}

struct analysis_counts analysis_counts(const struct analysis *a)
{
	struct analysis_counts n = a->counts;

	n.ever = a->transfers;
	n.late = a->order.late;
	n.users = users_count(&a->users);
	n.users_evicted = a->users.evicted;
	n.bindings = table_count(&a->bindings.by_addr);
	return n;
}

void analysis_one(struct analysis *a, const struct event *ev)
{
	struct event named;

	if (appeared_names(&a->appeared, a->config, ev, &named))
		ev = &named;
	a->counts.events++;
	analysis_time(a, ev->at_us);
	bound_mac(a, ev);
	switch (ev->kind) {
	case EV_FLOW:
	case EV_FLOW_END:
		moved_flow(a, ev);
		break;
	case EV_TRANSFER:
		moved_transfer(a, ev);
		break;
	case EV_FILE:
	case EV_ROOM:
		moved_opened(a, ev);
		break;
	case EV_DEVICE:
		if (ev->method == METHOD_ENDPOINT)
			moved_opened(a, ev);	/* one that it tells of */
		else
			appeared_see(&a->appeared, ev);
		break;
	case EV_BINDING:
	case EV_UNBIND:
		bound_event(a, ev);
		break;
	default:
		break;
	}
}

void analysis_let_out(struct analysis *a, bool force)
{
	const struct event *ev;

	while ((ev = order_next(&a->order, force)) != NULL) {
		analysis_one(a, ev);
		order_done(&a->order, ev);
	}
}

void analysis_event(struct analysis *a, const struct event *ev)
{
	const struct event *first;

	if (!order_put(&a->order, ev) && ev->kind != EV_TICK &&
	    (first = order_next(&a->order, true)) != NULL) {
		a->order.forced++;
		analysis_one(a, first);
		order_done(&a->order, first);
		(void)order_put(&a->order, ev);
	}
	analysis_let_out(a, false);
	if (ev->kind == EV_TICK && a->since_us != 0)
		analysis_time(a, order_until(&a->order));
}

void analysis_finish(struct analysis *a)
{
	analysis_let_out(a, true);
	moved_due(a, INT64_MAX);
	if (a->since_us != 0) {
		hours_over(a, a->now_us);
		a->hour++;
		hours_over(a, a->now_us);
		incident_due(a, INT64_MAX);
	}
	if (a->store != NULL)
		persist_snapshot(a);
}
