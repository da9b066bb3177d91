/*
 * apps.c - the names that dissectors give to flows.
 *
 * The catalogue knows no dissectors, and these know no catalogue: a rule for
 * one that does not exist would never match, and nobody would see why.
 */
#include "config/apps.h"

#include "dissector.h"

enum { APPS_MAX = 128 };

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
