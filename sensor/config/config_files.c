/*
 * config_files.c - weir.yaml and the files of conf.d beside it, as one map.
 *
 * The files of the directory come in the order of their names.  A section
 * stands in one file alone: what wins is never a question of order.
 */
#include "config/config_parts.h"

#include <glob.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *directory_of(const char *path)
{
	char copy[4096], conf_d[4096 + 8];

	snprintf(copy, sizeof(copy), "%s", path);
	snprintf(conf_d, sizeof(conf_d), "%s/conf.d", dirname(copy));
	return config_must(strdup(conf_d));
}

static void join(struct conf_node *all, struct conf_node *part,
    struct conf_errors *e)
{
	struct conf_node **end = &all->child;
	const struct conf_node *there;

	for (struct conf_node *c = part->child; c != NULL; c = c->next) {
		there = conf_get(all, c->key);
		if (there != NULL)
			conf_error_key(e, c, "'%.64s' is already given: "
			    "%.200s:%u", c->key, there->file, there->key_line);
	}
	while (*end != NULL)
		end = &(*end)->next;
	*end = part->child;
}

static void read_part(struct config *c, const char *path,
    struct conf_errors *e)
{
	struct conf_node *part = conf_parse(path, e);

	if (part == NULL)
		return;
	if (conf_is(part, CONF_MAP, e) && c->root->kind == CONF_MAP)
		join(c->root, part, e);
	c->parts = config_must(reallocarray(c->parts, c->parts_n + 1,
	    sizeof(*c->parts)));
	c->parts[c->parts_n++] = part;
}

void config_files(struct config *c, const char *path, struct conf_errors *e)
{
	char pattern[4096 + 32];
	glob_t found;

	c->path = config_must(strdup(path));
	c->conf_d = directory_of(path);
	c->root = conf_parse(path, e);
	if (c->root == NULL)
		return;
	snprintf(pattern, sizeof(pattern), "%s/*.yaml", c->conf_d);
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		read_part(c, found.gl_pathv[i], e);
	globfree(&found);
}

void config_files_free(struct config *c)
{
	for (size_t i = 0; i < c->parts_n; i++)
		conf_free(c->parts[i]);
	free(c->parts);
	conf_free(c->root);
	free(c->conf_d);
	free(c->path);
}
