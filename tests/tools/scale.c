/*
 * scale.c - what users and bindings cost: memory, and time to look one up.
 *
 *	scale USERS BINDINGS DAYS FILES
 *
 * Feeds the analysis as the core does, event by event: every binding as a
 * login with the device's lease, every user FILES downloads and one upload a
 * day on DAYS workdays, between 8 and 18 o'clock, in an order that no cache
 * likes.  Prints one line of JSON.  Nothing is kept on disk.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "analysis/analysis_parts.h"
#include "config/config.h"
#include "dissector.h"

enum { LOOKS = 1000000, NEAR = 1000 };

struct crowd_of {
	struct analysis *analysis;
	uint32_t users, bindings, files;
	int64_t first_us;		/* when it begins */
};

static size_t resident(void)
{
	long pages = 0, skipped;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f == NULL || fscanf(f, "%ld %ld", &skipped, &pages) != 2)
		err(1, "statm");
	fclose(f);
	return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint32_t mixed(uint32_t i)
{
	i = (i ^ i >> 16) * 0x45d9f3bu;
	i = (i ^ i >> 16) * 0x45d9f3bu;
	return i ^ i >> 16;
}

static struct addr address(uint32_t i)
{
	char text[32];
	struct addr a;

	snprintf(text, sizeof(text), "10.%u.%u.%u", i >> 16 & 255,
	    i >> 8 & 255, i & 255);
	if (!addr_parse(&a, text))
		errx(1, "%s", text);
	return a;
}

static void binding(const struct crowd_of *c, uint32_t i, int64_t at_us)
{
	struct event ev = { .kind = EV_BINDING, .at_us = at_us,
		.start_us = at_us, .client = address(i),
		.sureness = PROOF_TICKET, .count = 86400 * 60,
		.mac = { 2, 0, (uint8_t)(i >> 24), (uint8_t)(i >> 16),
		    (uint8_t)(i >> 8), (uint8_t)i } };

	snprintf(ev.text, sizeof(ev.text), "firstname.lastname%u",
	    i % c->users);
	snprintf(ev.host, sizeof(ev.host), "laptop-%06u", i);
	analysis_event(c->analysis, &ev);
}

static void moved(const struct crowd_of *c, uint32_t i, uint32_t n,
    int64_t at_us)
{
	uint32_t r = mixed(i * 64 + n);
	bool up = n == c->files;
	struct event ev = { .kind = EV_TRANSFER, .at_us = at_us,
		.start_us = at_us - SECOND_US, .client = address(i),
		.flow = (uint64_t)r << 20 | n, .proto = 6,
		.server_port = 443, .up = 40000 + r % 3000000,
		.count = 1, .count_lo = 1, .count_hi = 1, .confidence = 90,
		.method = METHOD_TLS_RECORDS, .sureness = 90,
		.flags = up ? EVENT_UPLOAD : 0 };

	ev.down = ev.largest = ev.up;
	if (!addr_parse(&ev.server, "198.51.100.7"))
		errx(1, "server");
	snprintf(ev.host, sizeof(ev.host), "%s", up ?
	    "content.dropboxapi.com" : "files.slack.com");
	analysis_event(c->analysis, &ev);
}

/* The day's files of everybody, each in an hour of its own. */
static void day(const struct crowd_of *c, int64_t morning_us)
{
	uint64_t all = (uint64_t)c->users * (c->files + 1);
	int64_t step_us = 10 * HOUR_US / (int64_t)all;

	for (uint64_t k = 0; k < all; k++) {
		uint32_t n = (uint32_t)(k / c->users);
		uint32_t i = (uint32_t)((k % c->users * 7919 + n * 104729) %
		    c->users);

		moved(c, i, n, morning_us + (int64_t)k * step_us);
	}
}

/* ns to find a user among the `among` that were active last. */
static double user_ns(struct analysis *a, uint32_t among)
{
	struct user_head **of = calloc(among, sizeof(*of));
	uint32_t n = users_count(&a->users), i = 0;
	double from;

	for (struct user_head *h = users_first(&a->users); h != NULL;
	    h = users_next(&a->users, h), i++)
		if (n - i <= among)
			of[n - i - 1] = h;
	from = seconds();
	for (i = 0; i < LOOKS; i++) {
		const struct user_head *h = of[mixed(i) % among];
		const char *name = users_name(&a->users, h);

		if (among <= NEAR ? users_find(&a->users, name) == NULL :
		    !users_know(&a->users, name))
			errx(1, "a user is lost");
	}
	free(of);
	return (seconds() - from) * 1e9 / LOOKS;
}

/* A user asleep, and another put to sleep for him. */
static double wake_ns(struct analysis *a)
{
	uint32_t n = users_count(&a->users) / 2, i = 0;
	struct user_head *h = users_first(&a->users);
	double from = seconds();
	uint64_t woken = a->users.woken;

	for (; h != NULL && i < n; h = users_next(&a->users, h), i++)
		if (users_wake(&a->users, h) == NULL)
			errx(1, "a user is lost");
	woken = a->users.woken - woken;
	return woken == 0 ? 0 : (seconds() - from) * 1e9 / (double)woken;
}

static double binding_ns(struct analysis *a, uint32_t bindings)
{
	struct addr *of = calloc(NEAR * 100, sizeof(*of));
	uint32_t found = 0;
	double from;

	for (uint32_t i = 0; i < NEAR * 100; i++)
		of[i] = address(mixed(i) % bindings);
	from = seconds();
	for (uint32_t i = 0; i < LOOKS; i++)
		found += binding_at(&a->bindings, &of[i % (NEAR * 100)],
		    a->now_us) != NULL;
	from = (seconds() - from) * 1e9 / LOOKS;
	free(of);
	if (found == 0)
		errx(1, "no binding is found");
	return from;
}

/* The first day of everybody becomes too old at once. */
static double forget_s(struct analysis *a, int64_t first_us)
{
	double from;

	a->now_us = first_us + a->config->retain_state_us + DAY_US;
	a->forgot_day = 0;
	from = seconds();
	retention(a);
	return seconds() - from;
}

static void report(const struct crowd_of *c, size_t before, double took,
    double events)
{
	struct analysis *a = c->analysis;
	size_t now = resident();
	struct analysis_counts n = analysis_counts(a);
	uint32_t asleep = n.users - table_count(&a->users.awake);

	printf("{\"users\":%u,\"bindings\":%u,\"evicted\":%llu,"
	    "\"resident_mb\":%.1f,\"all_mb\":%.1f,\"bytes_a_user\":%.0f,"
	    "\"asleep_bytes\":%.0f,\"us_an_event\":%.2f,",
	    n.users, n.bindings, (unsigned long long)n.users_evicted,
	    (double)(now - before) / 1e6, (double)now / 1e6,
	    (double)(now - before) / n.users,
	    asleep == 0 ? 0 : (double)shelf_bytes(&a->users.asleep) / asleep,
	    took * 1e6 / events);
	printf("\"know_ns\":%.0f,\"find_ns\":%.0f,\"binding_ns\":%.0f,"
	    "\"wake_ns\":%.0f,", user_ns(a, n.users), user_ns(a,
	    n.users < NEAR ? n.users : NEAR), binding_ns(a, c->bindings),
	    wake_ns(a));
	printf("\"forget_s\":%.2f,", forget_s(a, c->first_us));
	printf("\"days_forgotten\":%llu}\n", (unsigned long long)
	    a->counts.days_expired);
}

int main(int argc, char **argv)
{
	struct analysis_sink nobody = { 0 };
	struct conf_errors e = { 0 };
	struct config *config = config_load(NULL, &e);
	struct crowd_of c = { 0 };
	uint32_t days = argc == 5 ? (uint32_t)atoi(argv[3]) : 0;
	int64_t at_us = 1772409600 * SECOND_US;	/* Monday, 2026-03-02 */
	size_t before = resident();
	double from;

	if (argc != 5 || config == NULL)
		errx(64, "usage: scale USERS BINDINGS DAYS FILES");
	c = (struct crowd_of){ analysis_new(config, &nobody),
		(uint32_t)atoi(argv[1]), (uint32_t)atoi(argv[2]),
		(uint32_t)atoi(argv[4]), at_us };
	if (c.analysis == NULL || c.users == 0 || c.files == 0)
		errx(1, "cannot begin");
	for (uint32_t i = 0; i < c.bindings; i++)
		binding(&c, i, at_us + i * 1000LL);
	from = seconds();
	for (uint32_t d = 0, done = 0; done < days; d++)
		if (d % 7 < 5 && ++done)
			day(&c, at_us + d * DAY_US + 8 * HOUR_US);
	report(&c, before, seconds() - from, (double)days * c.users *
	    (c.files + 1));
	analysis_free(c.analysis);
	config_free(config);
	return 0;
}
