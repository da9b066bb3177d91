/*
 * control_changes.c - the commands that take words, and those that change
 * something: who asked for a change is logged.
 */
#include "service/control_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/explain.h"
#include "base/log.h"

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
