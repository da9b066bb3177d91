/*
 * 200 days of a few people, in the time of their events: nothing older than
 * it may be is kept, what goes is counted; in every epoch people have other
 * names and are the same, and who was alerted on can be revealed by the name
 * he had then, as long as alerts are kept.
 */
#include "analysis/analysis_parts.h"
#include "people.h"
#include "officers.h"
#include "privacy/escrow.h"
#include "service/identities.h"
#include "tap.h"

#include <sys/stat.h>
#include <unistd.h>

enum { DAYS = 200, PEOPLE = 5, TAKER = 0, LEAVER = 1, AWAY = 2,
	LEAVES = 60, EPOCHS = 4 };

static const int64_t first_us = 1767571200 * 1000000LL;	/* 2026-01-05, Mon */
static char dir[] = "/tmp/weir-retention-XXXXXX";

static const struct somebody people[PEOPLE] = {
	{ "anna", "annas-pc", "10.1.1.1", "02:00:00:00:01:01" },
	{ "bert", "berts-pc", "10.1.1.2", "02:00:00:00:01:02" },
	{ "carl", "carls-pc", "10.1.1.3", "02:00:00:00:01:03" },
	{ "dora", "doras-pc", "10.1.1.4", "02:00:00:00:01:04" },
	{ "emil", "emils-pc", "10.1.1.5", "02:00:00:00:01:05" },
};

struct run {
	struct config *config;
	struct analysis *analysis;
	struct identities *identities;
	char tokens[EPOCHS][ALERT_NAME];	/* the taker's, in order */
	int tokens_n, alerts, excess;
	int64_t now_us;
};

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void on_alert(const struct alert *al, void *arg)
{
	struct run *r = arg;
	const char *plain = analysis_plain(r->analysis, al->user);

	identities_alert(r->identities, r->analysis, al);
	r->alerts++;
	if (plain == NULL || strcmp(plain, people[TAKER].account) != 0 ||
	    (r->tokens_n > 0 && strcmp(r->tokens[r->tokens_n - 1],
	    al->user) == 0) || r->tokens_n == EPOCHS)
		return;
	snprintf(r->tokens[r->tokens_n++], ALERT_NAME, "%s", al->user);
}

/* On weekdays all but who has left, or is away, take a little; on Tuesdays
 * the taker takes a lot. */
static void one_day(struct run *r, int64_t day)
{
	int64_t at_us = first_us + day * DAY_US + 9 * HOUR_US;

	for (int i = 0; i < PEOPLE && day % 7 < 5; i++) {
		bool away = (i == LEAVER && day >= LEAVES) ||
		    (i == AWAY && day % 40 >= 20);
		int files = i == TAKER && day % 7 == 1 ? 60 : 3;

		if (away)
			continue;
		person_logs_on(r->analysis, &people[i], PROOF_TICKET,
		    at_us + i * SECOND_US);
		for (int k = 1; k <= files; k++)
			person_takes(r->analysis, &people[i], at_us + i *
			    SECOND_US + k * 20 * SECOND_US, 400000 +
			    (uint64_t)((day * 31 + k * 7 + i) * 1237));
	}
	r->now_us = at_us + 14 * HOUR_US;
	analysis_event(r->analysis, &(struct event){ .kind = EV_TICK,
		.at_us = r->now_us });
	analysis_commit(r->analysis);
	identities_expire(r->identities, r->now_us -
	    r->config->retain_alerts_us);
}

static bool see_event(int64_t number, const struct event *ev,
    const struct store_told *told, void *arg)
{
	struct run *r = arg;

	(void)number;
	(void)told;
	r->excess += ev->at_us < r->now_us - 36 * DAY_US;
	return true;
}

static bool see_alert(const char *id, const void *blob, size_t n, void *arg)
{
	struct run *r = arg;
	struct alert al;

	(void)id;
	if (n < sizeof(al))
		errx(1, "an alert is short");
	memcpy(&al, blob, sizeof(al));
	r->excess += al.at_us < r->now_us - 181 * DAY_US;
	return true;
}

/* What is remembered of a user that is older than 35 days and the day that
 * is not over. */
static int old_in(const struct user *u, int64_t now_us)
{
	uint32_t today = (uint32_t)(now_us / DAY_US);
	int n = u->last_us < now_us - 36 * DAY_US;

	for (int w = 0; w < WINDOWS; w++)
		for (uint32_t k = 37; k < WINDOW_DAYS + 40; k++)
			n += window_day_at(&u->windows[w], today - k) != NULL;
	for (int i = 0; i < USER_INCIDENTS; i++)
		n += u->incidents[i].id != 0 &&
		    u->incidents[i].day + 37 < today;
	for (int i = 0; i < BASELINE_RESOURCES; i++)
		n += u->base.resources[i].hash != 0 &&
		    u->base.resources[i].last_day + 37U < today;
	return n;
}

static int old_in_memory(struct analysis *a, int64_t now_us)
{
	struct table *t = &a->bindings.by_addr;
	int n = 0;

	for (struct user_head *h = users_first(&a->users); h != NULL;
	    h = users_next(&a->users, h))
		n += old_in(users_wake(&a->users, h), now_us);
	for (struct binding *b = table_oldest(t); b != NULL;
	    b = table_newer(t, b))
		n += b->until_us < now_us - 36 * DAY_US;
	t = &a->bindings.by_mac;
	for (struct mac_seen *m = table_oldest(t); m != NULL;
	    m = table_newer(t, m))
		n += m->at_us < now_us - 36 * DAY_US;
	t = &a->presence;
	for (int64_t *last = table_oldest(t); last != NULL;
	    last = table_newer(t, last))
		n += *last < now_us - 36 * DAY_US;
	return n;
}

static bool begin(struct run *r)
{
	struct analysis_sink sink = { .alert = on_alert, .arg = r };

	r->config = people_config(path_of("weir.yaml"));
	r->analysis = analysis_new(r->config, &sink);
	r->identities = identities_open(dir);
	if (mkdir(path_of("officers"), 0700) == -1)
		return false;
	officer_make(path_of("officers"), 0);
	officer_make(path_of("officers"), 1);
	identities_officers(r->identities, path_of("officers"));
	return r->analysis != NULL && r->identities != NULL &&
	    analysis_keep(r->analysis, path_of("state.db"));
}

/* A line of the sealed file about this pseudonym opens to that name. */
static bool revealed(const char *token, const char *expected)
{
	char line[ESCROW_LINE], plain[ESCROW_PLAIN + 1], why[ESCROW_WHY];
	char path[2][200];
	struct officer_key *keys[2];
	struct text t = text_in(plain, sizeof(plain));
	FILE *f = fopen(path_of("sealed.jsonl"), "r");
	bool good = false;

	for (int i = 0; i < 2; i++) {
		snprintf(path[i], sizeof(path[i]), "%s/officers/private%d",
		    dir, i);
		keys[i] = officer_key_load(path[i], why);
	}
	while (f != NULL && !good && fgets(line, sizeof(line), f) != NULL)
		good = strstr(line, token) != NULL &&
		    escrow_open(slice_str(line), token, keys, &t, why) &&
		    strcmp(plain, expected) == 0;
	for (int i = 0; i < 2; i++)
		officer_key_free(keys[i]);
	if (f != NULL)
		fclose(f);
	return good;
}

static void days_pass(struct run *r)
{
	int most = 0, memory = 0;

	for (int64_t day = 0; day < DAYS; day++) {
		one_day(r, day);
		if (day % 5 != 4)
			continue;
		store_events(r->analysis->store, 0, NULL, 0, see_event, r);
		store_alerts(r->analysis->store, see_alert, r);
		most = r->excess > most ? r->excess : most;
		memory += old_in_memory(r->analysis, r->now_us);
	}
	ok(most == 0, "no event is older than 35 days, no alert than 180");
	ok(memory == 0, "nor what is remembered of anybody");
}

static void counted(struct run *r)
{
	struct analysis_counts n = analysis_counts(r->analysis);

	ok(r->alerts > 20, "%d alerts", r->alerts);
	ok(n.users_expired >= 1 && n.events_expired > 500 &&
	    n.alerts_expired >= 1 && n.days_expired > 100,
	    "what went is counted: %d users, %d events, %d alerts, %d days",
	    (int)n.users_expired, (int)n.events_expired,
	    (int)n.alerts_expired, (int)n.days_expired);
}

static void epochs(struct run *r)
{
	struct analysis *a = r->analysis;
	char gone[PSEUDONYM_TEXT];
	const struct user *u;

	ok(r->tokens_n == 3, "%d names in 200 days", r->tokens_n);
	u = users_find(&a->users, r->tokens[2]);
	ok(!users_know(&a->users, r->tokens[0]) &&
	    !users_know(&a->users, r->tokens[1]) && u != NULL &&
	    u->first_us < first_us + DAY_US && u->base.active_days > 130,
	    "who has a new name is used to the same");
	ok(revealed(r->tokens[1], "anna") && revealed(r->tokens[2], "anna"),
	    "both names of the last 180 days can be revealed");
	analysis_token(a, people[LEAVER].account, first_us + LEAVES * DAY_US,
	    gone);
	ok(!users_know(&a->users, gone) && analysis_plain(a, gone) == NULL,
	    "who left is not known, not even by whom the name was");
	ok(users_count(&a->users) == PEOPLE - 1, "the others are all there");
}

int main(void)
{
	struct run r = { .alerts = 0 };
	char command[80];

	if (mkdtemp(dir) == NULL || !begin(&r))
		errx(1, "cannot begin");
	days_pass(&r);
	counted(&r);
	epochs(&r);
	identities_free(r.identities);
	analysis_free(r.analysis);
	config_free(r.config);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command) != 0 ? 1 : tap_done();
}
