#include "service/recent.h"

#include <stdio.h>
#include <stdlib.h>

bool recent_init(struct recent *r)
{
	*r = (struct recent){ .alerts = NULL };
	r->alerts = calloc(RECENT_ALERTS, RECENT_LINE);
	r->flows = calloc(RECENT_FLOWS, RECENT_LINE);
	return r->alerts != NULL && r->flows != NULL &&
	    table_init(&r->services, RECENT_NAME,
	    sizeof(struct recent_total), RECENT_NAMES) &&
	    table_init(&r->users, RECENT_NAME,
	    sizeof(struct recent_total), RECENT_NAMES);
}

void recent_free(struct recent *r)
{
	free(r->alerts);
	free(r->flows);
	if (r->services.buckets != NULL)
		table_free(&r->services);
	if (r->users.buckets != NULL)
		table_free(&r->users);
}

/* A record that is too long is left out: cut JSON is no JSON. */
static void keep(char (*ring)[RECENT_LINE], size_t size, uint64_t *n,
    const char *record)
{
	if (strlen(record) >= RECENT_LINE)
		return;
	snprintf(ring[*n % size], RECENT_LINE, "%s", record);
	++*n;
}

static struct recent_total *total(struct table *t, const char *name)
{
	char key[RECENT_NAME] = "";
	struct recent_total *found;
	bool fresh;

	snprintf(key, sizeof(key), "%s", name);
	found = table_make(t, key, &fresh);
	if (fresh)
		memcpy(found->name, key, sizeof(key));
	return found;
}

static bool is_shown(const struct who *who)
{
	return who->name != NULL && who->name[0] != '\0';
}

void recent_flow(struct recent *r, const struct flow_seen *f,
    const char *record)
{
	const struct event *ev = f->ev;
	struct recent_total *t;

	if (ev->kind != EV_FLOW_END)
		return;
	t = total(&r->services, f->to.rule != NULL ?
	    f->to.rule->service->id : "other");
	t->down += ev->down;
	t->up += ev->up;
	t->flows++;
	t->last_us = ev->at_us;
	if (!is_shown(&f->who))
		return;
	keep(r->flows, RECENT_FLOWS, &r->flows_n, record);
	t = total(&r->users, f->who.name);
	t->down += ev->down;
	t->up += ev->up;
	t->flows++;
	t->last_us = ev->at_us;
}

void recent_transfer(struct recent *r, const struct transfer *tr)
{
	if (tr->to.rule != NULL)
		total(&r->services, tr->to.rule->service->id)->files +=
		    tr->ev->count;
	if (is_shown(&tr->who))
		total(&r->users, tr->who.name)->files += tr->ev->count;
}

void recent_alert(struct recent *r, const char *record)
{
	keep(r->alerts, RECENT_ALERTS, &r->alerts_n, record);
}

/* The others close ranks: the oldest first, as they were. */
static void close_ranks(char (*ring)[RECENT_LINE], size_t size, uint64_t *n,
    bool (*gone)(struct slice record, void *arg), void *arg)
{
	uint64_t to = *n > size ? *n - size : 0, first = to;

	for (uint64_t from = first; from < *n; from++) {
		char *line = ring[from % size];

		if (gone(slice_str(line), arg))
			continue;
		if (to != from)
			memcpy(ring[to % size], line, RECENT_LINE);
		to++;
	}
	for (uint64_t at = to; at < *n; at++)
		memset(ring[at % size], 0, RECENT_LINE);
	*n = to;
}

void recent_forget(struct recent *r, bool (*record_gone)(struct slice record,
    void *arg), bool (*name_gone)(const char *name, void *arg), void *arg)
{
	struct recent_total *t = table_oldest(&r->users), *next;

	for (; t != NULL; t = next) {
		next = table_newer(&r->users, t);
		if (name_gone(t->name, arg)) {
			memset(t, 0, sizeof(*t));
			table_remove(&r->users, table_key(&r->users, t));
		}
	}
	close_ranks(r->alerts, RECENT_ALERTS, &r->alerts_n, record_gone, arg);
	close_ranks(r->flows, RECENT_FLOWS, &r->flows_n, record_gone, arg);
}
