/*
 * control_holes.c - what is held back: suppressions, which are made here, and
 * the policy's exceptions, which are not.
 */
#include "service/control_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/excuse.h"
#include "analysis/suppress.h"
#include "base/log.h"
#include "detect/detect.h"
#include "know/units.h"

static const int64_t longest_us = 366LL * 24 * 3600 * 1000000;

static const char *check(const struct suppression *s, const char *length,
    int64_t *us)
{
	unsigned int i = 0;

	if (s->user[0] == '\0' && s->kind[0] == '\0' && s->to[0] == '\0')
		return "what is to be held back? user=, kind= or to=";
	if (s->owner[0] == '\0' || s->reason[0] == '\0')
		return "owner= and reason= are asked for";
	while (s->kind[0] != '\0' && detections[i] != NULL &&
	    strcmp(detections[i]->name, s->kind) != 0)
		i++;
	if (detections[i] == NULL)
		return "no such kind of alert";
	if (!units_read(us, CONF_DURATION, length) || *us <= 0 ||
	    *us > longest_us)
		return "for= takes a duration, a year at most: for=7d";
	return NULL;
}

/* An absent word stays empty; one that is too long is refused. */
static bool word(const struct control_request *r, const char *key, char *to)
{
	struct text t = text_in(to, SUPPRESS_TEXT);

	return control_word(r, key, to, SUPPRESS_TEXT) ||
	    (to[0] == '\0' && !t.cut);
}

const char *answer_suppress_add(struct core *c, struct text *t,
    const struct control_request *r)
{
	struct suppression s = { .since_us = real_us() };
	char length[SUPPRESS_TEXT];
	const char *why;
	struct json j;
	int64_t us;

	if (!word(r, "user", s.user) || !word(r, "kind", s.kind) ||
	    !word(r, "to", s.to) || !word(r, "owner", s.owner) ||
	    !word(r, "reason", s.reason) || !word(r, "for", length))
		return "too long";
	why = check(&s, length, &us);
	if (why != NULL)
		return why;
	s.until_us = s.since_us + us;
	snprintf(s.by, sizeof(s.by), "%s", r->asker);
	s.number = suppress_add(c->analysis, &s);
	if (s.number == 0)
		return "there are too many: remove some";
	log_warnx("suppression %" PRIu64 " added by %s", s.number, r->asker);
	j = answer_line(t);
	json_u64(&j, "number", s.number);
	json_time(&j, "until", s.until_us);
	answer_end(&j);
	return NULL;
}

static void text_if(struct json *j, const char *key, const char *value)
{
	if (value[0] != '\0')
		json_str(j, key, value);
}

const char *answer_suppress_list(struct core *c, struct text *t,
    const struct control_request *r)
{
	const struct suppressions *all = suppress_list(c->analysis);

	for (size_t i = 0; i < all->n && i < r->max; i++) {
		const struct suppression *s = &all->all[i];
		struct json j = answer_line(t);

		json_u64(&j, "number", s->number);
		text_if(&j, "user", s->user);
		text_if(&j, "kind", s->kind);
		text_if(&j, "to", s->to);
		json_str(&j, "owner", s->owner);
		json_str(&j, "reason", s->reason);
		json_str(&j, "added_by", s->by);
		json_time(&j, "since", s->since_us);
		json_time(&j, "until", s->until_us);
		json_u64(&j, "hits", s->hits);
		if (s->last_us != 0)
			json_time(&j, "last_hit", s->last_us);
		answer_end(&j);
	}
	return NULL;
}

const char *answer_suppress_remove(struct core *c, struct text *t,
    const struct control_request *r)
{
	char number[24], *end;
	uint64_t n;

	(void)t;
	if (!control_word(r, "number", number, sizeof(number)))
		return "which? suppress remove NUMBER";
	n = strtoull(number, &end, 10);
	if (number[0] < '0' || number[0] > '9' || *end != '\0' ||
	    !suppress_remove(c->analysis, n))
		return "no such suppression";
	log_warnx("suppression %" PRIu64 " removed by %s", n, r->asker);
	return NULL;
}

void answer_exceptions(struct core *c, struct text *t, size_t max)
{
	const struct policy *p = c->live->config->policy;
	int64_t now_us = real_us();

	for (size_t i = 0; i < policy_exceptions(p) && i < max; i++) {
		const struct exemption *x = policy_exception_at(p, i);
		const struct excuse *e = excuse_of(c->analysis, x, now_us);
		struct json j = answer_line(t);

		json_u64(&j, "number", i + 1);
		json_str(&j, "user", x->user);
		text_if(&j, "kind", x->alert == NULL ? "" : x->alert);
		text_if(&j, "to", x->to);
		json_str(&j, "owner", x->owner);
		json_str(&j, "reason", x->reason);
		json_time(&j, "until", x->until_us);
		json_bool(&j, "over", now_us >= x->until_us);
		json_u64(&j, "hits", e == NULL ? 0 : e->hits);
		if (e != NULL && e->last_us != 0)
			json_time(&j, "last_hit", e->last_us);
		answer_end(&j);
	}
}
