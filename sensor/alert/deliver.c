#include "alert/deliver.h"

#include <stdlib.h>

#include "alert/failover.h"

struct deliver *deliver_new(struct event_base *base,
    const struct deliver_source *source)
{
	struct deliver *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->base = base;
	d->source = *source;
	return d;
}

void deliver_free(struct deliver *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->n; i++)
		collector_free(d->collectors[i]);
	free(d->collectors);
	free(d);
}

bool deliver_add(struct deliver *d, const struct output *o,
    const void *settings)
{
	struct collector **more = realloc(d->collectors,
	    (d->n + 1) * sizeof(*more));

	if (more == NULL)
		return false;
	d->collectors = more;
	more[d->n] = collector_new(d, o, settings);
	if (more[d->n] == NULL)
		return false;
	d->n++;
	return true;
}

void deliver_wake(struct deliver *d)
{
	collectors_wake(d);
}

bool deliver_done(const struct deliver *d, uint64_t seq)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->collectors[i]->acked < seq)
			return false;
	return true;
}

size_t deliver_collectors(const struct deliver *d)
{
	return d->n;
}

void deliver_status(const struct deliver *d, size_t i,
    struct deliver_status *s)
{
	const struct collector *c = d->collectors[i];

	*s = c->status;
	s->name = c->name;
	s->label = c->label;
	s->acked = c->acked;
	s->covered = failover_covered(c);
}

void deliver_reopen(struct deliver *d)
{
	for (size_t i = 0; i < d->n; i++)
		collector_reopen(d->collectors[i]);
}
