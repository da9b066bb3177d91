/*
 * excuse.c - what each exception of the policy has held back, in a table that
 * the snapshot keeps.
 */
#include "analysis/excuse.h"

#include "analysis/analysis_parts.h"
#include "base/hash.h"

struct excuse *excuse_of(struct analysis *a, const struct exemption *x,
    int64_t now_us)
{
	bool fresh;
	struct excuse *e = table_make(&a->excuses, &x->id, &fresh);

	if (fresh && e != NULL) {
		e->since_us = now_us;
		a->save_soon = true;
	}
	return e;
}

/* The same finding comes with every transfer of the day. */
static bool is_known(struct excuse *e, uint64_t finding)
{
	for (unsigned int i = 0; i < EXCUSE_RECENT; i++)
		if (e->recent[i] == finding)
			return true;
	e->recent[e->next++ % EXCUSE_RECENT] = finding;
	return false;
}

void excuse_hit(struct analysis *a, const struct exemption *x,
    const struct look *look, const char *kind)
{
	struct excuse *e = excuse_of(a, x, look->at_us);
	char all[ALERT_NAME * 2];
	struct text t = text_in(all, sizeof(all));

	if (e == NULL)
		return;
	text_printf(&t, "%s|%s|%u", look->user->name, kind, look->day);
	if (is_known(e, hash_of(all, t.n, 0)))
		return;
	a->counts.excepted++;
	e->hits++;
	e->last_us = look->at_us;
}

void excuse_told(struct analysis *a)
{
	a->save_soon = true;
}

void excuse_forget(struct analysis *a)
{
	for (struct excuse *e = table_oldest(&a->excuses); e != NULL;
	    e = table_newer(&a->excuses, e))
		memset(e->recent, 0, sizeof(e->recent));
}
