/*
 * Who is in which group: `directory:`, a map in weir.yaml, a YAML file or a
 * CSV file of two columns.
 */
#include <stdio.h>
#include <string.h>

#include "know/csv.h"
#include "know/policy_parts.h"

struct directory {
	struct accounts *accounts;
	const struct policy *policy;
	struct arena *arena;
	struct conf_errors *e;
};

static void add_member(const struct directory *d, const char *account,
    const struct conf_node *at, const char *group,
    const struct conf_node *group_at)
{
	const struct group *g = policy_group_by_id(d->policy, group);
	char folded[ACCOUNT_MAX];

	if (g == NULL)
		conf_error(d->e, group_at, "no such group '%.64s'", group);
	else if (!account_fold(folded, sizeof(folded), account))
		conf_error(d->e, at, "an account has 1 to %d characters",
		    ACCOUNT_MAX - 1);
	else
		wordmap_set(&d->accounts->groups, arena_text(d->arena, folded,
		    strlen(folded)), g->index);
}

static void members_of_map(const struct directory *d,
    const struct conf_node *map)
{
	const struct conf_node *at;

	if (!conf_is(map, CONF_MAP, d->e))
		return;
	for (at = map->child; at != NULL; at = at->next)
		if (conf_is(at, CONF_SCALAR, d->e))
			add_member(d, at->key, at, at->text, at);
}

static void members_of_yaml(const struct directory *d,
    const struct conf_node *node)
{
	struct conf_node *root;
	char path[4096];

	csv_beside(path, sizeof(path), node);
	root = conf_parse(path, d->e);
	if (root != NULL)
		members_of_map(d, root);
	conf_free(root);
}

static void members_of_csv(const struct directory *d,
    const struct conf_node *node)
{
	struct csv c;

	if (!csv_open(&c, node, d->arena, d->e))
		return;
	while (csv_next(&c, d->e))
		if (c.at.line > 1 || strcmp(c.first, "account") != 0)
			add_member(d, c.first, &c.at, c.second,
			    &c.second_at);
	fclose(c.file);
}

void directory_read(struct accounts *u, const struct policy *p,
    const struct conf_node *node, struct arena *a, struct conf_errors *e)
{
	struct directory d = { u, p, a, e };
	const char *dot;

	if (node == NULL)
		return;
	if (node->kind != CONF_SCALAR) {
		members_of_map(&d, node);
		return;
	}
	dot = strrchr(node->text, '.');
	if (dot != NULL && (strcmp(dot, ".yaml") == 0 ||
	    strcmp(dot, ".yml") == 0))
		members_of_yaml(&d, node);
	else
		members_of_csv(&d, node);
}
