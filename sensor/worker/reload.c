/*
 * reload.c - another catalogue while flows are open.
 *
 * A flow knows its rule by number, and the site's numbers change with its
 * files.  A rule that is still the same keeps the flow; else the flow's host
 * is looked up again, as it is for flows that no rule named so far.  A call's
 * socket whose rule has another number now is forgotten: its relay names it
 * again.  Announced connections are of weir's own rules, whose numbers stay.
 */
#include <string.h>

#include "worker/worker_state.h"

struct turn {
	struct worker *w;
	const struct catalogue *old;
};

static bool same_rule(const struct rule *a, const struct rule *b)
{
	return a != NULL && b != NULL && a->matcher == b->matcher &&
	    strcmp(a->pattern, b->pattern) == 0 &&
	    strcmp(a->service->id, b->service->id) == 0;
}

static bool stays(const struct turn *turn, uint32_t rule)
{
	return same_rule(catalogue_rule(turn->old, rule - 1),
	    catalogue_rule(turn->w->config->catalogue, rule - 1));
}

static uint32_t number_now(uint32_t rule, void *arg)
{
	return stays(arg, rule) ? rule : 0;
}

static void look_again(struct flow *f, void *arg)
{
	const struct turn *turn = arg;
	const struct catalogue *c = turn->w->config->catalogue;
	const struct host *h = pool_at(&turn->w->hosts, f->name);
	const struct rule *r = NULL;

	if (f->rule != 0 && stays(turn, f->rule))
		return;
	if (h != NULL)
		r = catalogue_host(c, slice_str(h->text));
	else if (f->rule != 0)
		f->evidence = f->confidence = 0;
	f->rule = r == NULL ? 0 : r->index + 1;
}

void worker_reload(struct worker *w, const struct config *c)
{
	struct turn turn = { w, w->config->catalogue };

	w->config = c;
	flow_table_each(w->flows, look_again, &turn);
	sockets_renumber(&w->sockets, number_now, &turn);
}
