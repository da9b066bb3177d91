/*
 * groups.c - the groups of the policy, and what is usual in each.
 */
#include "analysis/analysis_parts.h"

struct cohort *analysis_cohort(struct analysis *a, uint32_t group)
{
	if (group >= POLICY_GROUPS)
		return NULL;
	if (a->cohorts[group] == NULL)
		a->cohorts[group] = cohort_new();
	return a->cohorts[group];
}

void analysis_member(struct analysis *a, uint32_t index, int more)
{
	struct cohort *group = analysis_cohort(a, index);

	if (group != NULL)
		group->members += (uint32_t)more;
	a->everyone->members += (uint32_t)more;
}

const struct group *analysis_group(const struct analysis *a, uint32_t index)
{
	const struct policy *p = a->config->policy;
	size_t n = policy_groups(p);

	return policy_group_at(p, index < n ? index : n - 1);
}
