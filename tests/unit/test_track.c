/* The track floor: rings, ledger, chance, baselines, order. */
#include "track/baseline.h"
#include "track/common.h"
#include "track/ledger.h"
#include "track/order.h"
#include "track/poisson.h"
#include "track/popular.h"
#include "tap.h"

#include <math.h>

static const int64_t T0 = 1700000000LL * 1000000;

static bool near(double a, double b, double within)
{
	return fabs(a - b) <= within;
}

static void test_window(void)
{
	struct window w = { 0 };
	struct amount a = { 1000, 2, 1 }, h;

	for (int i = 0; i < 20; i++)
		window_add(&w, T0 + i * 5 * MINUTE_US, &a);
	h = window_hour(&w, T0 + 19 * 5 * MINUTE_US);
	ok(h.bytes == 12000 && h.count == 24 && h.low == 12,
	    "an hour is its last 12 bins: %llu", (unsigned long long)h.bytes);
	h = window_hours(&w, T0 + 19 * 5 * MINUTE_US, 24);
	ok(h.bytes == 20000, "a day holds all of it");
	h = window_hour(&w, T0 + 19 * 5 * MINUTE_US + HOUR_US);
	ok(h.bytes == 0, "an hour later it is gone from the hour");
	h = window_hours(&w, T0 + 30 * HOUR_US, 24);
	ok(h.bytes == 0, "a day later from the day as well");
	window_add(&w, T0 + 5 * MINUTE_US, &a);
	h = window_hours(&w, T0 + 19 * 5 * MINUTE_US, 24);
	ok(h.bytes == 21000, "what comes late still counts in its bin");
	window_add(&w, T0 + 400 * DAY_US, &a);
	h = window_hours(&w, T0 + 400 * DAY_US, 48);
	ok(h.bytes == 1000, "a long silence clears the ring");
}

static void test_days(void)
{
	struct window w = { 0 };
	struct window_day d;
	struct amount a = { 10240, 3, 3 };
	uint32_t closed;

	ok(!window_day_is(&w, 19000, &closed, &d), "the first day opens");
	window_add(&w, T0, &a);
	ok(!window_day_is(&w, 19000, &closed, &d), "and goes on");
	ok(window_day_is(&w, 19001, &closed, &d) && closed == 19000 &&
	    d.kib == 10 && d.count == 3 && d.peak_kib == 10,
	    "it closes with its sums");
	ok(!window_day_is(&w, 19002, &closed, &d), "an empty day is none");
	ok(window_day_at(&w, 19000) != NULL &&
	    window_day_at(&w, 19001) == NULL, "known by its number");
	ok(window_days(&w, 19002, 7).bytes == 10240, "a week's sum");
	ok(window_days(&w, 19008, 7).bytes == 0, "not the week after");
	w.days[19000 % WINDOW_DAYS].tainted = true;
	ok(window_untainted(&w, 19002, 7).bytes == 0 &&
	    window_days(&w, 19002, 7).bytes == 10240,
	    "an incident's day is left out where asked");
	window_day_is(&w, 19000 + 60, &closed, &d);
	ok(window_day_at(&w, 19000) == NULL &&
	    window_day_at(&w, 19049) == NULL, "and forgotten in time");
}

/* Exact values: computed with 60 decimal digits. */
static void test_poisson(void)
{
	static const struct {
		unsigned int k;
		double lambda, log10_p;
	} exact[] = {
		{ 1, 0.1, -1.02153378313831260 },
		{ 3, 0.1, -3.81064145370303254 },
		{ 3, 0.0724, -4.22247488664965993 },
		{ 14, 3.62, -4.57321625121004276 },
		{ 38, 0.5, -56.3692054973621750 },
		{ 200, 1, -375.329017113931002 },
		{ 5, 20, -0.00000735907113505594 },
		{ 20, 20, -0.275934992087349678 },
		{ 1, 50, -8.376454159424e-23 },
	};

	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++) {
		double p = poisson_tail_log10(exact[i].k, exact[i].lambda);

		ok(near(p, exact[i].log10_p, 1e-9 * fmax(1,
		    fabs(exact[i].log10_p))), "P(X >= %u | %g) = 10^%.10f",
		    exact[i].k, exact[i].lambda, p);
	}
	ok(poisson_tail_log10(0, 3) == 0 && poisson_tail_log10(1, 0) < -300,
	    "the ends");
	ok(near(match_expected(10, 5, 0.005, 1e4, 1e8), 0.0543, 1e-4),
	    "10 x 5 objects expect 0.054 matches");
}

static void move(struct ledger *l, bool in, int64_t at_us, uint64_t bytes)
{
	struct ledger_move m = { .start_us = at_us, .at_us = at_us,
		.bytes = bytes, .count = 1, .object = bytes,
		.service = "Slack" };

	if (in)
		ledger_take(l, &m);
	else
		ledger_leave(l, &m);
}

/* Sizes spread over three decades, the same ones at every run. */
static uint64_t size_of(unsigned int i, unsigned int salt)
{
	uint32_t h = (i + 1) * 2654435761u ^ salt * 40503u;

	h ^= h >> 15;
	h *= 2246822519u;
	h ^= h >> 13;
	return (uint64_t)(3e4 * pow(1000, (h & 0xffff) / 65536.0));
}

static struct ledger_match compare(const struct ledger *l)
{
	return ledger_compare(l, T0 + 2 * HOUR_US, 72 * HOUR_US,
	    T0 - HOUR_US, 0.005, 2000);
}

static void test_ledger(void)
{
	struct ledger *l = calloc(1, sizeof(*l));
	struct ledger_match m;
	unsigned int by_chance = 0;

	for (unsigned int i = 0; i < 41; i++)
		move(l, true, T0 + i * MINUTE_US, size_of(i, 1));
	for (unsigned int i = 0; i < 38; i++)
		move(l, false, T0 + HOUR_US + i * SECOND_US,
		    size_of(i, 1) + 300);
	m = compare(l);
	ok(m.objects == 38 && m.in == 41, "38 of 41 found: %u", m.objects);
	ok(m.log10_p < -15, "not by chance: 10^%.1f", m.log10_p);
	ok(l->episode.count == 41 && strcmp(l->episode.service, "Slack") == 0,
	    "the episode of taking");

	for (unsigned int salt = 10; salt < 510; salt++) {
		memset(l, 0, sizeof(*l));
		for (unsigned int i = 0; i < 50; i++) {
			move(l, true, T0, size_of(i, salt));
			move(l, false, T0 + HOUR_US, size_of(i, salt + 5000));
		}
		by_chance += compare(l).log10_p < -4;
	}
	ok(by_chance <= 1, "500 unrelated pairs of 50: %u called the same",
	    by_chance);

	memset(l, 0, sizeof(*l));
	for (unsigned int i = 0; i < 50; i++) {
		move(l, true, T0 + i, 4194304);
		move(l, false, T0 + HOUR_US, 4194304);
	}
	m = compare(l);
	ok(m.objects == 50 && m.sizes == 1 && m.log10_p > -4,
	    "equal chunks prove nothing: 10^%.1f", m.log10_p);

	memset(l, 0, sizeof(*l));
	move(l, false, T0, 5000000);
	move(l, true, T0 + HOUR_US, 5000000);
	ok(compare(l).objects == 0, "nothing leaves before it came");
	ok(near((double)ledger_taken(l, T0 + 25 * HOUR_US, 72 * HOUR_US),
	    2500000, 1), "half is left after a day");
	ok(ledger_taken(l, T0 + 80 * HOUR_US, 72 * HOUR_US) == 0,
	    "nothing after 72 hours");
	free(l);
}

static void test_baseline(void)
{
	static const unsigned int days = 30;
	struct window w = { 0 };
	struct cohort *everyone = cohort_new();
	struct usual u;
	struct window_day d;
	uint32_t closed, day = 19000;	/* a Saturday, 2022-01-08 */

	ok(day_of_week(18998) == 3 && day_is_weekend(19000), "weekdays");
	window_day_is(&w, day, &closed, &d);
	for (uint32_t k = 0; k < days; k++, day++) {
		struct amount a = { 1 << 20, 15, 15 };

		if (day_is_weekend(day))
			a = (struct amount){ 1 << 14, 1, 1 };
		window_add(&w, (int64_t)day * DAY_US + HOUR_US, &a);
		if (!window_day_is(&w, day + 1, &closed, &d))
			continue;
		for (int user = 0; user < 3; user++)
			cohort_learn(everyone, cohort_channel(CHAT_IN,
			    DAY_BYTES), closed, log2_of(d.kib * 1024ull));
	}
	while (day_of_week(day) != 2)
		window_day_is(&w, ++day, &closed, &d);
	u = baseline_usual(&w, CHAT_IN, DAY_BYTES, day, NULL, everyone);
	ok(u.of == BASELINE_USER && near(u.median, 20, 0.2) &&
	    near(u.scale, 0.6, 0.01), "a workday's median: 2^%.2f", u.median);
	ok(near(usual_z(&u, log2_of(8 << 20)), 5, 0.4), "8 times is z 5");
	while (day_of_week(day) != 6)
		window_day_is(&w, ++day, &closed, &d);
	u = baseline_usual(&w, CHAT_IN, DAY_BYTES, day, NULL, everyone);
	ok(near(u.median, 14, 0.3), "a weekend's is its own: 2^%.2f",
	    u.median);
	memset(&w, 0, sizeof(w));
	window_day_is(&w, day, &closed, &d);
	u = baseline_usual(&w, CHAT_IN, DAY_COUNT, day, NULL, everyone);
	ok(u.of == BASELINE_NONE && usual_z(&u, 30) == 0,
	    "nobody's days: no score");
	u = baseline_usual(&w, CHAT_IN, DAY_BYTES, day - 2, NULL, everyone);
	ok(u.of == BASELINE_EVERYONE, "a new user gets everyone's");
	cohort_free(everyone);
}

/* Members who differ from each other, but hardly from themselves. */
static void test_within(void)
{
	unsigned int channel = cohort_channel(CHAT_IN, DAY_COUNT);
	struct cohort *c = cohort_new();
	struct window w = { 0 };
	struct amount seven = { 1 << 20, 7, 7 };
	struct usual before, after;
	struct window_day d;
	uint32_t closed, day = 19000;

	window_day_is(&w, day, &closed, &d);
	for (; day < 19027; day++) {
		window_add(&w, (int64_t)day * DAY_US, &seven);
		window_day_is(&w, day + 1, &closed, &d);
		for (unsigned int user = 0; user < 10; user++)
			cohort_learn(c, channel, day, 4 + user * 0.5);
	}
	before = baseline_usual(&w, CHAT_IN, DAY_COUNT, day, NULL, c);
	ok(baseline_away(&w, DAY_COUNT, day - 1) < 0.01,
	    "a day like the others is not away from them");
	ok(baseline_away(&w, DAY_COUNT, 19002) < 0, "too early to say");
	for (unsigned int i = 0; i < 100; i++)
		cohort_learn_away(c, channel, day - 1, i % 2 ? 0.4 : 0.6);
	ok(near(cohort_away(c, channel, day - 1).scale, 0.74, 0.03),
	    "members around themselves: %.2f",
	    cohort_away(c, channel, day - 1).scale);
	after = baseline_usual(&w, CHAT_IN, DAY_COUNT, day, NULL, c);
	ok(before.median > 3.7 && after.median < 3.4,
	    "such a group says little of one member: 2^%.2f, 2^%.2f",
	    before.median, after.median);
	ok(near(after.scale, 0.6, 0.03) && before.scale <= after.scale + 0.2,
	    "but how a member varies");
	cohort_free(c);
}

static void test_awake(void)
{
	struct amount one = { 1000, 1, 1 };
	struct window w = { 0 };

	window_add(&w, T0, &one);
	ok(window_awake(&w, T0) == 1, "awake for an hour");
	window_add(&w, T0 + 5 * HOUR_US, &one);
	ok(window_awake(&w, T0 + 5 * HOUR_US) == 6, "a long lunch");
	window_add(&w, T0 + 12 * HOUR_US, &one);
	ok(window_awake(&w, T0 + 12 * HOUR_US) == 1, "after six hours' rest");
	for (int h = 13; h < 60; h++)
		window_add(&w, T0 + h * HOUR_US, &one);
	ok(window_awake(&w, T0 + 59 * HOUR_US) == 24, "never at rest: a day");
}

/* Few sizes that agree to the byte say more than those that barely do. */
static void test_closeness(void)
{
	static const double off[] = { 0.001, 0.004 };
	struct ledger *l = calloc(1, sizeof(*l));
	struct ledger_match m[2];

	for (unsigned int k = 0; k < 2; k++) {
		memset(l, 0, sizeof(*l));
		for (unsigned int i = 0; i < 12; i++) {
			double bytes = (double)size_of(i, 3) * 100;

			move(l, true, T0, (uint64_t)bytes);
			move(l, false, T0 + HOUR_US,
			    (uint64_t)(bytes * (1 + off[k])));
		}
		m[k] = compare(l);
	}
	ok(near(m[0].near, 0.5, 0.01) && near(m[1].near, 1, 0.01) &&
	    m[0].objects == 12 && m[1].objects == 12, "pairs either way");
	ok(m[0].log10_p < m[1].log10_p - 2, "10^%.1f against 10^%.1f",
	    m[0].log10_p, m[1].log10_p);
	free(l);
}

static void test_hours(void)
{
	struct baseline b = { 0 };
	struct cohort *c = cohort_new();
	int64_t at_us = T0;

	for (int week = 0; week < 8; week++, at_us += 7 * DAY_US)
		for (unsigned int h = 0; h < HOURS_WEEK; h++)
			if (h / 24 < 5 && h % 24 >= 9 && h % 24 < 18)
				baseline_hour(&b, c, NULL, h, at_us);
	ok(b.events == 8 * 45, "active hours learned");
	ok(baseline_rarity(&b, c, 24 + 11, at_us) > 0.3, "Tuesday 11:00");
	ok(baseline_rarity(&b, c, 5 * 24 + 3, at_us) < 0.001,
	    "Saturday 03:00 is rare");
	ok(baseline_rarity(NULL, c, 3, at_us) < 0.001, "for the group too");
	ok(baseline_resource(&b, 7, 19000) == -1 &&
	    baseline_resource(&b, 7, 19040) == 40, "resources by age");
	for (uint32_t i = 100; i < 200; i++)
		baseline_resource(&b, i, 19041);
	ok(baseline_resource(&b, 7, 19042) == -1, "64 of them, no more");
	cohort_free(c);
}

static void test_order(void)
{
	struct order o;
	const struct event *ev;
	int64_t last = 0;
	bool sorted = true;
	int n = 0;

	ok(order_init(&o, 1000, SECOND_US), "a heap");
	for (int i = 0; i < 500; i++) {
		struct event e = { .kind = EV_FLOW, .worker = (uint8_t)(i % 2),
			.at_us = T0 + (i * 7919 % 500) * 1000 };

		order_put(&o, &e);
	}
	ok(order_next(&o, false) == NULL, "nothing may go out yet");
	order_put(&o, &(struct event){ .kind = EV_TICK, .worker = 0,
	    .at_us = T0 + 10 * SECOND_US });
	ok(order_next(&o, false) == NULL, "one worker may still be behind");
	order_put(&o, &(struct event){ .kind = EV_TICK, .worker = 1,
	    .at_us = T0 + 10 * SECOND_US });
	while ((ev = order_next(&o, false)) != NULL) {
		sorted &= ev->at_us >= last;
		last = ev->at_us;
		n++;
		order_done(&o, ev);
	}
	ok(n == 500 && sorted, "all %d in order", n);
	order_free(&o);
}

static void test_common(void)
{
	struct common c;
	bool known = false, chance = false;

	ok(common_init(&c, 10000), "classes");
	for (uint32_t user = 1; user <= 4; user++)
		known = common_seen(&c, 1, 5000000 + user * 100, user * 97,
		    T0);
	ok(known, "four users, one size: common");
	for (uint32_t i = 0; i < 6000; i++)
		chance |= common_seen(&c, 2, size_of(i, 3), i % 60, T0);
	ok(!chance, "a busy host's sizes meet by chance");
	common_free(&c);
}

int main(void)
{
	test_window();
	test_days();
	test_poisson();
	test_ledger();
	test_closeness();
	test_baseline();
	test_within();
	test_awake();
	test_hours();
	test_order();
	test_common();
	return tap_done();
}
