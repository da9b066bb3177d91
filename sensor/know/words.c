/*
 * Where something may go: the words of `approved:` and `unapproved:`.
 *
 *	any			everything
 *	category:cloud		a category of the catalogue
 *	sharepoint		a service
 *	tenant:acme		a tenant, of whichever service
 *	sharepoint/acme		a tenant of one service
 *	onedrive/personal	what is personal (or business) by its host
 *	country:KP		servers in that country (ISO 3166)
 *	as:64500		servers in that autonomous system
 *	host:.acme.example	host patterns, as in the catalogue
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "know/policy_parts.h"

static bool is_prefixed(const char *text, const char *prefix,
    const char **rest)
{
	size_t n = strlen(prefix);

	if (strncmp(text, prefix, n) != 0)
		return false;
	*rest = text + n;
	return true;
}

static bool read_category(struct word *w, const char *name,
    const struct conf_node *at, struct conf_errors *e)
{
	struct conf_node named = *at;
	int i;

	w->kind = WORD_CATEGORY;
	for (i = 0; category_names[i] != NULL; i++) {
		if (strcmp(category_names[i], name) == 0) {
			w->category = (enum category)i;
			return true;
		}
	}
	named.text = name;
	named.column += 9;
	conf_error_near(e, &named, "category", category_names);
	return false;
}

static void no_service(const char *id, const struct conf_node *at,
    const struct catalogue *c, struct conf_errors *e)
{
	size_t n = catalogue_services(c), i;
	const char **ids = calloc(n + 1, sizeof(*ids));
	struct conf_node named = *at;

	named.text = id;
	for (i = 0; ids != NULL && i < n; i++)
		ids[i] = catalogue_service(c, (uint32_t)i)->id;
	if (ids != NULL)
		conf_error_near(e, &named, "service", ids);
	free(ids);
}

static bool read_service(struct word *w, struct arena *a,
    const struct conf_node *at, const struct catalogue *c,
    struct conf_errors *e)
{
	const char *slash = strchrnul(at->text, '/');

	w->kind = WORD_SERVICE;
	w->service = arena_text(a, at->text, (size_t)(slash - at->text));
	if (*slash != '\0') {
		w->kind = WORD_SERVICE_TENANT;
		w->tenant = slash + 1;
	}
	if (*slash != '\0' && slash[1] == '\0') {
		conf_error(e, at, "'%.64s' names no tenant", at->text);
		return false;
	}
	if (c != NULL && catalogue_service_by_id(c, w->service) == NULL) {
		no_service(w->service, at, c, e);
		return false;
	}
	return true;
}

static bool read_country(struct word *w, const char *code,
    const struct conf_node *at, struct conf_errors *e)
{
	w->kind = WORD_COUNTRY;
	if (strlen(code) != 2 || !isalpha((unsigned char)code[0]) ||
	    !isalpha((unsigned char)code[1])) {
		conf_error(e, at, "'%.32s' is not a country: write two "
		    "letters, as in country:DE", code);
		return false;
	}
	snprintf(w->country, sizeof(w->country), "%s", code);
	return true;
}

static bool read_network(struct word *w, const char *number,
    const struct conf_node *at, struct conf_errors *e)
{
	char *end;
	unsigned long long n = strtoull(number, &end, 10);

	w->kind = WORD_NETWORK;
	if (!isdigit((unsigned char)*number) || *end != '\0' || n == 0 ||
	    n > UINT32_MAX) {
		conf_error(e, at, "'%.32s' is not an autonomous system: write "
		    "its number, as in as:64500", number);
		return false;
	}
	w->asn = (uint32_t)n;
	return true;
}

static bool read_word(struct word *w, struct arena *a,
    const struct conf_node *at, const struct catalogue *c,
    struct conf_errors *e)
{
	const char *rest, *wrong;

	*w = (struct word){ .node = at };
	if (strcmp(at->text, "any") == 0) {
		w->kind = WORD_ANY;
		return true;
	}
	if (is_prefixed(at->text, "category:", &rest))
		return read_category(w, rest, at, e);
	if (is_prefixed(at->text, "tenant:", &rest)) {
		w->kind = WORD_TENANT;
		w->tenant = rest;
		return true;
	}
	if (is_prefixed(at->text, "country:", &rest))
		return read_country(w, rest, at, e);
	if (is_prefixed(at->text, "as:", &rest))
		return read_network(w, rest, at, e);
	if (is_prefixed(at->text, "host:", &rest)) {
		w->kind = WORD_HOST;
		wrong = pattern_compile(&w->host, rest, a);
		if (wrong != NULL)
			conf_error(e, at, "'%.80s': %s", rest, wrong);
		return wrong == NULL;
	}
	return read_service(w, a, at, c, e);
}

void words_read(struct words *w, const struct conf_node *list,
    const struct catalogue *c, struct arena *a, struct conf_errors *e)
{
	const struct conf_node *at = list;
	struct word word;

	if (list == NULL)
		return;
	if (list->kind == CONF_LIST)
		at = list->child;
	for (; at != NULL; at = list->kind == CONF_LIST ? at->next : NULL) {
		if (!conf_is(at, CONF_SCALAR, e) ||
		    !read_word(&word, a, at, c, e))
			continue;
		w->all = grown(w->all, w->n, &w->room, sizeof(*w->all));
		w->all[w->n++] = word;
	}
}

static bool same_text(struct slice s, const char *text)
{
	return s.n == strlen(text) &&
	    strncasecmp((const char *)s.p, text, s.n) == 0;
}

static bool tenant_fits(const struct word *w, const struct destination *to)
{
	const char *kind = to->rule != NULL ?
	    tenancy_name(to->rule->tenancy) : NULL;

	return (to->tenant.n > 0 && same_text(to->tenant, w->tenant)) ||
	    (kind != NULL && strcmp(kind, w->tenant) == 0);
}

static bool word_fits(const struct word *w, const struct destination *to)
{
	const struct rule *r = to->rule;
	struct slice ignored;
	struct host h;

	switch (w->kind) {
	case WORD_ANY:
		return true;
	case WORD_CATEGORY:
		return r != NULL && r->service->category == w->category;
	case WORD_SERVICE:
		return r != NULL && strcmp(r->service->id, w->service) == 0;
	case WORD_TENANT:
		return tenant_fits(w, to);
	case WORD_SERVICE_TENANT:
		return r != NULL && strcmp(r->service->id, w->service) == 0 &&
		    tenant_fits(w, to);
	case WORD_COUNTRY:
		return to->country != NULL &&
		    strcasecmp(to->country, w->country) == 0;
	case WORD_NETWORK:
		return to->asn == w->asn;
	case WORD_HOST:
		return host_read(&h, to->host) &&
		    pattern_match(&w->host, &h, &ignored);
	}
	return false;
}

const struct conf_node *words_kind(const struct words *w, enum word_kind kind)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->all[i].kind == kind)
			return w->all[i].node;
	return NULL;
}

const struct word *words_find(const struct words *w,
    const struct destination *to)
{
	const struct word *best = NULL;
	size_t i;

	for (i = 0; i < w->n; i++)
		if ((best == NULL || w->all[i].kind > best->kind) &&
		    word_fits(&w->all[i], to))
			best = &w->all[i];
	return best;
}
