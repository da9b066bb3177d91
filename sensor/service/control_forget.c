/*
 * control_forget.c - `weir ctl forget`: a person erased while weir runs.
 */
#include "service/control_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "service/erase.h"

/* Collectors are the syslog here: the core itself opens no connection. */
static bool tell(const char *line, void *arg, char *why)
{
	struct core *c = arg;
	bool taken = erase_letter(c->spool, c->live->config, line,
	    real_us());

	if (!taken)
		snprintf(why, ERASE_WHY, "the spool takes no letter");
	return taken;
}

static void answer(struct text *t, const struct erased *n)
{
	struct json j = answer_line(t);

	json_bool(&j, "known", n->known);
	json_u64(&j, "users", n->from.users);
	json_u64(&j, "bindings", n->from.bindings);
	json_u64(&j, "events", n->from.events);
	json_u64(&j, "alerts", n->from.alerts);
	json_u64(&j, "mentions", n->from.mentions);
	json_u64(&j, "suppressions", n->from.suppressions);
	json_u64(&j, "letters", n->letters.erased);
	json_u64(&j, "letters_waiting", n->letters.waiting);
	json_u64(&j, "sealed", n->sealed);
	answer_end(&j);
}

const char *answer_forget(struct core *c, struct text *t,
    const struct control_request *r)
{
	char why[ERASE_WHY] = "";
	char name[ALERT_NAME], reason[ERASE_REASON];
	struct erase e = { c->analysis, c->spool, c->identities, &c->recent,
		c->live, tell, c };
	struct erase_request asked = { name, reason, r->asker, real_us() };
	struct erased n;

	if (!control_word(r, "name", name, sizeof(name)))
		return "who? forget PSEUDONYM reason=...";
	if (!control_word(r, "reason", reason, sizeof(reason)))
		return "reason= is asked for";
	if (c->spool == NULL || c->identities == NULL)
		return "there is no spool";
	log_warnx("an erasure was asked for by %s", r->asker);
	if (!erase_person(&e, &asked, &n, why)) {
		struct json j = answer_line(t);

		json_str(&j, "why", why);
		answer_end(&j);
		return "not done";
	}
	answer(t, &n);
	return NULL;
}
