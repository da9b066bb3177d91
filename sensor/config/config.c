/*
 * weir.yaml into struct config.
 *
 * Every section belongs to a part of the program that declares its fields in
 * a table; this file only knows where the tables are.  All sections are read
 * even when one is wrong, so that one run reports every mistake.
 */
#include "config/config_parts.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "alert/output.h"
#include "base/hash.h"
#include "config/apps.h"

static int output_kind(const struct conf_node *item, struct conf_errors *e)
{
	const struct conf_node *type = conf_get(item, "type");
	const char *names[64 + 1];
	int i;

	if (!conf_is(item, CONF_MAP, e))
		return -1;
	if (type == NULL) {
		conf_error(e, item, "'type' is missing");
		return -1;
	}
	if (!conf_is(type, CONF_SCALAR, e))
		return -1;
	for (i = 0; outputs[i] != NULL && i < 64; i++) {
		names[i] = outputs[i]->name;
		if (strcmp(type->text, names[i]) == 0)
			return i;
	}
	names[i] = NULL;
	conf_error_near(e, type, "output", names);
	return -1;
}

static struct config_output *read_output(const struct conf_node *item,
    struct conf_errors *e)
{
	int kind = output_kind(item, e);
	struct config_output *o;
	const struct output *as;

	if (kind < 0)
		return NULL;
	as = outputs[kind];
	o = config_must(calloc(1, sizeof(*o)));
	o->kind = kind;
	o->settings = config_must(calloc(1, as->conf_size + 1));
	if (conf_fill(o->settings, as->options, item, e) &&
	    as->check != NULL)
		as->check(o->settings, item, e);
	return o;
}

static void read_outputs(struct config *c, const struct conf_node *list,
    struct conf_errors *e)
{
	struct config_output **end = &c->outputs;
	const struct conf_node *item;

	if (list == NULL || !conf_is(list, CONF_LIST, e))
		return;
	for (item = list->child; item != NULL; item = item->next) {
		*end = read_output(item, e);
		if (*end != NULL)
			end = &(*end)->next;
	}
}

void config_key_path(const struct config *c, char *path)
{
	if (c->key != NULL)
		snprintf(path, KEY_PATH, "%s", c->key);
	else
		snprintf(path, KEY_PATH, "%s/privacy.key", c->spool);
}

static void name_sensor(struct config *c)
{
	char name[65] = "weir";

	if (c->sensor != NULL)
		return;
	if (c->path != NULL && gethostname(name, sizeof(name) - 1) == -1)
		snprintf(name, sizeof(name), "weir");
	c->sensor = config_must(strdup(name));
}

static void hash_line(const char *line, void *arg)
{
	XXH3_64bits_update(arg, line, strlen(line) + 1);
}

/* Two sensors with the same hash decide alike. */
static void hash_config(struct config *c)
{
	XXH3_state_t *state = config_must(XXH3_createState());
	const struct rule *r;
	uint32_t i;

	XXH3_64bits_reset(state);
	config_dump(c, hash_line, state);
	for (i = 0; (r = catalogue_rule(c->catalogue, i)) != NULL; i++) {
		hash_line(r->pattern, state);
		hash_line(r->service->id, state);
		hash_line(role_name(r->role), state);
	}
	snprintf(c->hash, sizeof(c->hash), "%016llx",
	    (unsigned long long)XXH3_64bits_digest(state));
	c->print = (uint32_t)strtoul(c->hash + 8, NULL, 16) | 1;
	XXH3_freeState(state);
}

/* A word that nothing can ever answer would be a rule nobody misses. */
static void needs_tables(const struct config *c, struct conf_errors *e)
{
	const struct conf_node *at;

	if (c->policy == NULL)
		return;
	at = c->country_db == NULL ? policy_asks_place(c->policy, true) : NULL;
	if (at != NULL)
		conf_error(e, at, "countries need 'geo: country', a table of "
		    "them");
	at = c->asn_db == NULL ? policy_asks_place(c->policy, false) : NULL;
	if (at != NULL)
		conf_error(e, at, "networks need 'geo: asn', a table of them");
}

static void read_sections(struct config *c, const struct conf_node *root,
    struct conf_errors *e)
{
	const struct config_section *s;
	struct config_top top;

	conf_fill(&top, config_top_fields, root, e);
	c->sensor = top.sensor;
	c->user = top.user;
	for (s = config_sections; s->name != NULL; s++)
		conf_fill(c, s->fields, conf_get(root, s->name), e);
	config_listen(c, conf_get(root, "control"), top.intake, e);
	if (c->path == NULL)
		c->pseudonyms = false;	/* its reader holds the capture */
	c->catalogue = c->built_in ? catalogue_load(c->site, e) :
	    catalogue_load_site(c->site, e);
	if (c->catalogue != NULL)
		apps_check(c->catalogue, e);
	c->geo = geo_open(c->asn_db, conf_get(top.geo, "asn"), c->country_db,
	    conf_get(top.geo, "country"), e);
	c->policy = policy_load(top.policy, c->catalogue, e);
	needs_tables(c, e);
	config_detections(c, top.detections, top.policy, e);
	read_outputs(c, top.outputs, e);
}

struct config *config_load(const char *path, struct conf_errors *e)
{
	struct config *c = config_must(calloc(1, sizeof(*c)));
	unsigned int before = e->n;

	if (path != NULL)
		config_files(c, path, e);
	if (path == NULL || c->root != NULL)
		read_sections(c, c->root, e);
	if (e->n > before) {
		config_free(c);
		return NULL;
	}
	name_sensor(c);
	hash_config(c);
	return c;
}

static void free_outputs(struct config_output *o)
{
	struct config_output *next;

	for (; o != NULL; o = next) {
		next = o->next;
		conf_release(o->settings, outputs[o->kind]->options);
		free(o->settings);
		free(o);
	}
}

void config_free(struct config *c)
{
	const struct config_section *s;

	if (c == NULL)
		return;
	config_detections_free(c);
	free_outputs(c->outputs);
	policy_free(c->policy);
	catalogue_free(c->catalogue);
	geo_free(c->geo);
	for (s = config_sections; s->name != NULL; s++)
		conf_release(c, s->fields);
	free(c->sensor);
	free(c->user);
	config_files_free(c);
	free(c);
}
