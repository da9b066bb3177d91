#include "analysis/suppress.h"

#include <strings.h>

#include "analysis/analysis_parts.h"

/* Alike, or a host below the one named. */
static bool same_place(const char *seen, const char *wanted)
{
	size_t n = strlen(seen), m = strlen(wanted);

	if (n < m || strcasecmp(seen + n - m, wanted) != 0)
		return false;
	return n == m || seen[n - m - 1] == '.';
}

static bool goes_to(const struct alert *al, const char *to)
{
	if (same_place(al->target, to) || same_place(al->service, to))
		return true;
	for (unsigned int i = 0; i < al->evidence_n; i++)
		if (strcmp(al->evidence[i].key, "host") == 0)
			return same_place(al->evidence[i].text, to);
	return false;
}

struct suppression *suppress_match(struct analysis *a,
    const struct alert *al)
{
	for (size_t i = 0; i < a->suppressed.n; i++) {
		struct suppression *s = &a->suppressed.all[i];

		if (al->at_us < s->since_us || al->at_us >= s->until_us)
			continue;
		if (s->user[0] != '\0' && strcasecmp(s->user, al->user) != 0)
			continue;
		if (s->kind[0] != '\0' && strcmp(s->kind, al->kind) != 0)
			continue;
		if (s->to[0] == '\0' || goes_to(al, s->to))
			return s;
	}
	return NULL;
}

static void keep(struct analysis *a, const struct suppression *s)
{
	if (a->store != NULL)
		store_put(a->store, "suppress", &s->number,
		    sizeof(s->number), s, sizeof(*s));
}

void suppress_hit(struct analysis *a, struct suppression *s,
    const struct alert *al)
{
	a->counts.suppressed++;
	s->hits++;
	s->last_us = al->at_us;
	keep(a, s);
}

uint64_t suppress_add(struct analysis *a, const struct suppression *s)
{
	struct suppressions *all = &a->suppressed;
	struct suppression *fresh = &all->all[all->n];

	if (all->n == SUPPRESS_MAX)
		return 0;
	*fresh = *s;
	fresh->number = ++all->given;
	all->n++;
	keep(a, fresh);
	return fresh->number;
}

static void take_out(struct analysis *a, size_t i)
{
	struct suppressions *all = &a->suppressed;

	memmove(&all->all[i], &all->all[i + 1],
	    (all->n - i - 1) * sizeof(all->all[0]));
	all->n--;
	if (a->store == NULL)
		return;
	store_clear(a->store, "suppress");
	for (i = 0; i < all->n; i++)
		keep(a, &all->all[i]);
}

bool suppress_remove(struct analysis *a, uint64_t number)
{
	for (size_t i = 0; i < a->suppressed.n; i++)
		if (a->suppressed.all[i].number == number) {
			take_out(a, i);
			return true;
		}
	return false;
}

const struct suppressions *suppress_list(const struct analysis *a)
{
	return &a->suppressed;
}

void suppress_told(struct analysis *a, size_t i, uint64_t told,
    uint64_t hits_told)
{
	struct suppression *s = &a->suppressed.all[i];

	s->told = told;
	s->hits_told = hits_told;
	keep(a, s);
}

bool suppress_expired(struct analysis *a, int64_t now_us,
    struct suppression *was)
{
	for (size_t i = 0; i < a->suppressed.n; i++)
		if (a->suppressed.all[i].until_us <= now_us) {
			*was = a->suppressed.all[i];
			take_out(a, i);
			return true;
		}
	return false;
}

static bool load(const void *name, size_t name_n, const void *blob, size_t n,
    void *arg)
{
	struct suppressions *all = arg;
	struct suppression *s = &all->all[all->n];

	(void)name;
	(void)name_n;
	if (all->n == SUPPRESS_MAX)
		return false;
	if (n != sizeof(*s) && n != offsetof(struct suppression, hits_told))
		return true;		/* of another version */
	*s = (struct suppression){ 0 };
	memcpy(s, blob, n);
	if (s->number > all->given)
		all->given = s->number;
	all->n++;
	return true;
}

void suppress_restore(struct analysis *a)
{
	store_each(a->store, "suppress", load, &a->suppressed);
}
