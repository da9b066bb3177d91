/*
 * Suppressions and exceptions: counted, remembered by a sensor that is killed
 * and restored, told of before their end, after it, and when nobody needs
 * them; and once a week.
 */
#include "analysis/analysis_parts.h"
#include "analysis/persist.h"
#include "service/holes.h"
#include "tap.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* 2026-03-02, a Monday */
static const int64_t start_us = 1772409600 * 1000000LL;
static char dir[] = "/tmp/weir-holes-XXXXXX";
static const struct analysis_sink nobody;

static const char policy[] =
    "policy:\n"
    "  exceptions:\n"
    "    - {user: anna, alert: data-transfer, to: [mega], until: 2026-12-31,\n"
    "       owner: legal, reason: archive}\n"
    "    - {user: \"b*\", until: 2026-03-20, owner: soc, reason: drill}\n";

struct heard {
	int n;
	char kinds[8][40];
	char last[256];
	struct health_count counters[8];
};

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void hear(struct health *h, void *arg)
{
	struct heard *to = arg;

	if (to->n < 8)
		snprintf(to->kinds[to->n], sizeof(to->kinds[0]), "%s",
		    h->kind);
	to->n++;
	snprintf(to->last, sizeof(to->last), "%s", h->message);
	for (size_t i = 0; i < h->counters_n && i < 8; i++)
		to->counters[i] = h->counters[i];
}

static struct heard told(struct analysis *a, unsigned int day)
{
	struct heard to = { .n = 0 };

	holes_check(a, start_us + day * DAY_US, hear, &to);
	holes_over(a, start_us + day * DAY_US, hear, &to);
	return to;
}

static bool only(const struct heard *h, const char *kind)
{
	bool good = h->n == 1 && strcmp(h->kinds[0], kind) == 0;

	if (!good)
		for (int i = 0; i < h->n && i < 8; i++)
			printf("# %s: %s\n", h->kinds[i], h->last);
	return good;
}

static struct config *load(const char *text)
{
	struct conf_errors e = { 0 };
	FILE *f = fopen(path_of("weir.yaml"), "w");
	struct config *c;

	if (f == NULL)
		err(1, "%s", dir);
	fputs(text, f);
	fclose(f);
	c = config_load(path_of("weir.yaml"), &e);
	if (c == NULL)
		errx(1, "the configuration is refused");
	return c;
}

static struct analysis *begin(const struct config *c)
{
	struct analysis *a = analysis_new(c, &nobody);

	if (a == NULL || !analysis_keep(a, path_of("state.db")))
		errx(1, "state.db");
	return a;
}

/* As kill -9 leaves it: nothing is said at the end. */
static struct analysis *again(struct analysis *a, const struct config *c)
{
	analysis_commit(a);
	analysis_free(a);
	return begin(c);
}

static void excepted(struct analysis *a, const char *user, size_t which,
    unsigned int day)
{
	struct user u = { 0 };
	struct look look = { .user = &u, .arg = a, .day = day,
		.at_us = start_us + day * DAY_US };

	snprintf(u.name, sizeof(u.name), "%s", user);
	excuse_hit(a, policy_exception_at(analysis_config(a)->policy, which),
	    &look, "data-transfer");
}

static uint64_t hits(struct analysis *a, size_t which)
{
	return excuse_of(a, policy_exception_at(analysis_config(a)->policy,
	    which), start_us)->hits;
}

static void exceptions(void)
{
	struct config *c = load(policy);
	struct analysis *a = begin(c);
	struct heard h = told(a, 0);

	ok(h.n == 0, "nothing to tell at first");
	for (int i = 0; i < 50; i++)
		excepted(a, "anna", 0, 1);
	ok(hits(a, 0) == 1 && hits(a, 1) == 0, "one a user, alert and day");
	excepted(a, "anna", 0, 2);
	persist_snapshot(a);
	a = again(a, c);
	excepted(a, "anna", 0, 2);
	ok(hits(a, 0) == 2, "known after kill -9: %d", (int)hits(a, 0));
	h = told(a, 8);
	ok(only(&h, "held-back") && h.counters[0].value == 0 &&
	    h.counters[1].value == 2 && h.counters[3].value == 2 &&
	    h.counters[4].value == 1, "a week: %s", h.last);
	h = told(a, 12);
	ok(only(&h, "exception-ends") &&
	    strstr(h.last, "exception 2 of soc") != NULL, "%s", h.last);
	h = told(a, 12);
	ok(h.n == 0, "told once");
	h = told(a, 14);
	ok(only(&h, "exception-unused") &&
	    strstr(h.last, "not needed in 14 days") != NULL, "%s", h.last);
	h = told(a, 15);
	ok(h.n == 1 && h.counters[1].value == 0, "another week: %s", h.last);
	h = told(a, 20);
	ok(only(&h, "exception-over") && strstr(h.last, "taken out") != NULL,
	    "%s", h.last);
	analysis_free(a);
	config_free(c);
	unlink(path_of("state.db"));
}

static void suppressions(void)
{
	struct config *c = load("policy: {home: [10.1.0.0/16]}\n");
	struct analysis *a = begin(c);
	struct suppression s = { .kind = "bulk-download", .owner = "soc",
		.reason = "drill", .since_us = start_us,
		.until_us = start_us + 20 * DAY_US };
	struct alert al = { .kind = "bulk-download", .at_us = start_us + 1 };
	struct heard h = told(a, 0);
	struct suppression *found;

	ok(suppress_add(a, &s) == 1, "a suppression");
	found = suppress_match(a, &al);
	suppress_hit(a, found, &al);
	a = again(a, c);
	ok(suppress_list(a)->n == 1 && suppress_list(a)->all[0].hits == 1,
	    "its count is kept");
	h = told(a, 7);
	ok(only(&h, "held-back") && h.counters[0].value == 1, "a week: %s",
	    h.last);
	h = told(a, 13);
	ok(only(&h, "suppression-ends") && strstr(h.last, "168 hours") != NULL,
	    "%s", h.last);
	a = again(a, c);
	h = told(a, 13);
	ok(h.n == 0, "told once, also after a restart");
	h = told(a, 20);
	ok(only(&h, "suppression-over") &&
	    suppress_list(a)->n == 0, "%s", h.last);
	analysis_free(a);
	config_free(c);
}

int main(void)
{
	if (mkdtemp(dir) == NULL)
		err(1, "%s", dir);
	exceptions();
	suppressions();
	unlink(path_of("weir.yaml"));
	unlink(path_of("state.db"));
	unlink(path_of("state.db-wal"));
	unlink(path_of("state.db-shm"));
	rmdir(dir);
	return tap_done();
}
