/*
 * reload.c - another catalogue while flows are open.
 *
 * A flow knows its rule by number, and the site's numbers change with its
 * files.  A rule that is still the same keeps the flow; else the flow's host
 * is looked up again, as it is for flows that no rule named so far.  What
 * calls and announced connections remember is of weir's own rules, whose
 * numbers stay.
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

static void look_again(struct flow *f, void *arg)
{
	const struct turn *turn = arg;
	const struct catalogue *c = turn->w->config->catalogue;
	const struct host *h = pool_at(&turn->w->hosts, f->name);
	const struct rule *r = NULL;

	if (f->rule != 0 && same_rule(catalogue_rule(turn->old, f->rule - 1),
	    catalogue_rule(c, f->rule - 1)))
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
}
