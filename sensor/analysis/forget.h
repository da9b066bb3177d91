/*
 * forget.h - a person taken out of all that the analysis remembers.
 *
 * Out of memory and out of the store: users, bindings and devices, events,
 * alerts, suppressions.  What stays is of nobody: counts per group, how many
 * used a resource.  Whoever comes back is somebody new.
 */
#ifndef FORGET_H
#define FORGET_H

#include "analysis/person.h"

struct forgotten {
	uint64_t users, bindings, events, alerts, suppressions;
	uint64_t mentions;		/* blotted out in alerts of others */
};

/*
 * After it person_gone() knows what stood in his alerts alone.  False: the
 * store was not written anew (see store_scrub()); all else is done, and it
 * can be asked for again.
 */
__attribute__((warn_unused_result))
bool analysis_forget(struct analysis *a, struct person *p,
    struct forgotten *n);

#endif
