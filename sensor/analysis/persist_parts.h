/*
 * persist_parts.h - the snapshot (persist.c) for keep.c, and the parts of it
 * for persist.c.
 */
#ifndef PERSIST_PARTS_H
#define PERSIST_PARTS_H

#include <stddef.h>

#include "track/cohort.h"

struct analysis;

/* Former versions kept so much of a cohort. */
enum { COHORT_FORMER = offsetof(struct cohort, large) };

/* What the snapshot holds, if there is one; false: it cannot be read. */
bool persist_restore(struct analysis *a);

/* persist_users.c; cohorts first: users are counted as their members. */
void persist_users(struct analysis *a);
void persist_cohorts(struct analysis *a);
void restore_cohorts(struct analysis *a);
void restore_users(struct analysis *a);

/* persist_alerts.c */
void persist_pending(struct analysis *a);
void restore_pending(struct analysis *a);

#endif
