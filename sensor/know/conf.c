/*
 * The validator: fills a struct from a map by a table, and reports all that
 * is wrong with the map.  Knows no section of any file itself.
 */
#include "know/conf.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "know/units.h"

const struct conf_node *conf_get(const struct conf_node *map,
    const char *key)
{
	const struct conf_node *c;

	if (map == NULL || map->kind != CONF_MAP)
		return NULL;
	for (c = map->child; c != NULL; c = c->next)
		if (strcmp(c->key, key) == 0)
			return c;
	return NULL;
}

const struct conf_node *conf_first(const struct conf_node *list)
{
	return list == NULL || list->kind == CONF_SCALAR ? list :
	    list->child;
}

const struct conf_node *conf_after(const struct conf_node *list,
    const struct conf_node *at)
{
	return list->kind == CONF_SCALAR ? NULL : at->next;
}

bool conf_is(const struct conf_node *node, enum conf_kind kind,
    struct conf_errors *e)
{
	static const char *const names[] = { "a map (key: value)",
		"a list", "a single value" };

	if (node == NULL)
		return false;
	if (node->kind == kind)
		return true;
	if (node->key != NULL)
		conf_error(e, node, "'%.64s' must be %s, not %s", node->key,
		    names[kind], names[node->kind]);
	else
		conf_error(e, node, "here must be %s, not %s", names[kind],
		    names[node->kind]);
	return false;
}

/* "64k", "1h": one scalar by type; for lists and inline values. */
static bool conf_scalar(int64_t *value, enum conf_type type,
    const struct conf_node *node, struct conf_errors *e)
{
	if (!conf_is(node, CONF_SCALAR, e))
		return false;
	if (units_read(value, type, node->text))
		return true;
	conf_error(e, node, "'%.64s' is not %s", node->text,
	    units_wanted(type));
	return false;
}

static void store(void *into, const struct conf_field *f, int64_t value)
{
	void *at = (char *)into + f->offset;

	switch (f->type) {
	case CONF_COUNT:
	case CONF_BYTES:
	case CONF_DURATION:
		*(int64_t *)at = value;
		break;
	case CONF_REAL:
		*(double *)at = (double)value / 1000;
		break;
	case CONF_BOOL:
		*(bool *)at = value != 0;
		break;
	case CONF_CHOICE:
		*(int *)at = (int)value;
		break;
	case CONF_TEXT:
	case CONF_NODE:
		break;
	}
}

static void store_text(void *into, const struct conf_field *f,
    const char *text)
{
	char **at = (char **)((char *)into + f->offset);

	*at = text ? strdup(text) : NULL;
}

static void out_of_range(const struct conf_field *f,
    const struct conf_node *node, struct conf_errors *e)
{
	char low[32], high[32];
	struct text a = text_in(low, sizeof(low));
	struct text b = text_in(high, sizeof(high));

	units_show(&a, f->type, f->min);
	units_show(&b, f->type, f->max);
	conf_error(e, node, "'%s' must be between %s and %s, not %.64s",
	    f->name, low, high, node->text);
}

static bool fill_choice(void *into, const struct conf_field *f,
    const struct conf_node *node, struct conf_errors *e)
{
	int64_t i;

	if (!conf_is(node, CONF_SCALAR, e))
		return false;
	for (i = 0; f->choices[i] != NULL; i++) {
		if (strcmp(f->choices[i], node->text) == 0) {
			store(into, f, i);
			return true;
		}
	}
	conf_error_near(e, node, f->name, f->choices);
	return false;
}

static bool fill_number(void *into, const struct conf_field *f,
    const struct conf_node *node, struct conf_errors *e)
{
	int64_t value;

	if (f->word != NULL && node->kind == CONF_SCALAR &&
	    strcmp(node->text, f->word) == 0) {
		store(into, f, f->standard);
		return true;
	}
	if (!conf_scalar(&value, f->type, node, e))
		return false;
	if (f->type != CONF_BOOL && f->min != f->max &&
	    (value < f->min || value > f->max)) {
		out_of_range(f, node, e);
		return false;
	}
	store(into, f, value);
	return true;
}

static bool fill_text(void *into, const struct conf_field *f,
    const struct conf_node *node, struct conf_errors *e)
{
	size_t n;

	if (!conf_is(node, CONF_SCALAR, e))
		return false;
	n = strlen(node->text);
	if (n == 0 && !node->quoted) {
		conf_error(e, node, "'%s' has no value", f->name);
		return false;
	}
	if (f->max > 0 && (int64_t)n > f->max) {
		conf_error(e, node, "'%s' is longer than %lld characters",
		    f->name, (long long)f->max);
		return false;
	}
	store_text(into, f, node->text);
	return true;
}

/* "section:" with nothing behind it, all its lines commented out. */
static bool is_void(const struct conf_node *node)
{
	return node->kind == CONF_SCALAR && !node->quoted &&
	    *node->text == '\0';
}

static bool fill_one(void *into, const struct conf_field *f,
    const struct conf_node *node, struct conf_errors *e)
{
	switch (f->type) {
	case CONF_NODE:
		*(const struct conf_node **)((char *)into + f->offset) =
		    is_void(node) ? NULL : node;
		return true;
	case CONF_TEXT:
		return fill_text(into, f, node, e);
	case CONF_CHOICE:
		return fill_choice(into, f, node, e);
	default:
		return fill_number(into, f, node, e);
	}
}

static void defaults(void *into, const struct conf_field *fields)
{
	const struct conf_field *f;

	for (f = fields; f->name != NULL; f++) {
		if (f->type == CONF_TEXT)
			store_text(into, f, f->text);
		else if (f->type == CONF_NODE)
			*(const struct conf_node **)
			    ((char *)into + f->offset) = NULL;
		else
			store(into, f, f->standard);
	}
}

enum { MAX_FIELDS = 128 };

static void unknown_key(const struct conf_node *node,
    const struct conf_field *fields, struct conf_errors *e)
{
	const char *names[MAX_FIELDS + 1], *near;
	size_t n = 0;

	for (; fields->name != NULL && n < MAX_FIELDS; fields++)
		names[n++] = fields->name;
	names[n] = NULL;
	near = conf_near(node->key, names);
	if (near != NULL)
		conf_error_key(e, node,
		    "unknown key '%.64s'; did you mean '%s'?", node->key,
		    near);
	else
		conf_error_key(e, node, "unknown key '%.64s'", node->key);
}

bool conf_override(void *into, const struct conf_field *fields,
    const struct conf_node *node, struct conf_errors *e)
{
	const struct conf_field *f;
	const struct conf_node *c;
	bool fine = true;

	if (node == NULL || is_void(node))
		return true;
	if (!conf_is(node, CONF_MAP, e))
		return false;
	for (c = node->child; c != NULL; c = c->next) {
		for (f = fields; f->name != NULL; f++)
			if (strcmp(f->name, c->key) == 0)
				break;
		if (f->name == NULL) {
			unknown_key(c, fields, e);
			fine = false;
			continue;
		}
		if (f->type == CONF_TEXT) {
			free(*(char **)((char *)into + f->offset));
			store_text(into, f, NULL);
		}
		fine &= fill_one(into, f, c, e);
	}
	return fine;
}

bool conf_fill(void *into, const struct conf_field *fields,
    const struct conf_node *node, struct conf_errors *e)
{
	const struct conf_field *f;
	bool fine;

	defaults(into, fields);
	fine = conf_override(into, fields, node, e);
	if (node == NULL || (node->kind != CONF_MAP && !is_void(node)))
		return fine;
	for (f = fields; f->name != NULL; f++) {
		if (f->required && conf_get(node, f->name) == NULL) {
			conf_error_key(e, node, "'%s' is missing", f->name);
			fine = false;
		}
	}
	return fine;
}

void conf_release(void *from, const struct conf_field *fields)
{
	char **at;

	for (; fields->name != NULL; fields++) {
		if (fields->type != CONF_TEXT)
			continue;
		at = (char **)((char *)from + fields->offset);
		free(*at);
		*at = NULL;
	}
}

static int64_t number_of(const struct conf_field *f, const void *at)
{
	switch (f->type) {
	case CONF_REAL:
		return (int64_t)(*(const double *)at * 1000 +
		    (*(const double *)at < 0 ? -0.5 : 0.5));
	case CONF_BOOL:
		return *(const bool *)at;
	default:
		return *(const int64_t *)at;
	}
}

const char *conf_show(const struct conf_field *f, const void *from,
    char *text, size_t n)
{
	const void *at = (const char *)from + f->offset;
	struct text t = text_in(text, n);
	const char *word;

	switch (f->type) {
	case CONF_TEXT:
		word = *(char *const *)at;
		text_add(&t, word ? word : "");
		break;
	case CONF_CHOICE:
		text_add(&t, f->choices[*(const int *)at]);
		break;
	case CONF_NODE:
		break;
	default:
		if (f->word != NULL && number_of(f, at) == f->standard)
			text_add(&t, f->word);
		else
			units_show(&t, f->type, number_of(f, at));
	}
	return text;
}
