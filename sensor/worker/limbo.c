#include "worker/limbo.h"

#include <stdlib.h>

bool limbo_init(struct limbo *l)
{
	*l = (struct limbo){ 0 };
	l->waiting = calloc(LIMBO_SLOTS, sizeof(*l->waiting));
	return l->waiting != NULL;
}

void limbo_free(struct limbo *l)
{
	free(l->waiting);
	*l = (struct limbo){ 0 };
}

bool limbo_full(const struct limbo *l)
{
	return l->n == LIMBO_SLOTS;
}

void limbo_put(struct limbo *l, const struct event *ev)
{
	l->waiting[(l->first + l->n++) % LIMBO_SLOTS] = *ev;
}

bool limbo_take(struct limbo *l, int64_t now_us, struct event *ev)
{
	const struct event *oldest = &l->waiting[l->first];

	if (l->n == 0 || (now_us != INT64_MAX &&
	    now_us >= oldest->at_us && now_us - oldest->at_us < LIMBO_US))
		return false;
	*ev = *oldest;
	l->first = (l->first + 1) % LIMBO_SLOTS;
	l->n--;
	return true;
}
