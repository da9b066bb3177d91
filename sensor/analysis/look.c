/*
 * look.c - the user whom an event is about, and all that a detection may see
 * of him.
 */
#include "analysis/analysis_parts.h"

struct look analysis_look(struct analysis *a, struct user *u,
    unsigned int i, int64_t at_us)
{
	const struct group *g = analysis_group(a, u->group);
	struct look look = {
		.user = u, .at_us = at_us, .since_us = a->since_us,
		.replay = !a->service, .group = g,
		.kept_days = (uint32_t)(a->config->retain_state_us / DAY_US),
		.policy = a->config->policy, .popular = &a->popular,
		.peers = analysis_cohort(a, u->group), .everyone = a->everyone,
		.conf = config_detection(a->config, i, g),
		.state = u->states + a->states_at[i],
		.last = &u->incidents[i],
		.raise = a->raise, .arg = a,
	};
	int64_t local_s = at_us / SECOND_US;

	look.utc_offset_s = policy_utc_offset(look.policy, g, at_us);
	local_s += look.utc_offset_s;
	look.day = (uint32_t)(local_s / 86400);
	look.hour = day_of_week(look.day) * 24 +
	    (unsigned int)(local_s % 86400 / 3600);
	return look;
}

/* A new epoch gives everybody a new name; what he is used to stays his. */
static void renewed(struct analysis *a, const char *name, int64_t at_us)
{
	char former[2][PSEUDONYM_PLAIN];

	if (users_know(&a->users, name) ||
	    !disguise_former(&a->disguise, a->config, name, at_us, former))
		return;
	for (int i = 0; i < 2; i++)
		if (users_rename(&a->users, former[i], name) != NULL) {
			a->counts.users_moved++;
			return;
		}
}

struct user *analysis_user(struct analysis *a, const struct who *who,
    int64_t at_us)
{
	struct user *u;
	bool fresh;

	renewed(a, who->name, at_us);
	u = users_make(&a->users, who->name, &fresh);
	if (u == NULL)
		return NULL;
	if (fresh) {
		u->group = who->group->index;
		u->first_us = at_us;
		analysis_member(a, u->group, 1);
	} else if (u->group != who->group->index) {
		analysis_member(a, u->group, -1);
		u->group = who->group->index;
		analysis_member(a, u->group, 1);
	}
	u->dirty = true;
	if (at_us > u->last_us)
		u->last_us = at_us;
	analysis_roll(a, u, at_us);
	return u;
}
