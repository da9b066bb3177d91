/*
 * apps.c - the names that dissectors and nDPI give to flows.
 *
 * The catalogue knows no dissectors, and these know no catalogue: a rule for
 * one that does not exist would never match, and nobody would see why.
 */
#include "config/apps.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "dissector.h"
#include "flow/classify.h"

enum { APPS_MAX = 128, NDPI_MAX = 1024, NDPI_NAME = 32 };

struct apps {
	char names[NDPI_MAX][NDPI_NAME];	/* by number; empty: none */
};

bool apps_check(const struct catalogue *c, struct conf_errors *e)
{
	const char *names[APPS_MAX + 1];
	size_t n = 0;

	names[n++] = "endpoint";	/* what the intake socket tells */

	for (size_t i = 0; dissectors[i] != NULL; i++) {
		const char *const *more = dissectors[i]->tells;

		if (n < APPS_MAX)
			names[n++] = dissectors[i]->name;
		for (; more != NULL && *more != NULL && n < APPS_MAX; more++)
			names[n++] = *more;
	}
	names[n] = NULL;
	return catalogue_check_apps(c, names, e);
}

struct apps *apps_learn(void)
{
	struct classify *k = classify_new(1, false);
	struct apps *a = k == NULL ? NULL : calloc(1, sizeof(*a));

	for (uint16_t i = 1; a != NULL && i < NDPI_MAX; i++)
		snprintf(a->names[i], NDPI_NAME, "%s", classify_name(k, i));
	classify_free(k);
	return a;
}

void apps_free(struct apps *a)
{
	free(a);
}

static uint16_t number_of(const char *name, const void *arg)
{
	const struct apps *a = arg;

	for (uint16_t i = 1; i < NDPI_MAX; i++)
		if (strcasecmp(a->names[i], name) == 0)
			return i;
	return 0;
}

void apps_number(const struct apps *a, struct catalogue *c)
{
	if (a != NULL)
		catalogue_number_apps(c, number_of, a);
}
