/*
 * popular.h - which resources a group uses, and for how long.
 *
 * A resource is a hash of its name.  Counts users per group over two epochs
 * of 30 days, so "used by under 5 % of the group" needs no list of users.
 */
#ifndef TRACK_POPULAR_H
#define TRACK_POPULAR_H

#include "base/table.h"
#include "know/policy.h"

struct resource_use {
	uint32_t first_day;		/* first seen here */
	uint32_t epoch;			/* day / 30 */
	uint16_t now[POLICY_GROUPS], before[POLICY_GROUPS];
};

struct popular {
	struct table uses;		/* uint32_t hash -> resource_use */
};

__attribute__((warn_unused_result))
bool popular_init(struct popular *p, uint32_t max);
void popular_free(struct popular *p);

/* One more user of that group uses it (again, after 30 days or more). */
void popular_add(struct popular *p, uint32_t hash, uint32_t group,
    uint32_t day);
/* Users of the group in the last 30 to 60 days. */
uint32_t popular_users(struct popular *p, uint32_t hash, uint32_t group,
    uint32_t day);
/* Day it was first seen here; 0: never. */
uint32_t popular_since(struct popular *p, uint32_t hash);

uint32_t name_hash(struct slice name);	/* case folded; the same anywhere */

#endif
