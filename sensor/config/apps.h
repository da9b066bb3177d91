/*
 * apps.h - the names that dissectors give to flows, for rules to name.
 */
#ifndef APPS_H
#define APPS_H

#include "know/catalogue.h"

/* Every `dissectors:` of a rule is one that exists; else errors, false. */
bool apps_check(const struct catalogue *c, struct conf_errors *e);

#endif
