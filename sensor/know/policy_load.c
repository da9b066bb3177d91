/*
 * The `policy:` map of weir.yaml into a policy.
 *
 * Order: the calendars and groups first, then everything that names them.
 */
#include <stdlib.h>

#include "know/keys.h"
#include "know/policy_file.h"

struct policy_conf {
	const struct conf_node *home, *shared, *users, *directory, *groups,
	    *calendars, *resources, *watch, *exceptions;
};

#define NODE(member) .type = CONF_NODE, .offset = OF(member)
#define OF(member) offsetof(struct policy_conf, member)
const struct conf_field policy_fields[] = {
	{ .name = "home", NODE(home),
	    .help = "networks that are ours; without it private address space" },
	{ .name = "shared", NODE(shared),
	    .help = "networks and addresses that many use at once (VPN pool, "
		"terminal server, NAT, proxy): no logon names who it is" },
	{ .name = "users", NODE(users),
	    .help = "map of address to account, or a CSV file of pairs" },
	{ .name = "directory", NODE(directory),
	    .help = "CSV file of account and group, one pair a line" },
	{ .name = "groups", NODE(groups),
	    .help = "map of groups by id; without it the five of IT1021" },
	{ .name = "calendars", NODE(calendars),
	    .help = "map of calendars by name" },
	{ .name = "resources", NODE(resources),
	    .help = "list of rooms, tenants and files not for everybody" },
	{ .name = "watch", NODE(watch),
	    .help = "list of users who need a closer look until a date" },
	{ .name = "exceptions", NODE(exceptions),
	    .help = "list of alerts not to be raised until a date" },
	{ .name = NULL }
};
#undef OF

static void read_calendars(struct policy_loader *l, const struct conf_node *map)
{
	struct policy *p = l->p;
	const struct conf_node *at;
	struct calendar *c;

	if (map == NULL || !conf_is(map, CONF_MAP, l->e))
		return;
	for (at = map->child; at != NULL; at = at->next) {
		c = calendar_read(at, l->e);
		if (c == NULL)
			continue;
		p->calendars = grown(p->calendars, p->calendars_n,
		    &p->calendars_room, sizeof(*p->calendars));
		p->calendars[p->calendars_n++] = (struct named_calendar){
			policy_keep(l, at->key), c };
	}
}

static void read_prefixes(struct policy_loader *l, struct prefixes *to,
    const struct conf_node *list)
{
	const struct conf_node *at;
	struct prefix prefix;

	for (at = conf_first(list); at != NULL; at = conf_after(list, at)) {
		if (!policy_prefix(l, &prefix, at))
			continue;
		to->all = grown(to->all, to->n, &to->room, sizeof(*to->all));
		to->all[to->n++] = prefix;
	}
}

struct policy *policy_load(const struct conf_node *node,
    const struct catalogue *c, struct conf_errors *e)
{
	struct policy_loader l = { calloc(1, sizeof(struct policy)), c, e };
	unsigned int before = e->n;
	struct policy_conf conf;

	if (l.p == NULL)
		return NULL;
	conf_fill(&conf, policy_fields, node, e);
	read_calendars(&l, conf.calendars);
	policy_name_groups(&l, conf.groups);
	policy_read_groups(&l, conf.groups);
	read_prefixes(&l, &l.p->home, conf.home);
	read_prefixes(&l, &l.p->shared, conf.shared);
	users_read(&l.p->accounts, conf.users, &l.p->arena, e);
	directory_read(&l.p->accounts, l.p, conf.directory, &l.p->arena, e);
	policy_read_resources(&l, conf.resources);
	policy_read_watch(&l, conf.watch);
	policy_read_exceptions(&l, conf.exceptions);
	if (e->n == before)
		return l.p;
	policy_free(l.p);
	return NULL;
}

void policy_free(struct policy *p)
{
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->groups_n; i++) {
		free(p->groups[i].approved.all);
		free(p->groups[i].unapproved.all);
	}
	for (i = 0; i < p->exceptions_n; i++)
		free(p->exceptions[i].to.all);
	for (i = 0; i < p->calendars_n; i++)
		calendar_free(p->calendars[i].calendar);
	free(p->calendars);
	free(p->exceptions);
	free(p->watch);
	free(p->resources);
	free(p->home.all);
	free(p->shared.all);
	free(p->networks);
	free(p->patterns);
	free(p->accounts.users);
	wordmap_free(&p->accounts.groups);
	arena_free(&p->arena);
	free(p);
}
