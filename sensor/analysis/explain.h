/*
 * explain.h - an alert in words: every number that led to it.
 *
 * The evidence, the parts of the score, what would have kept it silent, and
 * the user's transfers of that time, as far as the store can be read.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stdio.h>

#include "analysis/analysis.h"
#include "track/store.h"

/* An id may be cut short as long as it is the only one; false: it is not. */
bool explain_alert(FILE *to, struct store *s, const char *id);
/* All alerts, one a line. */
bool explain_list(FILE *to, struct store *s);

/* The same of a running analysis; false also when it keeps no store. */
bool explain_running(FILE *to, const struct analysis *a, const char *id);

#endif
