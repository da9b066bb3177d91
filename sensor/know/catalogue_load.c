/*
 * Catalogue files into a catalogue: services, files, the site's directory.
 *
 * A service is described once in the embedded files; a site may add to it.
 * Nothing is skipped silently: any error refuses the whole load.
 */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "know/catalogue_file.h"
#include "know/keys.h"

const char *const catalogue_tenancies[] = { "undecidable", "personal",
	"business", NULL };

#define OF(member) offsetof(struct service_conf, member)
const struct conf_field catalogue_service_fields[] = {
	{ .name = "name", .type = CONF_TEXT, .offset = OF(name), .max = 80,
	    .help = "for people to read" },
	{ .name = "vendor", .type = CONF_TEXT, .offset = OF(vendor),
	    .max = 80,
	    .help = "who runs it" },
	{ .name = "category", .type = CONF_CHOICE, .offset = OF(category),
	    .standard = UNSET, .choices = category_names,
	    .help = "what kind of service it is" },
	{ .name = "tenancy", .type = CONF_CHOICE, .offset = OF(tenancy),
	    .standard = UNSET, .choices = catalogue_tenancies,
	    .help = "whose accounts: as for a rule" },
	{ .name = "source", .type = CONF_TEXT, .offset = OF(source),
	    .max = 300,
	    .help = "where its facts are from, and how well they are known" },
	{ .name = "checked", .type = CONF_TEXT, .offset = OF(checked),
	    .max = 10,
	    .help = "when that was looked at, as 2026-08-11" },
	{ .name = "rules", .type = CONF_NODE, .offset = OF(rules),
	    .help = "list of rules" },
	{ .name = NULL }
};
#undef OF

/* ---- one service ---- */

static bool good_id(const char *id)
{
	return *id != '\0' && strlen(id) <= 40 &&
	    id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static struct service *new_service(struct loader *l, const char *id)
{
	struct catalogue *c = l->c;
	struct service *s = arena_get(&c->arena, sizeof(*s));
	uint32_t index = (uint32_t)c->services_n;

	s->id = loader_keep(l, id);
	s->index = index;
	s->site = l->site;
	c->services = grown(c->services, c->services_n, &c->services_room,
	    sizeof(*c->services));
	c->services[c->services_n++] = s;
	wordmap_put(&c->ids, s->id, &index);
	return s;
}

/* A site may add to a service that we know; we describe each one once. */
static struct service *service_for(struct loader *l,
    const struct conf_node *node, const struct service_conf *conf)
{
	uint32_t index;

	if (!good_id(node->key)) {
		conf_error_key(l->errors, node, "'%.64s': a service is named "
		    "by at most 40 of a-z, 0-9 and -", node->key);
		return NULL;
	}
	if (!wordmap_get(&l->c->ids, slice_str(node->key),
	    &index)) {
		if (conf->name == NULL || conf->category == UNSET) {
			conf_error_key(l->errors, node, "'%s' is new here "
			    "and needs a name and a category", node->key);
			return NULL;
		}
		return new_service(l, node->key);
	}
	if (!l->site) {
		conf_error_key(l->errors, node,
		    "the service '%s' is described twice", node->key);
		return NULL;
	}
	return l->c->services[index];
}

static void load_service(struct loader *l, const struct conf_node *node)
{
	struct service_conf conf;
	const struct conf_node *c;

	if (!conf_fill(&conf, catalogue_service_fields, node, l->errors))
		goto out;
	loader_check_date(l, node);
	l->service = service_for(l, node, &conf);
	if (l->service == NULL)
		goto out;
	if (conf.name != NULL)
		l->service->name = loader_keep(l, conf.name);
	if (conf.vendor != NULL || l->service->vendor == NULL)
		l->service->vendor = loader_keep(l, conf.vendor ? conf.vendor :
		    l->service->name);
	if (conf.category != UNSET)
		l->service->category = (enum category)conf.category;
	if (conf.rules != NULL && !conf_is(conf.rules, CONF_LIST, l->errors))
		goto out;
	for (c = conf.rules ? conf.rules->child : NULL; c; c = c->next)
		loader_rule(l, c, &conf);
out:
	conf_release(&conf, catalogue_service_fields);
}

/* ---- files ---- */

struct file_conf {
	int64_t format;
	char *updated;
	const struct conf_node *services;
};

#define OF(member) offsetof(struct file_conf, member)
const struct conf_field catalogue_file_fields[] = {
	{ .name = "catalogue", .type = CONF_COUNT, .offset = OF(format),
	    .min = 1, .max = 2, .required = true,
	    .help = "format of the file: 1" },
	{ .name = "updated", .type = CONF_TEXT, .offset = OF(updated),
	    .help = "day of the last change" },
	{ .name = "services", .type = CONF_NODE, .offset = OF(services),
	    .required = true,
	    .help = "map of services by id: small letters, digits, hyphens" },
	{ .name = NULL }
};
#undef OF

static void load_file(struct loader *l, const struct conf_node *root)
{
	const struct conf_node *c;
	struct file_conf conf;
	int64_t date;

	if (!conf_fill(&conf, catalogue_file_fields, root, l->errors))
		goto out;
	if (conf.format != 1)
		conf_error(l->errors, conf_get(root, "catalogue"),
		    "this weir reads format 1 only");
	c = conf_get(root, "updated");
	date = conf.updated != NULL ? loader_date(conf.updated) : UNSET;
	if (c != NULL && date == UNSET)
		conf_error(l->errors, c, "'%.64s' is not a date: write "
		    "2026-08-11", conf.updated);
	if (!l->site && date > l->c->date)
		l->c->date = date;
	if (!conf_is(conf.services, CONF_MAP, l->errors))
		goto out;
	for (c = conf.services->child; c != NULL; c = c->next)
		load_service(l, c);
out:
	conf_release(&conf, catalogue_file_fields);
}

static void load_root(struct loader *l, struct conf_node *root)
{
	if (root == NULL)
		return;
	l->roots = grown(l->roots, l->roots_n, &l->roots_room,
	    sizeof(*l->roots));
	l->roots[l->roots_n++] = root;
	load_file(l, root);
}

static void resolve_later(struct loader *l)
{
	const struct conf_node *at;
	struct rule *r;
	size_t i;

	for (i = 0; i < l->later_n; i++) {
		at = l->later[i].during;
		r = l->later[i].rule;
		if (!conf_is(at, CONF_SCALAR, l->errors))
			continue;
		r->during = catalogue_service_by_id(l->c, at->text);
		if (r->during == NULL)
			conf_error(l->errors, at, "no such service '%.64s'",
			    at->text);
	}
}

static int is_yaml(const struct dirent *d)
{
	return fnmatch("*.yaml", d->d_name, FNM_PERIOD) == 0;
}

static void load_site(struct loader *l, const char *dir)
{
	struct dirent **found;
	int i, n = scandir(dir, &found, is_yaml, alphasort);
	char path[4096];

	if (n == -1) {
		if (errno != ENOENT)
			conf_error_at(l->errors, dir, 0, 0, "%s",
			    strerror(errno));
		return;
	}
	l->site = true;
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, found[i]->d_name);
		load_root(l, conf_parse(path, l->errors));
		free(found[i]);
	}
	free(found);
}

static struct catalogue *finish(struct loader *l)
{
	struct catalogue *c = l->c;

	size_t i;

	resolve_later(l);
	for (i = 0; i < l->roots_n; i++)
		conf_free(l->roots[i]);
	free(l->roots);
	free(l->later);
	wordmap_free(&l->hosts);
	if (l->errors->n > l->errors_before) {
		catalogue_free(c);
		return NULL;
	}
	catalogue_finish(c);
	return c;
}

static bool start(struct loader *l, struct conf_errors *e)
{
	*l = (struct loader){ .errors = e, .errors_before = e->n };
	l->c = calloc(1, sizeof(*l->c));
	return l->c != NULL;
}

static void load_embedded(struct loader *l)
{
	const struct embedded *f;

	for (f = embedded_files; f->name != NULL; f++)
		load_root(l, conf_parse_text(f->name, f->text,
		    (size_t)(f->end - f->text), l->errors));
}

static void load_paths(struct loader *l, const char *const *paths)
{
	for (; *paths != NULL; paths++)
		load_root(l, conf_parse(*paths, l->errors));
}

struct catalogue *catalogue_load(const char *site_dir,
    struct conf_errors *e)
{
	struct loader l;

	if (!start(&l, e))
		return NULL;
	load_embedded(&l);
	if (site_dir != NULL)
		load_site(&l, site_dir);
	return finish(&l);
}

struct catalogue *catalogue_load_site(const char *site_dir,
    struct conf_errors *e)
{
	struct loader l;

	if (!start(&l, e))
		return NULL;
	load_site(&l, site_dir);
	return finish(&l);
}

struct catalogue *catalogue_load_with(const char *const *paths,
    struct conf_errors *e)
{
	struct loader l;

	if (!start(&l, e))
		return NULL;
	load_embedded(&l);
	l.site = true;
	load_paths(&l, paths);
	return finish(&l);
}

struct catalogue *catalogue_load_text(const char *name, const char *text,
    size_t n, struct conf_errors *e)
{
	struct loader l;

	if (!start(&l, e))
		return NULL;
	load_root(&l, conf_parse_text(name, text, n, e));
	return finish(&l);
}
