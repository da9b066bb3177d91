/* Asking the policy; see policy.h.  Nothing changes once it is loaded. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "know/policy_parts.h"

size_t policy_groups(const struct policy *p)
{
	return p->groups_n;
}

const struct group *policy_group_at(const struct policy *p, size_t index)
{
	return index < p->groups_n ? &p->groups[index].group : NULL;
}

const struct group *policy_group_by_id(const struct policy *p,
    const char *id)
{
	uint32_t i;

	for (i = 0; i < p->groups_n; i++)
		if (strcmp(p->groups[i].group.id, id) == 0)
			return &p->groups[i].group;
	return NULL;
}

const struct group *policy_parent(const struct policy *p,
    const struct group *g)
{
	int32_t parent = p->groups[g->index].parent;

	return parent == NO_GROUP ? NULL : &p->groups[parent].group;
}

/* ---- who belongs where ---- */

const struct group *policy_group_of_account(const struct policy *p,
    const char *account)
{
	char folded[ACCOUNT_MAX];
	uint32_t group;
	size_t i, n;

	if (account == NULL || !account_fold(folded, sizeof(folded), account))
		return NULL;
	n = strlen(folded);
	if (wordmap_get(&p->accounts.groups, slice_of(folded, n), &group))
		return &p->groups[group].group;
	n = strcspn(folded, "@");
	if (wordmap_get(&p->accounts.groups, slice_of(folded, n), &group))
		return &p->groups[group].group;
	for (i = 0; i < p->patterns_n; i++)
		if (account_matches(p->patterns[i].pattern, folded))
			return &p->groups[p->patterns[i].group].group;
	return NULL;
}

const struct group *policy_group_of_address(const struct policy *p,
    const struct addr *address)
{
	const struct member_network *best = NULL, *m;
	size_t i;

	for (i = 0; i < p->networks_n; i++) {
		m = &p->networks[i];
		if ((best == NULL || m->prefix.bits > best->prefix.bits) &&
		    prefix_has(&m->prefix, address))
			best = m;
	}
	return best != NULL ? &p->groups[best->group].group : NULL;
}

const struct group *policy_group(const struct policy *p,
    const char *account, const struct addr *address)
{
	const struct group *g = policy_group_of_account(p, account);

	if (g == NULL)
		g = policy_group_of_address(p, address);
	return g != NULL ? g : &p->groups[p->groups_n - 1].group;
}

const char *policy_user(const struct policy *p, const struct addr *address)
{
	return accounts_find(&p->accounts, address);
}

static bool prefixes_have(const struct prefixes *list,
    const struct addr *address)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (prefix_has(&list->all[i], address))
			return true;
	return false;
}

bool policy_is_home(const struct policy *p, const struct addr *address)
{
	return prefixes_have(&p->home, address) ||
	    (p->home.n == 0 && addr_is_private(address));
}

bool policy_is_shared(const struct policy *p, const struct addr *address)
{
	return prefixes_have(&p->shared, address);
}

/* ---- what a group may do ---- */

static const struct group_rules *up(const struct policy *p,
    const struct group_rules *g)
{
	return g->parent == NO_GROUP ? NULL : &p->groups[g->parent];
}

const struct conf_node *policy_group_section(const struct policy *p,
    const struct group *g, const char *detection)
{
	const struct group_rules *r = &p->groups[g->index];
	const struct conf_node *section;

	for (; r != NULL; r = up(p, r)) {
		section = conf_get(r->detections, detection);
		if (section != NULL)
			return section;
	}
	return NULL;
}

static bool usual(const struct rule *r)
{
	return r != NULL && !category_is_egress(r->service->category);
}

/* The group's own words come before those of the group it is within. */
bool policy_approved_why(const struct policy *p, const struct group *g,
    const struct destination *to, const struct conf_node **why)
{
	const struct group_rules *of = &p->groups[g->index];
	const struct word *yes, *no;

	for (; of != NULL; of = up(p, of)) {
		yes = words_find(&of->approved, to);
		no = words_find(&of->unapproved, to);
		if (yes == NULL && no == NULL)
			continue;
		if (no == NULL || (yes != NULL && yes->kind > no->kind)) {
			if (why != NULL)
				*why = yes->node;
			return true;
		}
		if (why != NULL)
			*why = no->node;
		return false;
	}
	if (why != NULL)
		*why = NULL;
	return usual(to->rule);
}

bool policy_approved(const struct policy *p, const struct group *g,
    const struct destination *to)
{
	return policy_approved_why(p, g, to, NULL);
}

const struct conf_node *policy_asks_place(const struct policy *p,
    bool country)
{
	enum word_kind kind = country ? WORD_COUNTRY : WORD_NETWORK;
	const struct conf_node *at = NULL;
	size_t i;

	for (i = 0; at == NULL && i < p->groups_n; i++) {
		at = words_kind(&p->groups[i].approved, kind);
		if (at == NULL)
			at = words_kind(&p->groups[i].unapproved, kind);
	}
	for (i = 0; at == NULL && i < p->exceptions_n; i++)
		at = words_kind(&p->exceptions[i].to, kind);
	return at;
}

/* A resource is open to a group, and to all groups within that one. */
static bool open_to(const struct policy *p, const struct resource *res,
    const struct group *g)
{
	const struct group_rules *r = &p->groups[g->index];

	for (; r != NULL; r = up(p, r))
		if (res->groups >> r->group.index & 1)
			return true;
	return false;
}

int policy_sensitivity(const struct policy *p, const struct group *g,
    const char *resource, bool *allowed)
{
	const struct resource *best = NULL, *r;
	size_t i;

	for (i = 0; i < p->resources_n; i++) {
		r = &p->resources[i];
		if ((best == NULL || r->level > best->level) &&
		    fnmatch(r->pattern, resource,
		    FNM_NOESCAPE | FNM_CASEFOLD) == 0)
			best = r;
	}
	*allowed = best == NULL || open_to(p, best, g);
	return best != NULL ? best->level : 0;
}

static const struct calendar *calendar_of(const struct policy *p,
    const struct group *g)
{
	const struct group_rules *r = &p->groups[g->index];

	for (; r != NULL; r = up(p, r))
		if (r->calendar != NO_GROUP)
			return p->calendars[r->calendar].calendar;
	return NULL;
}

bool policy_excused(const struct policy *p, const struct group *g,
    int64_t at_us)
{
	const struct calendar *c = calendar_of(p, g);

	return c != NULL && calendar_excuses(c, at_us);
}

bool policy_holiday(const struct policy *p, const struct group *g,
    int64_t at_us)
{
	const struct calendar *c = calendar_of(p, g);

	return c != NULL && calendar_holiday(c, at_us);
}

bool policy_has_calendar(const struct policy *p, const struct group *g)
{
	return calendar_of(p, g) != NULL;
}

int32_t policy_utc_offset(const struct policy *p, const struct group *g,
    int64_t at_us)
{
	const struct calendar *c = calendar_of(p, g);

	return c != NULL ? calendar_offset(c, at_us) : 0;
}

/* ---- for a time ---- */

static bool over(int64_t until_days, int64_t at_us)
{
	return at_us >= (until_days + 1) * INT64_C(86400000000);
}

bool policy_spares(const struct policy *p)
{
	size_t i;

	for (i = 0; i < policy_groups(p); i++)
		if (!policy_group_at(p, i)->monitor)
			return true;
	return false;
}

const char *policy_watched(const struct policy *p, const char *account,
    int64_t at_us)
{
	size_t i;

	for (i = 0; i < p->watch_n; i++)
		if (!over(p->watch[i].until_days, at_us) &&
		    account_matches(p->watch[i].account, account))
			return p->watch[i].reason;
	return NULL;
}

size_t policy_exceptions(const struct policy *p)
{
	return p->exceptions_n;
}

const struct exemption *policy_exception_at(const struct policy *p, size_t i)
{
	return &p->exceptions[i].what;
}

const struct exemption *policy_exception(const struct policy *p,
    const char *user, const char *alert,
    const struct destination *to, int64_t at_us)
{
	for (size_t i = 0; i < p->exceptions_n; i++) {
		const struct exception *x = &p->exceptions[i];

		if (at_us < x->what.until_us && (x->what.alert == NULL ||
		    strcmp(x->what.alert, alert) == 0) &&
		    account_matches(x->what.user, user) && (x->to.n == 0 ||
		    words_find(&x->to, to) != NULL))
			return &x->what;
	}
	return NULL;
}
