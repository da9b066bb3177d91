/*
 * The groups of a policy: who is in them, what they may, how they work.
 *
 * The last group takes whoever no other claims; when the site writes groups
 * of its own and none of them is called "everyone", that one is added.
 */
#include <string.h>

#include "know/keys.h"
#include "know/policy_file.h"

/* IT1021's groups, when the site says nothing. */
static const struct { const char *id, *name; } standard_groups[] = {
	{ "rnd", "R&D" },
	{ "sales", "Sales" },
	{ "executives", "Executives and Executive Assistants" },
	{ "it", "IT Operations/InfoSec" },
	{ "everyone", "Support Staff/Everyone Else" },
};

enum { STANDARD_GROUPS = sizeof(standard_groups) /
    sizeof(*standard_groups) };

#define NODE(member) .type = CONF_NODE, .offset = OF(member)
struct group_conf {
	char *name;
	bool monitor;
	const struct conf_node *within, *members, *networks, *approved,
	    *unapproved, *detections, *calendar;
};

#define OF(member) offsetof(struct group_conf, member)
const struct conf_field policy_group_fields[] = {
	{ .name = "name", .type = CONF_TEXT, .offset = OF(name), .max = 80,
	    .help = "for people to read" },
	{ .name = "monitor", .type = CONF_BOOL, .offset = OF(monitor),
	    .standard = 1,
	    .help = "no: nothing is kept of its members" },
	{ .name = "within", NODE(within),
	    .help = "id of a group that decides where this one does not" },
	{ .name = "members", NODE(members),
	    .help = "accounts, * for any characters" },
	{ .name = "networks", NODE(networks),
	    .help = "addresses of users whose account is not known" },
	{ .name = "approved", NODE(approved),
	    .help = "where its members may send files" },
	{ .name = "unapproved", NODE(unapproved),
	    .help = "where they may not; the more specific word wins" },
	{ .name = "detections", NODE(detections),
	    .help = "settings of detections that differ for this group" },
	{ .name = "calendar", NODE(calendar),
	    .help = "name of the calendar it works by" },
	{ .name = NULL }
};
#undef OF

void policy_no_group(struct policy_loader *l, const struct conf_node *at)
{
	const char *ids[POLICY_GROUPS + 1];
	uint32_t i;

	for (i = 0; i < l->p->groups_n; i++)
		ids[i] = l->p->groups[i].group.id;
	ids[i] = NULL;
	conf_error_near(l->e, at, "group", ids);
}

static struct group_rules *add_group(struct policy_loader *l, const char *id,
    const char *name)
{
	struct group_rules *g = &l->p->groups[l->p->groups_n];

	*g = (struct group_rules){ .parent = NO_GROUP,
		.calendar = NO_GROUP };
	g->group.id = policy_keep(l, id);
	g->group.name = policy_keep(l, name);
	g->group.monitor = true;
	g->group.index = l->p->groups_n++;
	return g;
}

static bool good_id(const char *id)
{
	return *id != '\0' && strlen(id) <= 40 &&
	    id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0';
}

void policy_name_groups(struct policy_loader *l,
    const struct conf_node *groups)
{
	const struct conf_node *at, *name, *last = NULL;
	size_t i;

	if (groups == NULL) {
		for (i = 0; i < STANDARD_GROUPS; i++)
			add_group(l, standard_groups[i].id,
			    standard_groups[i].name);
		return;
	}
	if (conf_is(groups, CONF_MAP, l->e)) {
		for (at = groups->child; at != NULL; at = at->next) {
			if (l->p->groups_n == POLICY_GROUPS - 1) {
				conf_error_key(l->e, at, "more than %d "
				    "groups", POLICY_GROUPS - 1);
				break;
			}
			if (!good_id(at->key))
				conf_error_key(l->e, at, "'%.64s': a group "
				    "is named by at most 40 of a-z, 0-9, - "
				    "and _", at->key);
			if (strcmp(at->key, "everyone") == 0) {
				last = at;
				continue;
			}
			name = conf_get(at, "name");
			add_group(l, at->key, name != NULL &&
			    name->kind == CONF_SCALAR ? name->text :
			    at->key);
		}
	}
	name = conf_get(last, "name");
	add_group(l, "everyone", name != NULL && name->kind == CONF_SCALAR ?
	    name->text : "Everyone Else");
}

static void read_members(struct policy_loader *l, const struct group_rules *g,
    const struct conf_node *list)
{
	const struct conf_node *at;
	struct policy *p = l->p;
	char folded[ACCOUNT_MAX];

	if (list != NULL && list->kind == CONF_MAP) {
		conf_is(list, CONF_LIST, l->e);
		return;
	}
	for (at = conf_first(list); at != NULL; at = conf_after(list, at)) {
		if (!conf_is(at, CONF_SCALAR, l->e))
			continue;
		if (*at->text == '\0' ||
		    !account_fold(folded, sizeof(folded), at->text)) {
			conf_error(l->e, at, "an account has 1 to %d "
			    "characters", ACCOUNT_MAX - 1);
			continue;
		}
		p->patterns = grown(p->patterns, p->patterns_n,
		    &p->patterns_room, sizeof(*p->patterns));
		p->patterns[p->patterns_n++] = (struct member_pattern){
			policy_keep(l, folded), g->group.index };
	}
}

static void read_networks(struct policy_loader *l, const struct group_rules *g,
    const struct conf_node *list)
{
	const struct conf_node *at;
	struct policy *p = l->p;
	struct prefix prefix;

	for (at = conf_first(list); at != NULL; at = conf_after(list, at)) {
		if (!policy_prefix(l, &prefix, at))
			continue;
		p->networks = grown(p->networks, p->networks_n,
		    &p->networks_room, sizeof(*p->networks));
		p->networks[p->networks_n++] = (struct member_network){
			prefix, g->group.index };
	}
}

static void read_calendar_name(struct policy_loader *l, struct group_rules *g,
    const struct conf_node *at)
{
	const char *names[64 + 1];
	size_t i, n = l->p->calendars_n;

	if (at == NULL || !conf_is(at, CONF_SCALAR, l->e))
		return;
	for (i = 0; i < n; i++) {
		if (strcmp(l->p->calendars[i].name, at->text) == 0) {
			g->calendar = (int32_t)i;
			return;
		}
	}
	for (i = 0; i < n && i < 64; i++)
		names[i] = l->p->calendars[i].name;
	names[i] = NULL;
	conf_error_near(l->e, at, "calendar", names);
}

static void read_parent(struct policy_loader *l, struct group_rules *g,
    const struct conf_node *at)
{
	const struct group *parent;

	if (at == NULL || !conf_is(at, CONF_SCALAR, l->e))
		return;
	parent = policy_group_by_id(l->p, at->text);
	if (parent == NULL)
		policy_no_group(l, at);
	else
		g->parent = (int32_t)parent->index;
}

static void read_group(struct policy_loader *l, const struct conf_node *node)
{
	struct group_rules *g = (struct group_rules *)
	    policy_group_by_id(l->p, node->key);
	struct group_conf conf;

	if (conf_fill(&conf, policy_group_fields, node, l->e) && g != NULL) {
		g->group.monitor = conf.monitor;
		read_members(l, g, conf.members);
		read_networks(l, g, conf.networks);
		words_read(&g->approved, conf.approved, l->c, &l->p->arena,
		    l->e);
		words_read(&g->unapproved, conf.unapproved, l->c,
		    &l->p->arena, l->e);
		read_calendar_name(l, g, conf.calendar);
		read_parent(l, g, conf.within);
		if (conf.detections != NULL &&
		    conf_is(conf.detections, CONF_MAP, l->e))
			g->detections = conf.detections;
	}
	conf_release(&conf, policy_group_fields);
}

/* Each group must reach the top in fewer steps than there are groups. */
static void check_rings(struct policy_loader *l, const struct conf_node *groups)
{
	uint32_t i, steps;
	int32_t at;

	for (i = 0; i < l->p->groups_n; i++) {
		at = (int32_t)i;
		for (steps = 0; at != NO_GROUP && steps <= l->p->groups_n;
		    steps++)
			at = l->p->groups[at].parent;
		if (at == NO_GROUP)
			continue;
		conf_error(l->e, conf_get(conf_get(groups,
		    l->p->groups[i].group.id), "within"),
		    "the group '%s' is within itself",
		    l->p->groups[i].group.id);
		l->p->groups[i].parent = NO_GROUP;
	}
}

void policy_read_groups(struct policy_loader *l,
    const struct conf_node *groups)
{
	const struct conf_node *at;

	if (groups == NULL || groups->kind != CONF_MAP)
		return;
	for (at = groups->child; at != NULL; at = at->next)
		read_group(l, at);
	check_rings(l, groups);
}

bool policy_prefix(struct policy_loader *l, struct prefix *p,
    const struct conf_node *at)
{
	if (!conf_is(at, CONF_SCALAR, l->e))
		return false;
	if (prefix_parse(p, at->text))
		return true;
	conf_error(l->e, at, "'%.64s' is not an address range: write "
	    "10.0.0.0/8 or 2001:db8::/32", at->text);
	return false;
}
