#include "service/health.h"

#include <stdio.h>

#include "base/log.h"
#include "service/health_judge.h"

enum { GOOD_ENOUGH = 6 };		/* checks without cause: cleared */

static const int64_t again_us = 3600000000;

const char *health_kind(size_t i)
{
	return health_rules[i].kind;
}

const char *health_severity(size_t i)
{
	return health_rules[i].severity;
}

void health_event(struct health_state *h, const struct event *ev)
{
	if (ev->kind != EV_FLOW_END)
		return;
	h->all_flows++;
	if (addr_is_multicast(&ev->server))
		h->broadcast++;
	h->flows += event_shows_sides(ev);
	h->one_sided += event_one_sided(ev);
}

static void take_sample(struct health_state *h, const struct board *b,
    int64_t now_real_us, int64_t now_us)
{
	if (h->n == HEALTH_WINDOW + 1) {
		memmove(&h->samples[0], &h->samples[1], HEALTH_WINDOW *
		    sizeof(h->samples[0]));
		h->n--;
	}
	h->samples[h->n++] = (struct health_sample){
		.real_us = now_real_us, .monotonic_us = now_us,
		.total = board_total(b), .flows = h->flows,
		.one_sided = h->one_sided, .broadcast = h->broadcast,
		.all_flows = h->all_flows,
		.users_evicted = b->core.analysis.users_evicted };
}

struct speaker {
	void (*say)(struct health *f, void *arg);
	void *arg;
};

static void speak(const struct speaker *to, size_t i,
    const struct health_active *a, const char *severity)
{
	struct health f = { .kind = health_rules[i].kind,
	    .severity = severity, .since_us = a->since_us,
	    .has_value = true, .value = a->value };

	if (strcmp(severity, "clear") == 0)
		snprintf(f.message, sizeof(f.message), "Over: %.240s",
		    a->message);
	else
		snprintf(f.message, sizeof(f.message), "%s", a->message);
	log_warnx("%s: %s", f.kind, f.message);
	to->say(&f, to->arg);
}

static void is_bad(struct health_state *h, size_t i,
    const struct health_sample *now, const struct speaker *to)
{
	struct health_active *a = &h->active[i];
	bool fresh = a->since_us == 0;

	a->good = 0;
	if (!fresh && now->monotonic_us - a->said_us < again_us)
		return;
	if (fresh) {
		a->since_us = now->real_us;
		h->raised++;
	}
	a->said_us = now->monotonic_us;
	speak(to, i, a, health_rules[i].severity);
}

static void is_good(struct health_state *h, size_t i,
    const struct speaker *to)
{
	struct health_active *a = &h->active[i];

	if (a->since_us == 0 || ++a->good < GOOD_ENOUGH)
		return;
	speak(to, i, a, "clear");
	a->since_us = 0;
}

static void judge(struct health_state *h, const struct board *b, size_t i,
    const struct speaker *to)
{
	const struct health_sample *now = &h->samples[h->n - 1];
	struct health_view v = { now, &h->samples[0], b,
	    (double)(now->monotonic_us - h->samples[0].monotonic_us) / 1e6 };
	struct health_active *a = &h->active[i];
	char message[sizeof(a->message)];
	struct text why = text_in(message, sizeof(message));
	double value = 0;

	if (!health_rules[i].judge(&v, &value, &why)) {
		is_good(h, i, to);
		return;
	}
	a->value = value;
	memcpy(a->message, message, sizeof(message));
	is_bad(h, i, now, to);
}

void health_check(struct health_state *h, const struct board *b,
    int64_t now_real_us, int64_t now_us,
    void (*say)(struct health *f, void *arg), void *arg)
{
	struct speaker to = { say, arg };

	if (now_us < h->next_us)
		return;
	h->next_us = now_us + HEALTH_EVERY_US;
	take_sample(h, b, now_real_us, now_us);
	if (h->n < 2)
		return;
	for (size_t i = 0; health_rules[i].kind != NULL; i++)
		judge(h, b, i, &to);
}
