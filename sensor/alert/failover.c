#include "alert/failover.h"

static bool same_group(const struct collector *a, const struct collector *b)
{
	return a == b || (a->settings->failover != NULL &&
	    b->settings->failover != NULL &&
	    strcmp(a->settings->failover, b->settings->failover) == 0);
}

/* One that is being tried for the first time is waited for. */
static const struct collector *carrier(const struct collector *of)
{
	const struct deliver *d = of->owner;

	for (size_t i = 0; i < d->n; i++)
		if (same_group(d->collectors[i], of) &&
		    !d->collectors[i]->failed)
			return d->collectors[i];
	return NULL;
}

bool failover_carries(const struct collector *c)
{
	return carrier(c) == c;
}

bool failover_covered(const struct collector *c)
{
	const struct collector *by = carrier(c);

	return by != NULL && by != c;
}

void failover_settle(const struct collector *c)
{
	struct deliver *d = c->owner;

	for (size_t i = 0; i < d->n; i++)
		if (same_group(d->collectors[i], c) &&
		    d->collectors[i]->acked < c->acked)
			d->collectors[i]->acked = c->acked;
}
