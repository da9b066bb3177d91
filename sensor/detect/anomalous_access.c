/*
 * anomalous_access.c - IT1021 "Anomalous Access": outside one's own scope.
 *
 * The resource is the most specific thing that can be seen: a file or room
 * on plain protocols, inside TLS the tenant at best, else the service.  The
 * policy rule works from the first day: something sensitive, a group that is
 * not allowed.  The behaviour rule needs two weeks: not used by this user
 * for 30 days, hardly by the group, and known here long enough to be
 * somebody's.  A personal tenant of an approved service, and the first use
 * of a chat service that the group never used, are told as well.
 */
#include "detect/say.h"

enum ground { SENSITIVE = 1, NOT_USUAL = 2, PERSONAL = 4, NEW_SERVICE = 8 };

struct conf {
	int64_t least_sensitivity;
	int64_t policy_bytes;
	int64_t least_files, least_bytes;
	double group_share;
	int64_t forget_us, known_us, learn_us;
};

struct state {			/* the resource being used now */
	uint32_t hash;
	uint32_t since_day;		/* first seen here; 0: never before */
	int32_t ago_days;		/* since this user used it; -1 never */
	uint32_t users;			/* of the group, before this one */
	int64_t at_us;
	uint64_t bytes;
	uint32_t files;
};

static const struct conf_field options[] = {
	{ .name = "sensitivity", .type = CONF_COUNT,
	  .offset = offsetof(struct conf, least_sensitivity), .min = 1,
	  .max = 3, .standard = 2,
	  .help = "least sensitivity of a resource for the policy rule" },
	{ .name = "policy-bytes", .type = CONF_BYTES,
	  .offset = offsetof(struct conf, policy_bytes), .max = INT64_MAX,
	  .standard = 1000000,
	  .help = "or this much from it, where no file or room is seen" },
	{ .name = "least-files", .type = CONF_COUNT,
	  .offset = offsetof(struct conf, least_files), .min = 1,
	  .max = INT64_MAX, .standard = 3,
	  .help = "behaviour rule: so many files within 24 hours" },
	{ .name = "least-bytes", .type = CONF_BYTES,
	  .offset = offsetof(struct conf, least_bytes), .min = 1,
	  .max = INT64_MAX, .standard = 5000000, .help = "or this much" },
	{ .name = "group-share", .type = CONF_REAL,
	  .offset = offsetof(struct conf, group_share), .max = 1000,
	  .standard = 50,
	  .help = "used by a smaller share of the group than this" },
	{ .name = "forget", .type = CONF_DURATION,
	  .offset = offsetof(struct conf, forget_us), .min = 86400000000LL,
	  .max = 365 * 86400000000LL, .standard = 30 * 86400000000LL,
	  .help = "not used by the user for so long" },
	{ .name = "known", .type = CONF_DURATION,
	  .offset = offsetof(struct conf, known_us), .max = 365 *
	  86400000000LL, .standard = 7 * 86400000000LL,
	  .help = "seen here at all for at least so long" },
	{ .name = "learn", .type = CONF_DURATION,
	  .offset = offsetof(struct conf, learn_us), .max = 365 *
	  86400000000LL, .standard = 14 * 86400000000LL,
	  .help = "behaviour counts once the sensor is so old" },
	{ 0 }
};

struct subject {			/* what is being used */
	char resource[ALERT_NAME];	/* as it may be said */
	const char *real;		/* as the policy knows it */
	const char *visibility;
	struct where to;
};

static struct subject subject_of(const struct look *look)
{
	struct subject s = { .visibility = "service" };
	struct text t = text_in(s.resource, sizeof(s.resource));

	s.real = look->opened != NULL ? look->opened->hidden :
	    look->did->hidden;
	s.to = look->did != NULL ? look->did->to : look->opened->to;
	if (look->opened != NULL) {
		text_escape(&t, slice_str(look->opened->resource));
		s.visibility = look->opened->visibility;
	} else if (look->did->object != NULL) {
		text_escape(&t, slice_str(look->did->object));
		s.visibility = "file";
	} else if (slice_more(s.to.tenant)) {
		text_escape(&t, s.to.tenant);
		s.visibility = "tenant";
	} else if (s.to.rule != NULL) {
		text_add(&t, s.to.service->id);
	}
	return s;
}

static void raise(const struct look *look, const struct state *s,
    const struct subject *what, uint32_t ground, int points, const char *why)
{
	struct alert a = { .risk = RISK_MEDIUM, .grounds = ground };
	struct text t = text_in(a.message, sizeof(a.message));
	struct text service = text_in(a.service, sizeof(a.service));

	a.bytes = s->bytes;
	a.count = s->files;
	a.first_us = s->at_us;
	a.last_us = look->at_us;
	if (what->to.rule != NULL)
		text_add(&service, what->to.service->name);
	text_printf(&t, "%s used %s %s", look->user->name, what->visibility,
	    what->resource);
	if (a.service[0] != '\0' && strcmp(what->visibility, "service") != 0)
		text_printf(&t, " of %s", a.service);
	if (s->files > 0 || s->bytes > 0) {
		text_add(&t, " for ");
		say_amount(&t, s->files, s->bytes);
	}
	text_printf(&t, " ");
	say_span(&t, look, s->at_us, look->at_us);
	text_printf(&t, "; %s", why);
	alert_text(&a, "resource", slice_str(what->resource));
	alert_text(&a, "visibility", slice_str(what->visibility));
	if (s->ago_days >= 0)
		alert_number(&a, "last_used_days", s->ago_days);
	alert_number(&a, "group_users", s->users);
	alert_number(&a, "group_members", look->peers == NULL ? 0 :
	    look->peers->members);
	text_add(&(struct text){ .p = a.techniques,
	    .size = sizeof(a.techniques) }, "IT1012");
	score_part(&a, "score_base", 40);
	score_part(&a, "score_resource", points);
	look->raise(look, &a);
}

static void policy_rule(const struct look *look, const struct state *s,
    const struct subject *what)
{
	const struct conf *c = look->conf;
	bool allowed = true, seen = look->opened != NULL ||
	    look->did->object != NULL;
	int level = policy_sensitivity(look->policy, look->group,
	    what->real != NULL ? what->real : what->resource, &allowed);
	char why[80];
	struct text t = text_in(why, sizeof(why));

	if (level < c->least_sensitivity || allowed ||
	    (!seen && s->bytes < (uint64_t)c->policy_bytes))
		return;
	text_printf(&t, "sensitivity %d, %s is not allowed there", level,
	    look->group->name);
	raise(look, s, what, SENSITIVE, 10 * (level - 1), why);
}

static uint32_t days(int64_t us)
{
	return (uint32_t)(us / DAY_US);
}

static bool rare_in_group(const struct conf *c, const struct look *look,
    const struct state *s)
{
	return look->peers != NULL &&
	    look->peers->members >= BASELINE_LEAST_GROUP &&
	    (double)s->users < c->group_share * look->peers->members;
}

static bool learned(const struct conf *c, const struct look *look)
{
	return look->at_us - look->since_us >= c->learn_us &&
	    look->user->base.active_days >= BASELINE_ACTIVE_DAYS;
}

static void behaviour_rule(const struct look *look, const struct state *s,
    const struct subject *what)
{
	const struct conf *c = look->conf;
	bool chat = what->to.rule != NULL &&
	    what->to.service->category == CATEGORY_IM;

	if (!learned(c, look) || !chat || (s->ago_days >= 0 &&
	    (uint32_t)s->ago_days < days(c->forget_us)))
		return;
	if (s->files < c->least_files && s->bytes < (uint64_t)c->least_bytes)
		return;
	if (strcmp(what->visibility, "service") == 0 && s->users == 0 &&
	    look->peers != NULL &&
	    look->peers->members >= BASELINE_LEAST_GROUP)
		raise(look, s, what, NEW_SERVICE, 5,
		    "the group never used this chat service");
	else if (rare_in_group(c, look, s) && s->since_day != 0 &&
	    look->day - s->since_day >= days(c->known_us))
		raise(look, s, what, NOT_USUAL, 5,
		    "neither the user nor the group uses it");
}

static void personal_rule(const struct look *look, const struct state *s,
    const struct subject *what)
{
	const struct rule *r = what->to.rule;

	if (look->did == NULL || r == NULL ||
	    r->tenancy != TENANCY_PERSONAL || look->did->approved ||
	    s->bytes < (uint64_t)((const struct conf *)look->conf)->
	    policy_bytes)
		return;
	if (policy_approved(look->policy, look->group,
	    &(struct destination){ .rule = r }))
		raise(look, s, what, PERSONAL, 5,
		    "a personal tenant of an approved service");
}

/* One resource at a time: a new one, or a day later, starts over. */
static void note(struct state *s, const struct look *look,
    const struct subject *what)
{
	uint32_t hash = name_hash(slice_str(what->resource));

	if (s->hash != hash || look->at_us - s->at_us > DAY_US) {
		*s = (struct state){ .hash = hash, .at_us = look->at_us };
		s->since_day = popular_since(look->popular, hash);
		s->users = popular_users(look->popular, hash,
		    look->group->index, look->day);
		s->ago_days = baseline_resource(&look->user->base, hash,
		    look->day);
		if (s->ago_days < 0 || s->ago_days >= 30)
			popular_add(look->popular, hash, look->group->index,
			    look->day);
	}
	if (look->did != NULL) {
		s->bytes += look->did->ev->up;
		s->files += look->did->ev->count;
	}
}

static void see(const struct look *look)
{
	struct state *s = look->state;
	struct subject what = subject_of(look);

	if (what.resource[0] == '\0' ||
	    (look->did != NULL && !look->did->chat))
		return;
	note(s, look, &what);
	policy_rule(look, s, &what);
	personal_rule(look, s, &what);
	behaviour_rule(look, s, &what);
}

const struct detection detection_anomalous_access = {
	.name = "anomalous-access",
	.title = "Anomalous Access",
	.risk = RISK_MEDIUM,
	.techniques = "IT1021,T1213.005",
	.options = options,
	.conf_size = sizeof(struct conf),
	.state_size = sizeof(struct state),
	.see = see,
};
