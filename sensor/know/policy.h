/*
 * policy.h - groups, who is in them, and what they may do.
 *
 * IT1021's five groups are the default.  Read-only once loaded.  Accounts are
 * compared without regard to case; "alice" in the policy also means
 * "alice@any.realm", and one written with its realm means that one alone.
 */
#ifndef KNOW_POLICY_H
#define KNOW_POLICY_H

#include "base/addr.h"
#include "know/catalogue.h"

enum { POLICY_GROUPS = 32 };

struct group {
	const char *id;			/* "rnd" */
	const char *name;		/* "R&D" */
	bool monitor;			/* no: no state is kept of a member */
	uint32_t index;			/* below POLICY_GROUPS */
};

/* Where something goes, as far as it is known. */
struct destination {
	const struct rule *rule;	/* or NULL */
	struct slice tenant, host;	/* may be empty */
	uint32_t asn;			/* 0: unknown */
	const char *country;		/* "DE"; NULL or empty: unknown */
};

struct policy;

/* node: the `policy:` map of weir.yaml, which must outlive the policy; NULL:
 * the defaults.  c may be NULL after an error in the catalogue: names of
 * services are then not checked. */
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

/* The account's own group (or NULL), the address's own (or NULL). */
const struct group *policy_group_of_account(const struct policy *p,
    const char *account);
const struct group *policy_group_of_address(const struct policy *p,
    const struct addr *address);
/* Is there a group that is not monitored? */
bool policy_spares(const struct policy *p);
/* The group that this one is within, or NULL. */
const struct group *policy_parent(const struct policy *p,
    const struct group *g);

/* What a group's `detections:` says of one of them, or NULL; of its parents
 * too, when it says nothing itself.  For conf_override(). */
const struct conf_node *policy_group_section(const struct policy *p,
    const struct group *g, const char *detection);

/* The account that a mapping file or `users:` names for this address. */
const char *policy_user(const struct policy *p, const struct addr *address);

/*
 * May this group send files there?  The most specific word decides: host,
 * then network, country, service/tenant, tenant, service, category; at the
 * same level "unapproved" wins.  Nothing said: chat and whatever takes no
 * files is approved, clouds and devices are not.  *why (may be NULL) gets the
 * word that decided, or NULL.
 */
bool policy_approved_why(const struct policy *p, const struct group *g,
    const struct destination *to, const struct conf_node **why);
bool policy_approved(const struct policy *p, const struct group *g,
    const struct destination *to);
/* The first word that asks for a country (or else a network), which only
 * tables of them can answer; NULL: none does. */
const struct conf_node *policy_asks_place(const struct policy *p,
    bool country);

/* Is this one of ours?  Home networks; private space by default. */
bool policy_is_home(const struct policy *p, const struct addr *address);

/* Do several people use it at once?  A logon there names nobody. */
bool policy_is_shared(const struct policy *p, const struct addr *address);

/* 0 to 3 and whether the group may open it; resources by pattern. */
int policy_sensitivity(const struct policy *p, const struct group *g,
    const char *resource, bool *allowed);

/*
 * Does the group's calendar expect work at this time?  Within its hours on
 * its days, holidays excepted, or in one of its announced periods: then
 * nothing is unusual about the hour.  Without a calendar: never excused.
 */
bool policy_excused(const struct policy *p, const struct group *g,
    int64_t at_us);
bool policy_holiday(const struct policy *p, const struct group *g,
    int64_t at_us);
bool policy_has_calendar(const struct policy *p, const struct group *g);
/* Seconds to add to UTC for this group's wall clock at that time. */
int32_t policy_utc_offset(const struct policy *p, const struct group *g,
    int64_t at_us);

/* On the watch-list (IT1007) at this time?  The reason given, or NULL. */
const char *policy_watched(const struct policy *p, const char *account,
    int64_t at_us);

/* What is not to be raised; the texts live as long as the policy. */
struct exemption {
	uint64_t id;			/* of user, alert and destinations */
	const char *user;		/* folded pattern */
	const char *alert;		/* NULL: any */
	const char *to;			/* "mega host:.acme"; empty: anywhere */
	const char *owner, *reason;
	int64_t until_us;		/* over from then on */
};

size_t policy_exceptions(const struct policy *p);
const struct exemption *policy_exception_at(const struct policy *p, size_t i);
/* What excepts this alert about this user and destination, or NULL. */
const struct exemption *policy_exception(const struct policy *p,
    const char *user, const char *alert, const struct destination *to,
    int64_t at_us);

#endif
