/*
 * behavioral_anomaly.c - IT1021 "Behavioral Anomaly": at unusual hours.
 *
 * Each hour in which a user moved files deliberately is one event in a
 * histogram of the 168 hours of the week, in the site's local time.  An hour
 * is unusual when the user's activity at hours as rare as this one, or rarer,
 * is under 0.5 % of it, and the group's under 1 %; or when the user never was
 * active near that time of day, though much is known of him.  It is judged
 * when the hour after it is over: only then is it known whether it was
 * unusual for many at once (patch day, incident, all-hands), which is no
 * anomaly of one.  The other dimensions, two at once: a new device, a new
 * network, far more going out than coming in for this user.
 */
#include "detect/say.h"
#include "detect/shifts.h"

#include <math.h>
#include <stdio.h>

#include "track/poisson.h"

enum ground { HOUR = 1, SHIFTS = 2 };

struct conf {
	int64_t least_files, least_bytes;
	double p_user, p_group, p_cold, p_never, never_share, common_share;
	int64_t never_hours;
	int64_t common_files;
	int64_t learn_us, learn_hours;
};

struct hour {
	int64_t at_us;			/* its start; 0: none */
	uint64_t bytes;
	uint32_t files;
	uint32_t of_week;
	uint32_t shifts;		/* bits of enum shift */
	uint8_t client[16];		/* of its last transfer */
	bool never;			/* was the user active about then */
	bool rare, rather;		/* enough so to tell; to be counted */
	float rarity, group_rarity;
};

struct state {
	struct hour now, before;	/* being filled; not judged yet */
	struct shifts usual;
};

static const struct conf_field options[] = {
	{ .name = "least-files", .type = CONF_COUNT,
	  .offset = offsetof(struct conf, least_files), .min = 1,
	  .max = INT64_MAX, .standard = 3,
	  .help = "so many files within the hour" },
	{ .name = "least-bytes", .type = CONF_BYTES,
	  .offset = offsetof(struct conf, least_bytes), .min = 1,
	  .max = INT64_MAX, .standard = 10000000, .help = "or this much" },
	{ .name = "p-user", .type = CONF_REAL,
	  .offset = offsetof(struct conf, p_user), .max = 100, .standard = 5,
	  .help = "share of the user's activity at hours so rare" },
	{ .name = "p-group", .type = CONF_REAL,
	  .offset = offsetof(struct conf, p_group), .max = 500,
	  .standard = 10, .help = "share of the group's" },
	{ .name = "p-cold", .type = CONF_REAL,
	  .offset = offsetof(struct conf, p_cold), .max = 100, .standard = 1,
	  .help = "share of the group's, while the user is not known" },
	{ .name = "p-never", .type = CONF_REAL,
	  .offset = offsetof(struct conf, p_never), .max = 500,
	  .standard = 50,
	  .help = "share of the group's, where the user never was active "
	  "within three hours of that time of day" },
	{ .name = "never-share", .type = CONF_REAL,
	  .offset = offsetof(struct conf, never_share), .max = 100,
	  .standard = 10,
	  .help = "never: in less than this share of the user's hours" },
	{ .name = "never-hours", .type = CONF_COUNT,
	  .offset = offsetof(struct conf, never_hours), .min = 1,
	  .max = 10000, .standard = 30,
	  .help = "never: in at least so many active hours" },
	{ .name = "common-share", .type = CONF_REAL,
	  .offset = offsetof(struct conf, common_share), .max = 1000,
	  .standard = 30,
	  .help = "silent when so much of the group is unusual at once" },
	{ .name = "common-files", .type = CONF_COUNT,
	  .offset = offsetof(struct conf, common_files), .min = 1,
	  .max = INT64_MAX, .standard = 12,
	  .help = "but not about so many files, if three times the others'" },
	{ .name = "learn", .type = CONF_DURATION,
	  .offset = offsetof(struct conf, learn_us), .max = 365 *
	  86400000000LL, .standard = 14 * 86400000000LL,
	  .help = "a user is known after so long" },
	{ .name = "learn-hours", .type = CONF_COUNT,
	  .offset = offsetof(struct conf, learn_hours), .min = 1,
	  .max = 10000, .standard = 30,
	  .help = "and so many active hours" },
	{ 0 }
};

static bool known_user(const struct conf *c, const struct look *look)
{
	return look->at_us - look->user->first_us >= c->learn_us &&
	    look->user->base.events >= (uint64_t)c->learn_hours;
}

/* The prior: the group's hours when it is large enough, else everyone's. */
static struct cohort *prior(const struct look *look)
{
	return look->peers != NULL &&
	    look->peers->members >= BASELINE_LEAST_GROUP ? look->peers :
	    look->everyone;
}

static double hours_known(const struct cohort *c)
{
	double sum = 0;

	for (unsigned int i = 0; i < HOURS_WEEK; i++)
		sum += c->hours[i];
	return sum;
}

static bool rare(const struct conf *c, const struct hour *h, bool known,
    double times)
{
	double p = (double)h->rarity / times, group = (double)h->group_rarity;

	if (!known)
		return p < c->p_cold;
	return (p < c->p_user && group / times < c->p_group) ||
	    (h->never && group < c->p_never);
}

/* Once, when it begins: what was learned of other weeks does not change. */
static void weigh(const struct conf *c, const struct look *look,
    struct hour *h)
{
	const struct baseline *b = &look->user->base;
	const struct cohort *g = prior(look);
	bool known = known_user(c, look);

	if (hours_known(g) < 30 || look->at_us - look->since_us < c->learn_us)
		return;
	h->group_rarity = (float)baseline_rarity(NULL, g, h->of_week,
	    look->at_us);
	h->rarity = !known ? h->group_rarity :
	    (float)baseline_rarity(b, g, h->of_week, look->at_us);
	h->never = known && b->events >= (uint64_t)c->never_hours &&
	    baseline_around(b, h->of_week, look->at_us) <
	    fmax(0.5, c->never_share * baseline_hours(b, look->at_us));
	h->rare = rare(c, h, known, 1);
	h->rather = h->rare || rare(c, h, known, 2) ||
	    (!known && (double)h->group_rarity < c->p_never);
}

static bool enough(const struct conf *c, const struct hour *h)
{
	return h->files >= c->least_files ||
	    h->bytes >= (uint64_t)c->least_bytes;
}

/*
 * Many at unusual work at about that time, or many more at work than on other
 * days, by more than chance.  One or two alone are never a common cause,
 * however small the group.  And it excuses that one is there, not that one
 * takes three times as much as the others do.
 */
static bool crowded(const struct conf *c, const struct cohort *in,
    const struct hour *h)
{
	struct crowd k = cohort_crowd(in, (uint32_t)(h->at_us / HOUR_US),
	    h->of_week);
	uint32_t others = k.active > 0 ? k.active - 1 : 0, n = k.unusual;
	double files = k.files > h->files ? k.files - h->files : 0;

	if (poisson_tail_log10(others, k.expected + 0.5) < -2 && k.active > n)
		n = k.active;
	if (n <= 2 || n < c->common_share * in->members)
		return false;
	return h->files < c->common_files ||
	    h->files * (double)others < 3 * files;
}

static bool common_cause(const struct conf *c, const struct look *look,
    const struct hour *h)
{
	return (look->peers != NULL && crowded(c, look->peers, h)) ||
	    crowded(c, look->everyone, h);
}

static void evidence(struct alert *a, const struct look *look,
    const struct hour *h, bool known)
{
	const char *whose = known ? "user" : "group";

	if (a->grounds & HOUR) {
		alert_real(a, "p_user", (double)h->rarity);
		alert_real(a, "p_group", (double)h->group_rarity);
		snprintf(a->techniques, sizeof(a->techniques), "IT1013");
	}
	alert_number(a, "hour_of_week", h->of_week);
	alert_number(a, "active_hours_known", look->user->base.events);
	if (h->never)
		alert_number(a, "never_within_hours", 3);
	alert_text(a, "baseline", slice_str(whose));
	score_part(a, "score_base", 40);
	if (a->grounds & HOUR)
		score_part(a, "score_rarity", (double)h->rarity < 1e-4 ? 15 :
		    (double)h->rarity < 1e-3 ? 8 : 0);
	if (a->grounds == (HOUR | SHIFTS))
		score_part(a, "score_shifts", 10);
}

static void raise(const struct look *look, const struct hour *h,
    uint32_t ground, bool known)
{
	struct alert a = { .risk = RISK_MEDIUM, .grounds = ground,
		.bytes = h->bytes, .count = h->files, .first_us = h->at_us,
		.last_us = h->at_us + HOUR_US - 1 };
	struct text t = text_in(a.message, sizeof(a.message));
	struct addr client;

	memcpy(client.b, h->client, sizeof(client.b));
	addr_text(&client, a.client);
	text_printf(&t, "%s moved ", look->user->name);
	say_amount(&t, h->files, h->bytes);
	text_add(&t, " ");
	say_span(&t, look, a.first_us, a.last_us + 1);
	if (ground & HOUR)
		text_printf(&t, ", an hour that holds less than %.2g %% of "
		    "%s activity", fmax(0.01, 100 * (double)h->rarity),
		    known ? "this user's" : "the group's");
	if (ground & SHIFTS) {
		text_add(&t, "; ");
		shifts_say(&t, h->shifts);
	}
	evidence(&a, look, h, known);
	look->raise(look, &a);
}

/* Judge it, then learn: the group always, the user unless it was unusual,
 * told of or not: what many did at once is no habit of one. */
static void judge(const struct look *look, struct hour *h)
{
	const struct conf *c = look->conf;
	bool known = known_user(c, look);
	bool excused = h->rather && common_cause(c, look, h);
	uint32_t ground = 0;

	if (h->rare && enough(c, h) && !excused)
		ground |= HOUR;
	if (enough(c, h) && __builtin_popcount(h->shifts) >= 2 && known)
		ground |= SHIFTS;
	if (policy_excused(look->policy, look->group, h->at_us))
		ground = 0;
	if (ground != 0)
		raise(look, h, ground, known);
	baseline_hour(excused || ground & HOUR ? NULL : &look->user->base,
	    look->peers, look->everyone, h->of_week, look->at_us);
	h->at_us = 0;
}

static void turn(const struct look *look, struct state *s, int64_t hour_us)
{
	if (s->now.at_us != 0 && s->now.at_us < hour_us) {
		if (s->before.at_us != 0)
			judge(look, &s->before);
		s->before = s->now;
		s->now = (struct hour){ 0 };
	}
	if (s->before.at_us != 0 && s->before.at_us + HOUR_US < hour_us)
		judge(look, &s->before);
}

/* The group and everyone know of it, for the others' sake. */
static void count(const struct look *look, const struct hour *h, bool starts,
    bool unusual)
{
	struct cohort *both[] = { look->everyone, look->peers };
	uint32_t hour = (uint32_t)(h->at_us / HOUR_US);

	for (unsigned int i = 0; i < 2 && both[i] != NULL; i++) {
		if (starts)
			cohort_starts(both[i], hour, h->of_week);
		if (unusual)
			cohort_unusually(both[i], hour);
	}
}

static void count_files(const struct look *look, const struct hour *h)
{
	uint32_t hour = (uint32_t)(h->at_us / HOUR_US);

	if (look->peers != NULL)
		cohort_moves(look->peers, hour, look->did->ev->count);
	cohort_moves(look->everyone, hour, look->did->ev->count);
}

static void begin(const struct look *look, struct state *s, int64_t hour_us)
{
	struct hour *h = &s->now;
	bool goes_on = s->before.at_us != 0 &&
	    s->before.at_us + HOUR_US == hour_us;

	h->at_us = hour_us;
	h->of_week = look->hour;
	weigh(look->conf, look, h);
	/* who goes on is one user still */
	count(look, h, !goes_on, h->rather && !(goes_on && s->before.rather));
}

static void see(const struct look *look)
{
	const struct transfer *t = look->did;
	struct state *s = look->state;
	struct hour *h = &s->now;
	int64_t hour_us = look->at_us / HOUR_US * HOUR_US;

	if (t == NULL || !t->counted || hour_us < h->at_us)
		return;
	turn(look, s, hour_us);
	if (h->at_us == 0)
		begin(look, s, hour_us);
	h->bytes += t->ev->up;
	h->files += t->ev->count;
	memcpy(h->client, t->ev->client.b, sizeof(h->client));
	h->shifts |= shifts_note(&s->usual, t);
	count_files(look, h);
}

static void settle(const struct look *look)
{
	turn(look, look->state, (look->at_us / HOUR_US + 1) * HOUR_US);
}

const struct detection detection_behavioral_anomaly = {
	.name = "behavioral-anomaly",
	.title = "Behavioral Anomaly",
	.risk = RISK_MEDIUM,
	.techniques = "IT1021,T1213.005",
	.options = options,
	.conf_size = sizeof(struct conf),
	.state_size = sizeof(struct state),
	.see = see,
	.settle = settle,
};
