/*
 * apps.h - the names that dissectors and nDPI give to flows, for rules.
 */
#ifndef APPS_H
#define APPS_H

#include "know/catalogue.h"

/* Every `dissectors:` of a rule is one that exists; else errors, false. */
bool apps_check(const struct catalogue *c, struct conf_errors *e);

/*
 * The core gets nDPI's protocols as numbers.  Their names are learned once,
 * since that starts nDPI; NULL: no memory, or nDPI cannot be started (the
 * workers will say why).
 */
struct apps *apps_learn(void);
void apps_free(struct apps *a);
/* For catalogue_ndpi(), before the catalogue is shared; a may be NULL. */
void apps_number(const struct apps *a, struct catalogue *c);

#endif
