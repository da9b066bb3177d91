/*
 * user_risk.c - several small things about one user add up.
 *
 * Each alert adds its score to the user's risk, which halves in 7 days.
 * Crossing the threshold by three alerts or more is an alert of its own, once
 * until it has fallen below half of it again.
 */
#include "detect/say.h"

#include <math.h>
#include <stdio.h>

struct conf {
	int64_t most, least_alerts;
};

struct state {
	bool high;
	uint32_t alerts;		/* since it was low */
	int64_t first_us;
	uint32_t kinds;			/* hashes folded to bits */
};

static const struct conf_field options[] = {
	{ .name = "threshold", .type = CONF_COUNT,
	  .offset = offsetof(struct conf, most), .min = 1, .max = 10000,
	  .standard = 120,
	  .help = "sum of scores, halved every 7 days, that is too much" },
	{ .name = "least-alerts", .type = CONF_COUNT,
	  .offset = offsetof(struct conf, least_alerts), .min = 1,
	  .max = 100, .standard = 3,
	  .help = "fewer alerts speak for themselves" },
	{ 0 }
};

static void see(const struct look *look)
{
	(void)look;
}

static void alerted(const struct look *look, const struct alert *one)
{
	const struct conf *c = look->conf;
	struct state *s = look->state;
	struct user *u = look->user;
	struct alert a = { .risk = RISK_HIGH, .grounds = 1 };
	struct text t = text_in(a.message, sizeof(a.message));

	if (u->risk < (double)c->most / 2) {
		*s = (struct state){ 0 };
	}
	if (one->update_of[0] != '\0')
		return;
	if (s->alerts++ == 0)
		s->first_us = one->first_us;
	s->kinds |= 1u << name_hash(slice_str(one->kind)) % 32;
	if (s->high || u->risk < (double)c->most ||
	    s->alerts < c->least_alerts)
		return;
	s->high = true;
	a.bytes = one->bytes;
	a.count = one->count;
	a.first_us = s->first_us;
	a.last_us = one->last_us;
	snprintf(a.client, sizeof(a.client), "%s", one->client);
	text_printf(&t, "%s reached a risk of %.0f: %u alert%s of %d kind%s "
	    "since ", u->name, u->risk, s->alerts, s->alerts == 1 ? "" : "s",
	    __builtin_popcount(s->kinds),
	    __builtin_popcount(s->kinds) == 1 ? "" : "s");
	say_time(&t, look, s->first_us);
	text_printf(&t, ", the last: %s", one->title);
	alert_real(&a, "risk", u->risk);
	alert_number(&a, "threshold", c->most);
	alert_number(&a, "alerts", s->alerts);
	score_part(&a, "score_base", 70);
	look->raise(look, &a);
}

const struct detection detection_user_risk = {
	.name = "user-risk",
	.title = "User Risk",
	.risk = RISK_HIGH,
	.techniques = "IT1021",
	.options = options,
	.conf_size = sizeof(struct conf),
	.state_size = sizeof(struct state),
	.see = see,
	.alerted = alerted,
};
