/*
 * The lists of a policy: sensitive resources, the watch-list, exceptions.
 *
 * What holds for a time only says until when and why, or it is an error: a
 * forgotten exception is a hole that nobody sees.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "know/csv.h"
#include "know/policy_file.h"
#include "know/keys.h"

struct resource_conf {
	char *match;
	int64_t sensitivity;
	const struct conf_node *groups;
};

const struct conf_field policy_resource_fields[] = {
	{ .name = "match", .type = CONF_TEXT, .required = true,
	    .offset = offsetof(struct resource_conf, match),
	    .help = "its name, * for any characters" },
	{ .name = "sensitivity", .type = CONF_COUNT, .required = true,
	    .offset = offsetof(struct resource_conf, sensitivity),
	    .min = 0, .max = 3,
	    .help = "0 public to 3 secret" },
	{ .name = "groups", .type = CONF_NODE,
	    .offset = offsetof(struct resource_conf, groups),
	    .help = "ids of groups that may use it; without it nobody may" },
	{ .name = NULL }
};

static void read_resource(struct policy_loader *l, const struct conf_node *node)
{
	struct policy *p = l->p;
	const struct conf_node *at;
	const struct group *g;
	struct resource_conf conf;
	uint32_t groups = 0;

	if (!conf_fill(&conf, policy_resource_fields, node, l->e))
		goto out;
	for (at = conf_first(conf.groups); at != NULL;
	    at = conf_after(conf.groups, at)) {
		if (!conf_is(at, CONF_SCALAR, l->e))
			continue;
		g = policy_group_by_id(p, at->text);
		if (g == NULL)
			policy_no_group(l, at);
		else
			groups |= 1u << g->index;
	}
	p->resources = grown(p->resources, p->resources_n,
	    &p->resources_room, sizeof(*p->resources));
	p->resources[p->resources_n++] = (struct resource){
		policy_keep(l, conf.match), (int)conf.sensitivity, groups };
out:
	conf_release(&conf, policy_resource_fields);
}

struct dated_conf {
	char *user, *alert, *owner, *reason;
	const struct conf_node *to, *until;
};

#define OF(member) offsetof(struct dated_conf, member)
const struct conf_field policy_watch_fields[] = {
	{ .name = "user", .type = CONF_TEXT, .offset = OF(user),
	    .required = true,
	    .help = "account" },
	{ .name = "until", .type = CONF_NODE, .offset = OF(until),
	    .required = true,
	    .help = "last day, as 2026-12-24" },
	{ .name = "reason", .type = CONF_TEXT, .offset = OF(reason),
	    .required = true,
	    .help = "shown in alerts: has given notice" },
	{ .name = NULL }
};

const struct conf_field policy_exception_fields[] = {
	{ .name = "user", .type = CONF_TEXT, .offset = OF(user),
	    .text = "*",
	    .help = "account" },
	{ .name = "alert", .type = CONF_TEXT, .offset = OF(alert),
	    .help = "name of a detection; all of them" },
	{ .name = "to", .type = CONF_NODE, .offset = OF(to),
	    .help = "only for these destinations" },
	{ .name = "until", .type = CONF_NODE, .offset = OF(until),
	    .required = true,
	    .help = "last day, as 2026-12-24" },
	{ .name = "reason", .type = CONF_TEXT, .offset = OF(reason),
	    .required = true,
	    .help = "why it is allowed" },
	{ .name = "owner", .type = CONF_TEXT, .offset = OF(owner),
	    .required = true,
	    .help = "who allowed it and answers for it" },
	{ .name = NULL }
};
#undef OF

/* The parts that both lists share; false after an error. */
static bool read_dated(struct policy_loader *l, const struct dated_conf *conf,
    const char **user, int64_t *until)
{
	char folded[ACCOUNT_MAX];

	if (!conf_is(conf->until, CONF_SCALAR, l->e))
		return false;
	if (!date_read(until, conf->until->text)) {
		conf_error(l->e, conf->until, "'%.32s' is not a date: write "
		    "2026-12-24", conf->until->text);
		return false;
	}
	if (!account_fold(folded, sizeof(folded), conf->user)) {
		conf_error(l->e, conf->until, "the account is too long");
		return false;
	}
	*user = policy_keep(l, folded);
	return true;
}

static void watch(struct policy_loader *l, const struct dated_conf *conf)
{
	struct policy *p = l->p;
	struct watched w;

	if (!read_dated(l, conf, &w.account, &w.until_days))
		return;
	w.reason = policy_keep(l, conf->reason);
	p->watch = grown(p->watch, p->watch_n, &p->watch_room,
	    sizeof(*p->watch));
	p->watch[p->watch_n++] = w;
}

static void read_watched(struct policy_loader *l, const struct conf_node *node)
{
	struct dated_conf conf = { 0 };

	if (conf_fill(&conf, policy_watch_fields, node, l->e))
		watch(l, &conf);
	conf_release(&conf, policy_watch_fields);
}

/* The destinations as they are written: "mega host:.acme.example". */
static const char *told_words(struct policy_loader *l, const struct words *w)
{
	char all[256];
	struct text t = text_in(all, sizeof(all));

	for (size_t i = 0; i < w->n; i++)
		text_printf(&t, "%s%s", i > 0 ? " " : "",
		    w->all[i].node->text);
	return policy_keep(l, all);
}

/* The same as long as what it excepts is, whoever owns it until when. */
static uint64_t exception_id(const struct exemption *x)
{
	char all[ACCOUNT_MAX + 512];
	struct text t = text_in(all, sizeof(all));

	text_printf(&t, "%s|%s|%s", x->user, x->alert ? x->alert : "", x->to);
	return hash_of(all, t.n, 0);
}

static void read_exception(struct policy_loader *l,
    const struct conf_node *node)
{
	struct policy *p = l->p;
	struct dated_conf conf = { 0 };
	struct exception x = { 0 };
	int64_t days;

	if (conf_fill(&conf, policy_exception_fields, node, l->e) &&
	    read_dated(l, &conf, &x.what.user, &days)) {
		words_read(&x.to, conf.to, l->c, &p->arena, l->e);
		x.what.until_us = (days + 1) * 86400 * INT64_C(1000000);
		x.what.owner = policy_keep(l, conf.owner);
		x.what.reason = policy_keep(l, conf.reason);
		x.what.alert = conf.alert ? policy_keep(l, conf.alert) : NULL;
		x.what.to = told_words(l, &x.to);
		x.what.id = exception_id(&x.what);
		p->exceptions = grown(p->exceptions, p->exceptions_n,
		    &p->exceptions_room, sizeof(*p->exceptions));
		p->exceptions[p->exceptions_n++] = x;
	}
	conf_release(&conf, policy_exception_fields);
}

static void each(struct policy_loader *l, const struct conf_node *list,
    void (*read)(struct policy_loader *, const struct conf_node *))
{
	const struct conf_node *at;

	if (list == NULL || !conf_is(list, CONF_LIST, l->e))
		return;
	for (at = list->child; at != NULL; at = at->next)
		read(l, at);
}

void policy_read_resources(struct policy_loader *l,
    const struct conf_node *list)
{
	each(l, list, read_resource);
}

/* account,until,reason: what a directory exports when somebody gives notice. */
static void watch_file(struct policy_loader *l, const struct conf_node *node)
{
	struct csv c;

	if (!csv_open(&c, node, &l->p->arena, l->e))
		return;
	while (csv_next(&c, l->e)) {
		char *comma = strchr(c.second, ',');
		struct conf_node until = c.second_at;
		struct dated_conf conf = { .user = c.first };

		if (c.at.line == 1 && strcmp(c.first, "account") == 0)
			continue;
		if (comma != NULL)
			*comma = '\0';	/* the date ends here */
		until.kind = CONF_SCALAR;
		until.text = c.second;
		conf.until = &until;
		if (comma == NULL) {
			conf_error(l->e, &c.second_at, "a reason is needed "
			    "behind the date");
			continue;
		}
		conf.reason = comma + 1;
		watch(l, &conf);
	}
	fclose(c.file);
}

void policy_read_watch(struct policy_loader *l, const struct conf_node *list)
{
	if (list != NULL && list->kind == CONF_SCALAR) {
		watch_file(l, list);
		return;
	}
	each(l, list, read_watched);
}

void policy_read_exceptions(struct policy_loader *l,
    const struct conf_node *list)
{
	each(l, list, read_exception);
}
