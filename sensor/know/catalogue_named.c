/*
 * catalogue_named.c - rules by what people call a service.
 *
 * For records of others, which tell a service and no host.  It walks all
 * rules: callers keep what they were told.
 */
#include "know/catalogue.h"

#include <string.h>

static const struct service *called(const struct catalogue *c,
    const char *name)
{
	const struct service *s = catalogue_service_by_id(c, name);

	for (uint32_t i = 0; s == NULL && i < catalogue_services(c); i++)
		if (strcasecmp(catalogue_service(c, i)->name, name) == 0)
			s = catalogue_service(c, i);
	return s;
}

const struct rule *catalogue_named(const struct catalogue *c,
    const char *name, const char *role)
{
	const struct service *s = called(c, name);
	const struct rule *best = NULL;
	int best_worth = -1;

	for (uint32_t i = 0; s != NULL && i < catalogue_rules(c); i++) {
		const struct rule *rule = catalogue_rule(c, i);
		int worth = (int)rule->files +
		    4 * (strcmp(role_name(rule->role), role) == 0);

		if (rule->service == s && worth > best_worth) {
			best_worth = worth;
			best = rule;
		}
	}
	return best;
}
