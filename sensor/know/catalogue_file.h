/*
 * catalogue_file.h - what catalogue_load.c and the reader of rules below it,
 * catalogue_rules.c, share.
 */
#ifndef KNOW_CATALOGUE_FILE_H
#define KNOW_CATALOGUE_FILE_H

#include <string.h>

#include "know/catalogue_parts.h"

enum { UNSET = -1 };

struct service_conf {			/* a service as it is written */
	char *name, *vendor;
	int category;
	int tenancy;
	char *source, *checked;
	const struct conf_node *rules;
};

struct loader {
	struct catalogue *c;
	struct conf_errors *errors;
	struct wordmap hosts;		/* pattern to rule, to find twins */
	struct service *service;
	bool site;
	/* `during` names a service that may come later. */
	struct later *later;
	size_t later_n, later_room;
	struct conf_node **roots;	/* kept until all are read */
	size_t roots_n, roots_room;
	unsigned int errors_before;
};

struct later {
	struct rule *rule;
	const struct conf_node *during;
};

extern const char *const catalogue_tenancies[];

/* A copy that lives as long as the catalogue; NULL stays NULL. */
static inline const char *loader_keep(struct loader *l, const char *text)
{
	return text != NULL ?
	    arena_text(&l->c->arena, text, strlen(text)) : NULL;
}

/* "2026-08-11" or "2026-08" to seconds; UNSET when it is no date. */
int64_t loader_date(const char *text);
/* `checked:` of a service or a rule. */
void loader_check_date(struct loader *l, const struct conf_node *map);

/* One item of `rules:`: l->service is whose. */
void loader_rule(struct loader *l, const struct conf_node *node,
    const struct service_conf *of);

#endif
