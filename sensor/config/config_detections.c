/*
 * config_detections.c - the settings of the detections, and each group's own.
 *
 * A detection declares its fields; here they are filled from `detections:`,
 * then overridden by what a group says, outermost group first.
 */
#include "config/config_parts.h"

#include <stdlib.h>
#include <string.h>

#include "detect/detect.h"

static unsigned int detections_count(void)
{
	unsigned int n = 0;

	while (detections[n] != NULL)
		n++;
	return n;
}

static void check_names(const struct conf_node *map, struct conf_errors *e)
{
	unsigned int n = detections_count(), i;
	const char **names = config_must(calloc(n + 1, sizeof(*names)));
	const struct conf_node *c;
	const char *near;

	for (i = 0; i < n; i++)
		names[i] = detections[i]->name;
	for (c = map->child; c != NULL; c = c->next) {
		for (i = 0; i < n; i++)
			if (strcmp(names[i], c->key) == 0)
				break;
		near = conf_near(c->key, names);
		if (i == n && near != NULL)
			conf_error_key(e, c, "no such detection '%.64s'; "
			    "did you mean '%s'?", c->key, near);
		else if (i == n)
			conf_error_key(e, c, "no such detection '%.64s'",
			    c->key);
	}
	free(names);
}

static void read_detections(struct config *c, const struct conf_node *map,
    struct conf_errors *e)
{
	unsigned int n = detections_count(), i;
	const struct detection *d;

	c->detections = config_must(calloc(n + 1, sizeof(*c->detections)));
	if (map != NULL && conf_is(map, CONF_MAP, e))
		check_names(map, e);
	for (i = 0; i < n; i++) {
		d = detections[i];
		c->detections[i] = config_must(calloc(1, d->conf_size + 1));
		conf_fill(c->detections[i], d->options,
		    conf_get(map, d->name), e);
	}
}

/* The standard settings, those of all, then the group's, outermost first. */
static void override(void *into, const struct detection *d,
    const struct policy *p, const struct group *g, struct conf_errors *e)
{
	const struct group *parent = policy_parent(p, g);
	const struct conf_node *section = policy_group_section(p, g, d->name);

	if (parent != NULL)
		override(into, d, p, parent, e);
	if (parent == NULL ||
	    section != policy_group_section(p, parent, d->name))
		conf_override(into, d->options, section, e);
}

static void read_overrides(struct config *c, const struct conf_node *map,
    struct conf_errors *e)
{
	size_t groups = policy_groups(c->policy), g;
	unsigned int n = detections_count(), i;
	const struct detection *d;
	const struct group *group;
	void *conf;

	c->group_detections = config_must(calloc(groups + 1, sizeof(void **)));
	for (g = 0; g < groups; g++) {
		c->group_detections[g] = config_must(calloc(n + 1, sizeof(void *)));
		group = policy_group_at(c->policy, g);
		for (i = 0; i < n; i++) {
			d = detections[i];
			if (policy_group_section(c->policy, group, d->name)
			    == NULL)
				continue;
			conf = config_must(calloc(1, d->conf_size + 1));
			c->group_detections[g][i] = conf;
			conf_fill(conf, d->options, conf_get(map, d->name),
			    &(struct conf_errors){ 0 });
			override(conf, d, c->policy, group, e);
		}
	}
}

/* Names under a group's `detections:`; its values are checked above. */
static void check_groups(const struct conf_node *policy,
    struct conf_errors *e)
{
	const struct conf_node *groups = conf_get(policy, "groups"), *g, *map;

	for (g = groups ? groups->child : NULL; g != NULL; g = g->next) {
		map = conf_get(g, "detections");
		if (map != NULL && map->kind == CONF_MAP)
			check_names(map, e);
	}
}

void config_detections(struct config *c, const struct conf_node *map,
    const struct conf_node *policy, struct conf_errors *e)
{
	read_detections(c, map, e);
	if (c->policy != NULL)
		read_overrides(c, map, e);
	check_groups(policy, e);
}

const void *config_detection(const struct config *c, unsigned int i,
    const struct group *g)
{
	const void *own = g != NULL && c->group_detections != NULL ?
	    c->group_detections[g->index][i] : NULL;

	return own != NULL ? own : c->detections[i];
}

static void free_all(void **all)
{
	unsigned int i;

	for (i = 0; all != NULL && detections[i] != NULL; i++) {
		if (all[i] != NULL)
			conf_release(all[i], detections[i]->options);
		free(all[i]);
	}
	free(all);
}

void config_detections_free(struct config *c)
{
	size_t g;

	if (c->group_detections != NULL)
		for (g = 0; c->group_detections[g] != NULL; g++)
			free_all(c->group_detections[g]);
	free(c->group_detections);
	free_all(c->detections);
}
