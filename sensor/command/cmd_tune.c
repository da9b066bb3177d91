/*
 * weir tune: the threshold that spends an alert budget, group by group.
 *
 * Plays the past with one threshold k of bulk-download after another and
 * counts each group's alerts a day (ALERTS at most; 2 unless said), leaving
 * out the first DAYS (14), in which baselines are learned.  Prints what each
 * k would have cost and the lines to put into the policy; with -d only what
 * is to change, as a diff with the alerts to expect.  Changes nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/analysis.h"
#include "analysis/playback.h"
#include "command/command.h"
#include "detect/detect.h"

extern const struct command command_tune;

static const double steps[] = { 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8 };
enum { STEPS = sizeof(steps) / sizeof(*steps), BAR = 32 };

static const int64_t day_us = 86400 * 1000000LL;

struct tuning {
	struct config *config;
	struct playback past;
	double budget;
	double now[POLICY_GROUPS];	/* the k in force; below 0: auto */
	bool diff;
	int64_t warm_us, first_us, last_us;
	unsigned int step;
	unsigned int alerts[STEPS][POLICY_GROUPS];
};

static const struct command_word words[] = {
	{ 'b', "-b, --budget ALERTS", "a day and group, or as 5/week; 2" },
	{ 'c', "-c, --config FILE", "the configuration to start from" },
	{ 'd', "-d, --diff", "only the change to the policy, as a diff" },
	{ 's', "-s, --store FILE", "play what this store holds" },
	{ 'w', "-w, --warm DAYS", "so many at the start only teach; 14" },
	{ 0, "RECORDS...", "or play files of weir --json" },
	{ .word = NULL }
};

static int bulk(void)
{
	int i = 0;

	while (strcmp(detections[i]->name, "bulk-download") != 0)
		i++;
	return i;
}

static const struct conf_field *option_k(void)
{
	const struct conf_field *f = detections[bulk()]->options;

	while (strcmp(f->name, "k") != 0)
		f++;
	return f;
}

static void set_k(struct config *c, double k)
{
	size_t at = option_k()->offset;
	int i = bulk();

	memcpy((char *)c->detections[i] + at, &k, sizeof(k));
	for (size_t g = 0; g < policy_groups(c->policy); g++)
		if (c->group_detections != NULL &&
		    c->group_detections[g][i] != NULL)
			memcpy((char *)c->group_detections[g][i] + at, &k,
			    sizeof(k));
}

static double k_of(const struct config *c, size_t g)
{
	const void *conf = config_detection(c, (unsigned int)bulk(),
	    policy_group_at(c->policy, g));
	double k;

	memcpy(&k, (const char *)conf + option_k()->offset, sizeof(k));
	return k;
}

static void on_alert(const struct alert *a, void *arg)
{
	struct tuning *t = arg;
	const struct policy *p = t->config->policy;

	if (strcmp(a->kind, "bulk-download") != 0 ||
	    a->update_of[0] != '\0')
		return;
	if (t->first_us == 0)
		return;			/* the pass that measures the span */
	if (a->at_us < t->first_us + t->warm_us)
		return;
	for (size_t g = 0; g < policy_groups(p); g++)
		if (strcmp(policy_group_at(p, g)->name, a->group) == 0)
			t->alerts[t->step][g]++;
}

static int one_pass(struct tuning *t)
{
	struct analysis_sink sink = { .alert = on_alert,
		.withheld = on_alert, .arg = t };
	struct analysis *a = analysis_new(t->config, &sink);
	int64_t first_us, last_us;
	int code;

	if (a == NULL)
		return EXIT_RUNTIME;
	code = playback_run(&t->past, a, &first_us, &last_us);
	analysis_free(a);
	t->first_us = first_us;
	t->last_us = last_us;
	return code;
}

/* When did it begin?  Known before alerts are counted: the first pass, at
 * the highest k, is done twice. */
static int all_passes(struct tuning *t)
{
	int code;

	for (size_t g = 0; g < policy_groups(t->config->policy); g++)
		t->now[g] = k_of(t->config, g);
	t->step = STEPS - 1;
	set_k(t->config, steps[t->step]);
	code = one_pass(t);
	for (t->step = 0; t->step < STEPS && code == EXIT_FINE; t->step++) {
		set_k(t->config, steps[t->step]);
		code = one_pass(t);
	}
	return code;
}

static double days_counted(const struct tuning *t)
{
	return (double)(t->last_us - t->first_us - t->warm_us) /
	    (double)day_us;
}

static void bar(double value, double most)
{
	int n = most > 0 ? (int)(BAR * value / most + 0.5) : 0;

	for (int i = 0; i < n && i < BAR; i++)
		putchar('#');
	putchar('\n');
}

/* The smallest step within the budget; the last one if none is. */
static unsigned int choose(const struct tuning *t, size_t g, double days)
{
	unsigned int s = 0;

	while (s < STEPS - 1 && t->alerts[s][g] > t->budget * days)
		s++;
	return s;
}

/* Of whom nothing is known nothing is changed: the most sensitive k would be
 * within any budget. */
static bool is_known(const struct tuning *t, size_t g)
{
	return t->alerts[0][g] > 0;
}

static bool any_known(const struct tuning *t)
{
	for (size_t g = 0; g < policy_groups(t->config->policy); g++)
		if (is_known(t, g))
			return true;
	return false;
}

static void show_group(const struct tuning *t, size_t g, double days)
{
	double most = t->alerts[0][g] / days;
	unsigned int chosen = choose(t, g, days);

	printf("\n%s\n", policy_group_at(t->config->policy, g)->name);
	if (!is_known(t, g)) {
		puts("  no alerts with any k: left as it is");
		return;
	}
	for (unsigned int s = 0; s < STEPS; s++) {
		double rate = t->alerts[s][g] / days;

		printf("  k %4.1f %8.2f a day %s ", steps[s], rate,
		    s == chosen ? "<" : " ");
		bar(rate, most);
	}
}

/* What is to change in the policy, and the alerts to expect of it. */
static void show_diff(const struct tuning *t)
{
	const struct policy *p = t->config->policy;
	double days = days_counted(t);

	if (any_known(t))
		puts(" policy:\n   groups:");
	for (size_t g = 0; g < policy_groups(p); g++) {
		unsigned int s = choose(t, g, days);

		if (!is_known(t, g))
			continue;
		printf("     %s:\n       detections:\n",
		    policy_group_at(p, g)->id);
		if (t->now[g] == steps[s]) {
			printf("         bulk-download: {k: %g}\n", steps[s]);
			continue;
		}
		printf(t->now[g] < 0 ? "-        bulk-download: {k: auto}\n" :
		    "-        bulk-download: {k: %g}\n", t->now[g]);
		printf("+        bulk-download: {k: %g}  # %.2f alerts a "
		    "day\n", steps[s], t->alerts[s][g] / days);
	}
}

static void show(const struct tuning *t)
{
	const struct policy *p = t->config->policy;
	double days = days_counted(t);

	printf("Bulk downloads, %.0f days; at most %.3g alerts a day and "
	    "group.\n", days, t->budget);
	for (size_t g = 0; g < policy_groups(p); g++)
		show_group(t, g, days);
	if (any_known(t))
		printf("\npolicy:\n  groups:\n");
	for (size_t g = 0; g < policy_groups(p); g++)
		if (is_known(t, g))
			printf("    %s:\n      detections:\n"
			    "        bulk-download: {k: %.1f}\n",
			    policy_group_at(p, g)->id,
			    steps[choose(t, g, days)]);
}

enum { BUDGET_MOST = 1000000, WARM_MOST = 366 };	/* alerts; days */

/* "2", "2/day", "5/week": alerts a day. */
static double budget_of(const char *text)
{
	char *unit;
	double n = strtod(text, &unit);

	if (text[0] < '0' || text[0] > '9' || n > BUDGET_MOST)
		return 0;
	if (*unit == '\0' || strcmp(unit, "/day") == 0)
		return n;
	return strcmp(unit, "/week") == 0 ? n / 7 : 0;
}

static bool parse(struct tuning *t, const char **conf, int argc, char **argv)
{
	uint64_t warm = 14;
	int c;

	optind = 1;
	t->budget = 2;
	while ((c = command_next(words, argc, argv)) != -1)
		if (c == 'b')
			t->budget = budget_of(optarg);
		else if (c == 'd')
			t->diff = true;
		else if (c == 'c')
			*conf = optarg;
		else if (c == 's')
			t->past.store = optarg;
		else if (c != 'w' || !command_number("-w", optarg, 0,
		    WARM_MOST, &warm))
			return false;
	t->warm_us = (int64_t)warm * day_us;
	if (t->budget <= 0)
		fprintf(stderr, "weir: -b: alerts a day or a week, as 2 or "
		    "5/week\n");
	return t->budget > 0 && playback_files(&t->past, argv + optind,
	    argc - optind, "tune");
}

static int run(int argc, char **argv)
{
	struct tuning *t = calloc(1, sizeof(*t));
	const char *conf = NULL;
	int code = EXIT_USAGE;

	if (t == NULL)
		return EXIT_RUNTIME;
	if (!parse(t, &conf, argc, argv)) {
		command_usage(&command_tune);
		goto out;
	}
	code = EXIT_CONFIG;
	t->config = command_config(conf);
	if (t->config == NULL)
		goto out;
	playback_prepare(&t->past, t->config);
	code = all_passes(t);
	if (code == EXIT_FINE && days_counted(t) < 1) {
		fprintf(stderr, "weir: less than a day of records beside "
		    "the first %d\n", (int)(t->warm_us / day_us));
		code = EXIT_RUNTIME;
	} else if (code == EXIT_FINE) {
		(t->diff ? show_diff : show)(t);
	}
out:
	config_free(t->config);
	free(t);
	return code;
}

const struct command command_tune = {
	.name = "tune",
	.usage = "[-d] [-c FILE] [-b ALERTS] [-w DAYS] (-s STORE | RECORDS...)",
	.summary = "the thresholds that spend an alert budget",
	.words = words,
	.run = run,
};
