/*
 * A person taken out of all that is remembered: under today's pseudonym and
 * under former ones, out of memory and out of the file to the last byte; and
 * nobody else.  The store is not sealed here, so that its bytes tell.  With a
 * number: how long it takes beside so many sealed events.
 */
#include "analysis/analysis_parts.h"
#include "analysis/forget.h"
#include "people.h"
#include "tap.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const int64_t monday_us = 1772409600 * 1000000LL;	/* 2026-03-02 */

static char dir[] = "/tmp/weir-forget-XXXXXX";

struct alerted {			/* the last alert about each */
	char user[2][ALERT_NAME], client[2][ADDR_TEXT];
	const char *at[2];		/* whose address that is */
	struct analysis *analysis;
	int n;
};

static const struct somebody alice = { "alice.adams", "laptop-of-alice",
	"10.1.2.3", "02:11:22:33:44:55" };
static const struct somebody bob = { "bob.brown", "bobs-desktop", "10.1.2.4",
	"02:11:22:33:44:66" };

static void on_alert(const struct alert *al, void *arg)
{
	struct alerted *to = arg;
	const char *plain = analysis_plain(to->analysis, al->user);
	int who = plain != NULL && strcmp(plain, bob.account) == 0;

	snprintf(to->user[who], ALERT_NAME, "%s", al->user);
	snprintf(to->client[who], ADDR_TEXT, "%s", al->client);
	to->n++;
}

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* An hour in which both take a lot. */
static void both(struct analysis *a, int64_t at_us)
{
	person_logs_on(a, &alice, PROOF_TICKET, at_us);
	person_logs_on(a, &bob, PROOF_TICKET, at_us);
	person_logs_on(a, &(struct somebody){ alice.account, "", bob.addr,
	    bob.mac },
	    PROOF_CLAIM, at_us + SECOND_US);
	for (int i = 0; i < 40; i++) {
		at_us += 20 * SECOND_US;
		person_takes(a, &alice, at_us,
		    3000000 + (uint64_t)(at_us % 99991));
		person_takes(a, &bob, at_us + SECOND_US,
		    4000000 + (uint64_t)i * 777);
	}
	person_takes(a, &bob, at_us + 2 * HOUR_US, 1000);
	person_takes(a, &bob, at_us + 3 * HOUR_US, 1000);
}

/* How many of the store's files hold these bytes. */
static int holding(const void *bytes, size_t n)
{
	static const char *const files[] = { "state.db", "state.db-wal" };
	int found = 0;

	for (int i = 0; i < 2; i++) {
		int fd = open(path_of(files[i]), O_RDONLY);
		struct stat st;
		char *all;

		if (fd == -1 || fstat(fd, &st) == -1)
			continue;
		all = malloc((size_t)st.st_size + 1);
		if (all == NULL || read(fd, all, (size_t)st.st_size) !=
		    st.st_size)
			err(1, "read");
		found += memmem(all, (size_t)st.st_size, bytes, n) != NULL;
		free(all);
		close(fd);
	}
	return found;
}

static int traces(const struct somebody *who, const char *token,
    const char *client)
{
	struct addr addr;
	uint8_t mac[6];
	int found = holding(who->account, strlen(who->account)) > 0;

	if (!addr_parse(&addr, who->addr) || !mac_parse(mac, who->mac))
		errx(1, "%s", who->addr);
	found += holding(who->host, strlen(who->host)) > 0;
	found += holding(token, strlen(token)) > 0;
	found += holding(client, strlen(client)) > 0;
	found += holding(&addr, sizeof(addr)) > 0;
	found += holding(mac, sizeof(mac)) > 0;
	return found;
}

static bool forget(struct analysis *a, const char *name,
    struct forgotten *n)
{
	struct person p;
	bool good;

	if (!person_find(&p, a, name))
		return false;
	ok(p.found, "it is known who %s is", name);
	good = analysis_forget(a, &p, n);
	person_free(&p);
	return good;
}

static struct analysis *begin(const struct config *c, struct alerted *to)
{
	struct analysis_sink sink = { .alert = on_alert,
		.withheld = on_alert, .arg = to };

	to->analysis = analysis_new(c, &sink);
	return to->analysis;
}

/* Many days of other people, so that pages are split, freed, and used. */
static void crowd(struct analysis *a, unsigned int n, int64_t at_us)
{
	for (unsigned int i = 0; i < n; i++) {
		char addr[32], mac[32];
		struct somebody who = { "", "", addr, mac };

		snprintf(addr, sizeof(addr), "10.1.%u.%u", 8 + i % 200,
		    1 + i % 250);
		snprintf(mac, sizeof(mac), "02:00:00:00:%02x:%02x", i % 200,
		    i % 250);
		person_takes(a, &who, at_us + i * SECOND_US / 2,
		    10000 + i % 3000 * 500);
		if (i % 500 == 0 && i < 3000)
			persist_snapshot(a);
	}
}

static void test_bytes(void)
{
	struct config *c = people_config(path_of("weir.yaml"));
	struct alerted to = { .n = 0 };
	struct analysis *a = begin(c, &to);
	struct forgotten n = { 0 };

	if (!analysis_keep(a, path_of("state.db")))
		errx(1, "state.db");
	both(a, monday_us);
	crowd(a, 3000, monday_us + 5 * HOUR_US);
	both(a, monday_us + DAY_US);
	crowd(a, 3000, monday_us + DAY_US + 5 * HOUR_US);
	analysis_finish(a);
	ok(to.n > 2 && strncmp(to.user[0], "user-", 5) == 0 &&
	    strncmp(to.user[1], "user-", 5) == 0, "both are alerted on");
	ok(traces(&alice, to.user[0], to.client[0]) == 6,
	    "the file holds all that she is called");

	ok(forget(a, to.user[0], &n), "she is forgotten");
	ok(n.users >= 1 && n.bindings >= 2 && n.events > 80 && n.alerts > 0,
	    "users %d, bindings %d, events %d, alerts %d", (int)n.users,
	    (int)n.bindings, (int)n.events, (int)n.alerts);
	ok(traces(&alice, to.user[0], to.client[0]) == 0,
	    "no byte of the file tells of her");
	ok(analysis_plain(a, to.user[0]) == NULL, "nor does memory know");
	ok(traces(&bob, to.user[1], to.client[1]) == 6 &&
	    users_know(&a->users, to.user[1]), "of him all is there");
	analysis_finish(a);
	ok(traces(&alice, to.user[0], to.client[0]) == 0,
	    "nothing comes back by itself");

	person_logs_on(a, &alice, PROOF_TICKET, monday_us + 3 * DAY_US);
	person_takes(a, &alice, monday_us + 3 * DAY_US + HOUR_US, 500000);
	analysis_let_out(a, true);
	moved_due(a, INT64_MAX);
	{
		const struct user *u = users_find(&a->users, to.user[0]);

		ok(u != NULL && u->first_us >= monday_us + 3 * DAY_US &&
		    u->base.active_days <= 1, "who comes back is new");
	}
	analysis_free(a);
	config_free(c);
	unlink(path_of("state.db"));
}

static void test_former(void)
{
	struct config *c = people_config(path_of("weir.yaml"));
	struct alerted to = { .n = 0 };
	struct analysis *a = begin(c, &to);
	struct privacy_key k;
	struct forgotten n = { 0 };
	char first[ALERT_NAME], now[ALERT_NAME];

	if (!key_random(&k) || !analysis_key(a, &k) ||
	    !analysis_keep(a, path_of("state.db")))
		errx(1, "state.db");
	both(a, monday_us);
	analysis_finish(a);
	snprintf(first, sizeof(first), "%s", to.user[0]);
	both(a, monday_us + 60 * DAY_US);
	analysis_finish(a);
	snprintf(now, sizeof(now), "%s", to.user[0]);
	ok(strcmp(first, now) != 0, "a new epoch, a new name");
	analysis_free(a);

	a = begin(c, &to);		/* who does not remember the names */
	if (!analysis_key(a, &k) || !analysis_keep(a, path_of("state.db")))
		errx(1, "state.db");
	ok(users_know(&a->users, now), "kept over a restart");
	ok(forget(a, first, &n), "she is forgotten");
	ok(n.users >= 1 && n.alerts >= 2,
	    "the former name is enough: users %d, alerts %d", (int)n.users,
	    (int)n.alerts);
	ok(holding(first, strlen(first)) + holding(now, strlen(now)) == 0,
	    "both are gone from the file");
	analysis_free(a);

	a = begin(c, &to);
	if (!analysis_key(a, &k) || !analysis_keep(a, path_of("state.db")))
		errx(1, "state.db");
	ok(!users_know(&a->users, now) && users_know(&a->users, to.user[1]),
	    "after a restart as well; others are there");
	analysis_free(a);
	config_free(c);
	unlink(path_of("state.db"));
}

static void measure(unsigned int events)
{
	struct config *c = people_config(path_of("weir.yaml"));
	struct alerted to = { .n = 0 };
	struct analysis *a = begin(c, &to);
	struct privacy_key k;
	struct forgotten n;
	struct timespec from_t, to_t;

	if (!key_random(&k) || !analysis_key(a, &k) ||
	    !analysis_keep(a, path_of("state.db")))
		errx(1, "state.db");
	both(a, monday_us);
	crowd(a, events, monday_us + 5 * HOUR_US);
	analysis_finish(a);
	clock_gettime(CLOCK_MONOTONIC, &from_t);
	ok(forget(a, to.user[0], &n), "she is forgotten");
	clock_gettime(CLOCK_MONOTONIC, &to_t);
	printf("# %u events: %.2f s\n", events, (double)(to_t.tv_sec -
	    from_t.tv_sec) + (double)(to_t.tv_nsec - from_t.tv_nsec) / 1e9);
	analysis_free(a);
	config_free(c);
	unlink(path_of("state.db"));
}

int main(int argc, char **argv)
{
	if (mkdtemp(dir) == NULL)
		err(1, "%s", dir);
	if (argc > 1) {
		measure((unsigned int)atoi(argv[1]));
	} else {
		test_bytes();
		test_former();
	}
	unlink(path_of("weir.yaml"));
	unlink(path_of("state.db-wal"));
	unlink(path_of("state.db-shm"));
	rmdir(dir);
	return tap_done();
}
