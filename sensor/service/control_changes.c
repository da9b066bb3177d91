/*
 * control_changes.c - the commands that take words, and those that change
 * something: who asked for a change is logged.
 */
#include "service/control_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/explain.h"
#include "analysis/suppress.h"
#include "base/log.h"
#include "detect/detect.h"
#include "know/units.h"

static const int64_t longest_us = 366LL * 24 * 3600 * 1000000;

/* The lines of an explanation, each an object. */
static void as_lines(struct text *t, char *all)
{
	for (char *line; (line = strsep(&all, "\n")) != NULL;) {
		struct json j = answer_line(t);

		json_str(&j, "line", line);
		answer_end(&j);
	}
}

const char *answer_explain(struct core *c, struct text *t,
    const struct control_request *r)
{
	char id[64], *all = NULL;
	size_t n = 0;
	FILE *to;
	bool found;

	if (!control_word(r, "id", id, sizeof(id)))
		return "which alert? explain ID";
	to = open_memstream(&all, &n);
	if (to == NULL)
		return "no memory";
	found = explain_running(to, c->analysis, id);
	fclose(to);
	if (found)
		as_lines(t, all);
	free(all);
	return found ? NULL : "no such alert is kept, or several begin so";
}

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

/* The parent loads, checks, and tells all of us; see "status". */
const char *answer_reload(struct core *c, struct text *t,
    const struct control_request *r)
{
	struct json j = answer_line(t);

	log_warnx("reload asked for by %s", r->asker);
	atomic_fetch_add(&c->live->board->reloads, 1);
	json_bool(&j, "asked", true);
	answer_end(&j);
	return NULL;
}
