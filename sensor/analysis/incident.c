/*
 * incident.c - one incident per user, kind and day, not one per file.
 *
 * A finding waits until its user has been quiet for a minute, ten minutes at
 * most, and takes the newest numbers along.  Once it is out, the same
 * kind on the same day is raised again only when it doubles or gains grounds.
 */
#include "analysis/analysis_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/hash.h"

static const int64_t quiet_us = 60 * 1000000LL;
static const int64_t patience_us = 600 * 1000000LL;
static const double risk_half_life_us = 7.0 * 86400e6;

static unsigned int detection_of(const struct analysis *a,
    const struct look *look)
{
	const unsigned char *at = look->state;
	unsigned int i = 0;

	while (detections[i + 1] != NULL &&
	    at >= look->user->states + a->states_at[i + 1])
		i++;
	return i;
}

static bool is_news(const struct incident *in, const struct alert *found,
    uint32_t day, bool grows)
{
	if (in->day != day || in->id == 0)
		return true;
	if ((int)found->risk < in->risk)
		return false;
	if ((found->grounds & ~in->grounds) != 0)
		return true;
	if (!grows || found->withheld == WITHHELD_COLD)
		return false;
	return (found->bytes > 0 && found->bytes >= 2 * in->bytes) ||
	    (found->count > 0 && found->count >= 2 * (uint64_t)in->count);
}

static bool excepted(const struct look *look, const char *kind)
{
	struct where nowhere = { 0 };
	const struct destination to = place_destination(
	    look->did != NULL ? &look->did->to :
	    look->opened != NULL ? &look->opened->to : &nowhere);
	const struct exemption *x = policy_exception(look->policy,
	    evidence_person(look), kind, &to, look->at_us);

	if (x != NULL)
		excuse_hit(look->arg, x, look, kind);
	return x != NULL;
}

void incident_raise(const struct look *look, const struct alert *found)
{
	struct analysis *a = look->arg;
	unsigned int i = detection_of(a, look);
	struct pending_key k = { .detection = i };
	struct pending *p;
	bool fresh;

	if (!is_news(&look->user->incidents[i], found, look->day,
	    detections[i]->grows))
		return;
	if (excepted(look, detections[i]->name))
		return;
	memcpy(k.user, look->user->name, sizeof(k.user));
	p = table_make(&a->pending, &k, &fresh);
	if (p == NULL || (!fresh && found->risk < p->alert.risk))
		return;
	p->alert = *found;
	evidence_add(&p->alert, look, detections[i]);
	p->detection = i;
	p->day = look->day;
	if (fresh)
		p->opened_us = look->at_us;
	/* Some transfers are told of late: quiet is what time says. */
	p->due_us = (look->at_us > a->now_us ? look->at_us : a->now_us) +
	    quiet_us;
	if (p->due_us > p->opened_us + patience_us)
		p->due_us = p->opened_us + patience_us;
	if (a->due_us == 0 || p->due_us < a->due_us)
		a->due_us = p->due_us;
}

static uint64_t id_of(struct alert *a, uint32_t updates)
{
	char text[ALERT_NAME * 2];
	int n = snprintf(text, sizeof(text), "%s|%s|%" PRId64 "|%u", a->kind,
	    a->user, a->first_us, updates);
	uint64_t id = XXH3_64bits(text, (size_t)n) | 1;

	snprintf(a->id, sizeof(a->id), "%016" PRIx64, id);
	return id;
}

/* What an incident moved must not become usual. */
static void taint(struct user *u)
{
	for (unsigned int i = 0; i < WINDOWS; i++)
		u->windows[i].tainted = true;
}

static void after(struct analysis *a, struct user *u, const struct alert *al)
{
	for (unsigned int i = 0; detections[i] != NULL; i++) {
		struct look look;

		if (detections[i]->alerted == NULL ||
		    strcmp(detections[i]->name, al->kind) == 0)
			continue;
		look = analysis_look(a, u, i, al->at_us);
		detections[i]->alerted(&look, al);
	}
}

static void open_incident(struct user *u, struct incident *in,
    struct pending *p)
{
	struct alert *al = &p->alert;
	int64_t age_us = al->at_us - u->risk_us;
	uint64_t before = in->day == p->day && in->id > 1 ? in->id : 0;

	in->updates = before != 0 ? in->updates + 1 : 0;
	if (before != 0)
		snprintf(al->update_of, sizeof(al->update_of),
		    "%016" PRIx64, before);
	in->id = id_of(al, in->updates);
	if (age_us > 0) {
		u->risk *= exp2(-(double)age_us / risk_half_life_us);
		u->risk_us = al->at_us;
	}
	if (detections[p->detection]->alerted == NULL)	/* no sum of sums */
		u->risk += before == 0 ? al->score :
		    al->score > in->score ? al->score - in->score : 0;
	in->grounds = (before != 0 ? in->grounds : 0) | al->grounds;
	in->day = p->day;
	in->bytes = al->bytes;
	in->count = (uint32_t)al->count;
	in->score = al->score;
	in->risk = (int)al->risk;
	in->at_us = al->at_us;
}

static void tell(struct analysis *a, const struct alert *al)
{
	void (*to)(const struct alert *, void *) = al->withheld ==
	    WITHHELD_NOT ? a->sink.alert : a->sink.withheld;

	if (al->withheld != WITHHELD_NOT)
		a->counts.withheld++;
	else
		a->counts.alerts++;
	if (!persist_send(a, al))
		return;			/* not for the first time */
	if (al->withheld == WITHHELD_SUPPRESSED)
		suppress_hit(a, suppress_match(a, al), al);
	if (to != NULL)
		to(al, a->sink.arg);
}

/* Said once, as a real one; nothing else comes of it. */
static void cold(struct analysis *a, struct user *u, struct pending *p)
{
	u->incidents[p->detection] = (struct incident){ .day = p->day,
		.id = 1, .bytes = p->alert.bytes,
		.count = (uint32_t)p->alert.count,
		.grounds = p->alert.grounds };
	u->dirty = true;
	id_of(&p->alert, UINT32_MAX);
	tell(a, &p->alert);
}

/* A dry run and a storm change nothing but what is sent. */
static enum withheld withhold(struct analysis *a, struct pending *p)
{
	const struct suppression *suppressed = suppress_match(a, &p->alert);
	const struct storm_limit limit = { a->config->storm,
		a->config->storm_score };

	if (a->config->dry_run)
		return WITHHELD_DRY;
	if (suppressed != NULL) {
		alert_number(&p->alert, "suppression",
		    (int64_t)suppressed->number);
		return WITHHELD_SUPPRESSED;
	}
	return a->service && storm_counts(&a->storm, &limit, &p->alert,
	    p->detection) ? WITHHELD_STORM : WITHHELD_NOT;
}

void incident_release(struct analysis *a, const struct pending *pending)
{
	struct pending p = *pending;
	struct user *u = users_peek(&a->users, p.alert.user);

	if (u == NULL)
		return;
	if (p.alert.withheld == WITHHELD_COLD) {
		cold(a, u, &p);
		return;
	}
	open_incident(u, &u->incidents[p.detection], &p);
	taint(u);
	a->counts.updates += p.alert.update_of[0] != '\0';
	u->dirty = true;
	p.alert.withheld = withhold(a, &p);
	tell(a, &p.alert);
	after(a, u, &p.alert);
}

static void calm(struct analysis *a, int64_t now_us)
{
	struct storm was;

	if (storm_over(&a->storm, now_us, &was) && !a->playing &&
	    a->sink.storm != NULL)
		a->sink.storm(&was, a->sink.arg);
}

static struct pending *earliest(const struct analysis *a)
{
	struct pending *best = NULL;

	for (struct pending *p = table_oldest(&a->pending); p != NULL;
	    p = table_newer(&a->pending, p))
		if (best == NULL || p->due_us < best->due_us)
			best = p;
	return best;
}

void incident_due(struct analysis *a, int64_t now_us)
{
	calm(a, now_us);
	while (a->due_us != 0 && a->due_us <= now_us) {
		struct pending *p = earliest(a), copy;
		struct pending_key k;

		if (p == NULL || p->due_us > now_us) {
			a->due_us = p == NULL ? 0 : p->due_us;
			break;
		}
		copy = *p;
		memcpy(&k, table_key(&a->pending, p), sizeof(k));
		table_remove(&a->pending, &k);
		incident_release(a, &copy);
	}
}
