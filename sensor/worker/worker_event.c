/*
 * worker_event.c - what all parts of a worker need to send an event.
 */
#include "base/mac.h"
#include "worker/worker_state.h"

void worker_emit(struct worker *w, struct event *ev)
{
	const void *mac = table_peek(&w->macs, &ev->client);

	ev->worker = w->setup.number;
	if (ev->start_us > ev->at_us)
		ev->start_us = ev->at_us;	/* the clock went back */
	if (mac != NULL && !mac_is_set(ev->mac))
		memcpy(ev->mac, mac, sizeof(ev->mac));
	w->counts.events++;
	w->setup.emit(ev, w->setup.arg);
}

static const char *worker_host(const struct worker *w, const struct flow *f)
{
	const struct host *h = pool_at(&w->hosts, f->name);

	return h == NULL ? NULL : h->text;
}

void worker_event(struct worker *w, struct event *ev, const struct flow *f,
    int64_t at_us)
{
	report_flow(ev, f, at_us, worker_host(w, f));
	ev->catalogue = w->config->print;
}

const struct rule *worker_rule(const struct worker *w, const struct flow *f)
{
	return f->rule == 0 ? NULL :
	    catalogue_rule(w->config->catalogue, f->rule - 1);
}

enum dir worker_dir(enum side from)
{
	return from == CLIENT ? UP : DOWN;
}
