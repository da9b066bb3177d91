/*
 * policy.h - groups, who is in them, and what they may do.
 *
 * IT1021's five groups are the default.  Read-only once loaded.
 */
#ifndef KNOW_POLICY_H
#define KNOW_POLICY_H

#include "base/addr.h"
#include "know/catalogue.h"

enum { POLICY_GROUPS = 32 };

struct group {
	const char *id;			/* "rnd" */
	const char *name;		/* "R&D" */
	bool monitor;
	uint32_t index;			/* below POLICY_GROUPS */
};

struct policy;

/* node: the `policy:` map of weir.yaml, NULL: the defaults. */
struct policy *policy_load(const struct conf_node *node,
    const struct catalogue *c, struct conf_errors *e);
void policy_free(struct policy *p);

/* Account known (or NULL) and address.  Never NULL: the last group is
 * "everyone else". */
const struct group *policy_group(const struct policy *p,
    const char *account, const struct addr *address);
size_t policy_groups(const struct policy *p);
const struct group *policy_group_at(const struct policy *p, size_t index);
const struct group *policy_group_by_id(const struct policy *p,
    const char *id);

/* The account that a mapping file or `users:` names for this address. */
const char *policy_user(const struct policy *p, const struct addr *address);

/* May this group send files there?  Tenant may be empty. */
bool policy_approved(const struct policy *p, const struct group *g,
    const struct rule *r, struct slice tenant, struct slice host);

/* Is this one of ours?  Home networks; private space by default. */
bool policy_is_home(const struct policy *p, const struct addr *address);

/* 0 to 3 and whether the group may open it; resources by pattern. */
int policy_sensitivity(const struct policy *p, const struct group *g,
    const char *resource, bool *allowed);

/* Excused by a holiday or outside the monitored calendar at this time? */
bool policy_excused(const struct policy *p, const struct group *g,
    int64_t at_us);
/* Seconds to add to UTC for this group's wall clock at that time. */
int32_t policy_utc_offset(const struct policy *p, const struct group *g,
    int64_t at_us);

#endif
