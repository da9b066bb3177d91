/*
 * order.c - a heap of events by time.
 */
#include "track/order.h"

#include <stdlib.h>
#include <string.h>

#include "track/window.h"

/* A worker this far behind the others is no longer waited for. */
static const int64_t patience_us = 60 * 1000000LL;

bool order_init(struct order *o, uint32_t max, int64_t hold_us)
{
	*o = (struct order){ .hold_us = hold_us };
	if (!pool_init(&o->events, sizeof(struct event), max))
		return false;
	o->heap = calloc(max, sizeof(*o->heap));
	if (o->heap != NULL)
		return true;
	pool_free(&o->events);
	return false;
}

void order_free(struct order *o)
{
	pool_free(&o->events);
	free(o->heap);
}

static int compare(const struct event *a, const struct event *b)
{
	int by;

	if (a->at_us != b->at_us)
		return a->at_us < b->at_us ? -1 : 1;
	by = (a->kind == EV_BINDING) - (b->kind == EV_BINDING);
	if (by != 0)
		return -by;	/* whose it is, before what it did */
	/* from `up` to the text, leaving out flow and worker numbers */
	by = memcmp(&a->client, &b->client, sizeof(a->client));
	if (by == 0)
		by = memcmp(&a->server, &b->server, sizeof(a->server));
	if (by == 0)
		by = a->client_port - b->client_port;
	if (by == 0)
		by = a->server_port - b->server_port;
	if (by == 0)
		by = a->kind - b->kind;
	if (by == 0)
		by = (a->start_us > b->start_us) - (a->start_us < b->start_us);
	if (by == 0)
		by = (a->up > b->up) - (a->up < b->up);
	if (by == 0)
		by = memcmp(a->text, b->text, sizeof(a->text));
	return by;
}

static struct event *at(const struct order *o, uint32_t i)
{
	return pool_at(&o->events, o->heap[i]);
}

static bool swap_if(struct order *o, uint32_t child, uint32_t parent)
{
	uint32_t index = o->heap[child];

	if (compare(at(o, child), at(o, parent)) >= 0)
		return false;
	o->heap[child] = o->heap[parent];
	o->heap[parent] = index;
	return true;
}

static void seen(struct order *o, const struct event *ev)
{
	if (ev->worker >= o->workers)
		o->workers = ev->worker + 1u;
	/* a transfer is told of after its end: it says nothing about now */
	if (ev->kind == EV_TRANSFER && o->seen_us[ev->worker] != 0)
		return;
	if (ev->at_us > o->seen_us[ev->worker])
		o->seen_us[ev->worker] = ev->at_us;
	if (ev->at_us > o->latest_us)
		o->latest_us = ev->at_us;
}

bool order_put(struct order *o, const struct event *ev)
{
	struct event *copy;

	seen(o, ev);
	if (ev->kind == EV_TICK || (copy = pool_get(&o->events)) == NULL)
		return false;
	*copy = *ev;
	if (ev->at_us < o->out_us)
		o->late++;
	o->heap[o->n] = pool_index(&o->events, copy);
	for (uint32_t i = o->n++; i > 0 && swap_if(o, i, (i - 1) / 2);)
		i = (i - 1) / 2;
	return true;
}

int64_t order_until(const struct order *o)
{
	int64_t least = o->latest_us;

	for (unsigned int i = 0; i < o->workers; i++)
		if (o->seen_us[i] != 0 && o->seen_us[i] < least)
			least = o->seen_us[i];
	if (least < o->latest_us - patience_us)
		least = o->latest_us - patience_us;
	return least - o->hold_us;
}

const struct event *order_next(struct order *o, bool force)
{
	if (o->n == 0 || (!force && at(o, 0)->at_us > order_until(o)))
		return NULL;
	if (at(o, 0)->at_us > o->out_us)
		o->out_us = at(o, 0)->at_us;
	return at(o, 0);
}

void order_done(struct order *o, const struct event *ev)
{
	uint32_t i = 0, child;
	struct event *done = (struct event *)(uintptr_t)ev;

	memset(done, 0, sizeof(*done));	/* memory keeps nobody's name */
	pool_put(&o->events, done);
	o->heap[0] = o->heap[--o->n];
	while ((child = 2 * i + 1) < o->n) {
		if (child + 1 < o->n &&
		    compare(at(o, child + 1), at(o, child)) < 0)
			child++;
		if (!swap_if(o, child, i))
			break;
		i = child;
	}
}
