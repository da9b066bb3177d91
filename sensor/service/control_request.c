/*
 * control_request.c - from a line of the control socket to its answer.
 *
 * One line of the table per command.
 */
#include "service/control_parts.h"

#include <string.h>

#include "base/json_read.h"
#include "know/conf.h"

enum { LINES_USUAL = 20, LINES_MAX = 256, NAMES_MAX = 32 };

const struct control_command control_commands[] = {
	{ "status", "what runs, since when, how it fares", .look = answer_status },
	{ "stats", "all counters", .look = answer_stats },
	{ "health", "what is wrong now", .look = answer_health },
	{ "collectors", "where alerts go, and how far they are",
	    .look = answer_collectors },
	{ "spool", "alerts kept on disk", .look = answer_spool },
	{ "alerts", "the last alerts", .look = answer_alerts },
	{ "explain", "every number that led to an alert",
	    .act = answer_explain, .takes = { "id" } },
	{ "flows", "the last flows that ended", .look = answer_flows },
	{ "top", "services by volume", .look = answer_top },
	{ "users", "users by volume", .look = answer_users },
	{ "exceptions", "what the policy excepts, and how often it did",
	    .look = answer_exceptions },
	{ "suppress list", "alerts held back, by whom and why",
	    .act = answer_suppress_list },
	{ "suppress add", "hold alerts back for a while",
	    .act = answer_suppress_add,
	    .takes = { "user", "kind", "to", "owner", "reason", "for" } },
	{ "suppress remove", "hold them back no longer",
	    .act = answer_suppress_remove, .takes = { "number" } },
	{ "forget", "erase a person here; what was sent stays sent",
	    .act = answer_forget, .takes = { "name", "reason" } },
	{ "reload", "load the configuration again", .act = answer_reload },
	{ .name = NULL }
};

static const struct control_command *find(const char *name)
{
	for (size_t i = 0; control_commands[i].name != NULL; i++)
		if (strcmp(control_commands[i].name, name) == 0)
			return &control_commands[i];
	return NULL;
}

static const char *nearest(const char *name)
{
	const char *names[NAMES_MAX] = { NULL };

	for (size_t i = 0; control_commands[i].name != NULL &&
	    i < NAMES_MAX - 1; i++)
		names[i] = control_commands[i].name;
	return conf_near(name, names);
}

static bool refuse(struct text *t, const char *why, const char *near)
{
	struct json j = answer_line(t);

	json_bool(&j, "ok", false);
	json_str(&j, "error", why);
	if (near != NULL)
		json_str(&j, "did_you_mean", near);
	answer_end(&j);
	return false;
}

/* The name, the limit, and nothing that is not text. */
static bool parse(struct control_request *r)
{
	struct slice in = r->raw, key;
	struct json_value v;
	uint64_t n;

	r->max = LINES_USUAL;
	if (!json_enter(&in))
		return false;
	while (json_member(&in, &key, &v))
		if (json_is(key, "max") && json_number(&v, &n))
			r->max = n > LINES_MAX ? LINES_MAX : (size_t)n;
		else if (v.kind != JSON_TEXT)
			return false;
	return !slice_short(in) &&
	    control_word(r, "do", r->name, sizeof(r->name));
}

static bool takes(const struct control_command *command, struct slice key)
{
	if (json_is(key, "do") || json_is(key, "max"))
		return true;
	for (size_t i = 0; i < CONTROL_TAKES && command->takes[i] != NULL;
	    i++)
		if (json_is(key, command->takes[i]))
			return true;
	return false;
}

static bool takes_all(const struct control_command *command,
    const struct control_request *r)
{
	struct slice in = r->raw, key;
	struct json_value v;

	if (!json_enter(&in))
		return false;
	while (json_member(&in, &key, &v))
		if (!takes(command, key))
			return false;
	return true;
}

bool control_answer(struct core *c, struct slice request, const char *asker,
    struct text *t)
{
	struct control_request r = { .asker = asker, .raw = request };
	const struct control_command *command;
	const char *why = NULL;
	struct json j;

	if (!parse(&r))
		return refuse(t, "not a request: {\"do\":\"NAME\"}", NULL);
	command = find(r.name);
	if (command == NULL)
		return refuse(t, "no such command", nearest(r.name));
	if (!takes_all(command, &r))
		return refuse(t, "this command does not take that", NULL);
	if (command->look != NULL)
		command->look(c, t, r.max);
	else
		why = command->act(c, t, &r);
	if (why != NULL)
		return refuse(t, why, NULL);
	j = answer_line(t);
	json_bool(&j, "ok", true);
	answer_end(&j);
	return true;
}
