/*
 * holes.c - suppressions and exceptions, judged by one rule: both are shown
 * to it as a struct hole.
 */
#include "service/holes.h"

#include <inttypes.h>
#include <stdio.h>

#include "analysis/excuse.h"
#include "analysis/suppress.h"

static const int64_t day_us = 86400 * INT64_C(1000000);

enum { WARN_DAYS = 7, UNUSED_DAYS = 14, WEEK_DAYS = 7 };

struct hole {				/* of either kind */
	const char *what;		/* "exception" */
	const char *owner;
	uint64_t number;
	int64_t since_us, until_us;
	uint64_t hits, hits_told, told;
};

struct teller {
	void (*say)(struct health *h, void *arg);
	void *arg;
	int64_t now_us;
	/* for the summary */
	uint64_t n[2], held[2], unused;	/* suppressions, exceptions */
	struct hole most;
};

static void tell(const struct teller *t, const struct hole *h,
    const char *kind, const char *severity, const char *words)
{
	struct health f = { .severity = severity, .since_us = h->since_us,
		.has_value = true, .value = (double)h->hits };
	char name[40];

	snprintf(name, sizeof(name), "%s-%s", h->what, kind);
	f.kind = name;
	snprintf(f.message, sizeof(f.message), "The %s %" PRIu64 " of %.64s "
	    "%s; it has held %" PRIu64 " alert%s back.", h->what, h->number,
	    h->owner, words, h->hits, h->hits == 1 ? "" : "s");
	t->say(&f, t->arg);
}

/* A week before its end; of a short one half of its time before. */
static bool ends_soon(const struct hole *h, int64_t now_us)
{
	int64_t left_us = h->until_us - now_us;
	int64_t whole_us = h->until_us - h->since_us;

	return left_us > 0 && whole_us >= 2 * day_us &&
	    left_us <= WARN_DAYS * day_us && left_us <= whole_us / 2;
}

/* What was told of it, then. */
static uint64_t judge(const struct teller *t, const struct hole *h)
{
	char words[80];
	uint64_t told = h->told;

	if (t->now_us >= h->until_us) {
		if (!(told & TOLD_OVER))
			tell(t, h, "over", "notice",
			    "is over and can be taken out");
		return told | TOLD_OVER;
	}
	told &= ~(uint64_t)TOLD_OVER;	/* it was prolonged */
	if (!ends_soon(h, t->now_us)) {
		told &= ~(uint64_t)TOLD_END;
	} else if (!(told & TOLD_END)) {
		snprintf(words, sizeof(words), "ends in %" PRId64 " hours",
		    (h->until_us - t->now_us) / (day_us / 24));
		tell(t, h, "ends", "notice", words);
		told |= TOLD_END;
	}
	if (h->hits == 0 && t->now_us - h->since_us >= UNUSED_DAYS * day_us &&
	    !(told & TOLD_UNUSED)) {
		snprintf(words, sizeof(words), "was not needed in %d days",
		    UNUSED_DAYS);
		tell(t, h, "unused", "warning", words);
		told |= TOLD_UNUSED;
	}
	return told;
}

static void add_up(struct teller *t, const struct hole *h, unsigned int kind)
{
	uint64_t held = h->hits - h->hits_told;

	t->n[kind] += t->now_us < h->until_us;
	t->held[kind] += held;
	t->unused += h->hits == 0;
	if (held > t->most.hits - t->most.hits_told)
		t->most = *h;
}

static void summary(struct teller *t, int64_t since_us)
{
	const struct hole *m = &t->most;
	const struct health_count counters[] = {
		{ "held_by_suppressions", t->held[0] },
		{ "held_by_exceptions", t->held[1] },
		{ "suppressions", t->n[0] }, { "exceptions", t->n[1] },
		{ "never_needed", t->unused },
	};
	struct health f = { .kind = "held-back", .severity = "notice",
		.since_us = since_us, .counters = counters,
		.counters_n = sizeof(counters) / sizeof(counters[0]) };
	struct text s = text_in(f.message, sizeof(f.message));

	text_printf(&s, "In a week %" PRIu64 " alerts were held back by %"
	    PRIu64 " suppressions and %" PRIu64 " by %" PRIu64
	    " exceptions of the policy; %" PRIu64 " were never needed.",
	    t->held[0], t->n[0], t->held[1], t->n[1], t->unused);
	if (m->hits > m->hits_told)
		text_printf(&s, " Most by %s %" PRIu64 " of %.64s: %" PRIu64
		    ".", m->what, m->number, m->owner,
		    m->hits - m->hits_told);
	t->say(&f, t->arg);
}

static void suppressions(struct analysis *a, struct teller *t, bool week)
{
	const struct suppressions *all = suppress_list(a);

	for (size_t i = 0; i < all->n; i++) {
		const struct suppression *s = &all->all[i];
		struct hole h = { "suppression", s->owner, s->number,
			s->since_us, s->until_us, s->hits, s->hits_told,
			s->told };
		uint64_t told = t->now_us < s->until_us ? judge(t, &h) :
		    s->told;

		if (week)
			add_up(t, &h, 0);
		if (week || told != s->told)
			suppress_told(a, i, told, week ? s->hits :
			    s->hits_told);
	}
}

static void exceptions(struct analysis *a, struct teller *t, bool week)
{
	const struct policy *p = analysis_config(a)->policy;

	for (size_t i = 0; i < policy_exceptions(p); i++) {
		const struct exemption *x = policy_exception_at(p, i);
		struct excuse *e = excuse_of(a, x, t->now_us);
		struct hole h = { .what = "exception", .owner = x->owner,
			.number = i + 1, .until_us = x->until_us };

		if (e == NULL)
			continue;
		h.since_us = e->since_us;
		h.hits = e->hits;
		h.hits_told = e->hits_told;
		h.told = e->told;
		e->told = (uint32_t)judge(t, &h);
		if (e->told != h.told)
			excuse_told(a);
		if (!week)
			continue;
		add_up(t, &h, 1);
		e->hits_told = e->hits;
	}
}

void holes_check(struct analysis *a, int64_t now_us,
    void (*say)(struct health *h, void *arg), void *arg)
{
	struct exemption all = { .id = EXCUSE_WEEK };
	struct excuse *last = excuse_of(a, &all, now_us);
	struct teller t = { .say = say, .arg = arg, .now_us = now_us };
	int64_t since_us;
	bool week;

	if (last == NULL)
		return;
	since_us = last->since_us;
	week = now_us - since_us >= WEEK_DAYS * day_us;
	if (week) {
		last->since_us = now_us;
		excuse_told(a);
	}
	suppressions(a, &t, week);
	exceptions(a, &t, week);
	if (week && t.n[0] + t.n[1] + t.held[0] + t.held[1] > 0)
		summary(&t, since_us);
}

void holes_over(struct analysis *a, int64_t now_us,
    void (*say)(struct health *h, void *arg), void *arg)
{
	struct teller t = { .say = say, .arg = arg };
	struct suppression s;

	while (suppress_expired(a, now_us, &s)) {
		struct hole h = { "suppression", s.owner, s.number,
			s.since_us, s.until_us, s.hits, s.hits_told, s.told };

		tell(&t, &h, "over", "notice", "is over");
	}
}
