/*
 * weir learn: a policy from what each group does, as a diff to read.
 *
 * Plays the past against the present configuration and sees where groups
 * send files and when they work.  What is in regular use and not allowed for
 * is proposed: approved services and devices, a calendar.  Then the past is
 * played against the changed policy, and the alerts a day are told, before
 * and after.  Changes nothing; `patch` takes the output.  Thresholds are the
 * business of `weir tune`.
 */
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/analysis.h"
#include "analysis/playback.h"
#include "command/command.h"
#include "command/habits.h"

extern const struct command command_learn;

struct learning {
	struct playback past;
	struct config *config;
	struct habits *habits;
	struct proposal *proposal;
	int64_t first_us, last_us;
	unsigned int pass;		/* 0: now, 1: as proposed */
	unsigned int alerts[2][POLICY_GROUPS];
};

static const struct command_word words[] = {
	{ 'c', "-c, --config FILE", "the configuration to start from" },
	{ 's', "-s, --store FILE", "play what this store holds" },
	{ 0, "RECORDS...", "or play files of weir --json" },
	{ .word = NULL }
};

static void on_transfer(const struct transfer *t, void *arg)
{
	struct learning *l = arg;

	if (l->pass == 0)
		habits_see(l->habits, t);
}

static void on_alert(const struct alert *a, void *arg)
{
	struct learning *l = arg;
	const struct policy *p = l->config->policy;

	for (size_t g = 0; g < policy_groups(p); g++)
		if (a->update_of[0] == '\0' &&
		    strcmp(policy_group_at(p, g)->name, a->group) == 0)
			l->alerts[l->pass][g]++;
}

static int play(struct learning *l, const struct config *c)
{
	struct analysis_sink sink = { .transfer = on_transfer,
		.alert = on_alert, .withheld = on_alert, .arg = l };
	struct analysis *a = analysis_new(c, &sink);
	int code;

	if (a == NULL)
		return EXIT_RUNTIME;
	code = playback_run(&l->past, a, &l->first_us, &l->last_us);
	analysis_free(a);
	return code;
}

/* A file beside the one it is to replace: what it names is found from there. */
static struct config *proposed(struct learning *l)
{
	char copy[4096], path[4200];
	struct config *c = NULL;
	FILE *f;
	int fd;

	snprintf(copy, sizeof(copy), "%s", l->config->path ?
	    l->config->path : "/tmp/weir.yaml");
	snprintf(path, sizeof(path), "%s/.weir-learn-XXXXXX", dirname(copy));
	fd = mkstemp(path);
	f = fd == -1 ? NULL : fdopen(fd, "w");
	if (f == NULL) {
		fprintf(stderr, "weir: %s: cannot be written, so it is not "
		    "known what the change would do\n", path);
		return NULL;
	}
	proposal_text(l->proposal, f);
	if (fclose(f) == 0)
		c = command_config(path);
	unlink(path);
	return c;
}

static void show(struct learning *l, bool tried)
{
	const struct policy *p = l->config->policy;
	double days = (double)(l->last_us - l->first_us) / 86400e6;

	printf("# From %.1f days.  Alerts a day of each group, now%s:\n",
	    days, tried ? " and as proposed" : "");
	for (size_t g = 0; g < policy_groups(p); g++) {
		printf("#   %-40s %8.2f", policy_group_at(p, g)->name,
		    l->alerts[0][g] / days);
		if (tried)
			printf(" %8.2f", l->alerts[1][g] / days);
		putchar('\n');
	}
	if (proposal_empty(l->proposal))
		printf("# Nothing is in regular use that the policy does not "
		    "allow for.\n");
	else
		proposal_diff(l->proposal, stdout);
}

static int learn(struct learning *l)
{
	struct config *fresh = NULL;
	int code = play(l, l->config);

	if (code != EXIT_FINE)
		return code;
	if (l->last_us - l->first_us < 86400 * INT64_C(1000000)) {
		fprintf(stderr, "weir: less than a day of records\n");
		return EXIT_RUNTIME;
	}
	habits_propose(l->habits, l->proposal);
	if (!proposal_empty(l->proposal))
		fresh = proposed(l);
	if (fresh != NULL) {
		playback_prepare(&l->past, fresh);
		l->pass = 1;
		code = play(l, fresh);
	}
	if (code == EXIT_FINE)
		show(l, fresh != NULL);
	config_free(fresh);
	return code;
}

static bool parse(struct learning *l, const char **conf, int argc,
    char **argv)
{
	int c;

	optind = 1;
	while ((c = command_next(words, argc, argv)) != -1)
		if (c == 'c')
			*conf = optarg;
		else if (c == 's')
			l->past.store = optarg;
		else
			return false;
	return playback_files(&l->past, argv + optind, argc - optind, "learn");
}

static int run(int argc, char **argv)
{
	struct learning *l = calloc(1, sizeof(*l));
	const char *conf = NULL;
	int code = EXIT_CONFIG;

	if (l == NULL)
		return EXIT_RUNTIME;
	if (!parse(l, &conf, argc, argv)) {
		code = command_usage(&command_learn);
		goto out;
	}
	l->config = command_config(conf);
	if (l->config == NULL)
		goto out;
	playback_prepare(&l->past, l->config);
	l->habits = habits_new(l->config->policy);
	l->proposal = proposal_new(l->config);
	code = l->habits == NULL || l->proposal == NULL ? EXIT_RUNTIME :
	    learn(l);
out:
	proposal_free(l->proposal);
	habits_free(l->habits);
	config_free(l->config);
	free(l);
	return code;
}

const struct command command_learn = {
	.name = "learn",
	.usage = "[-c FILE] (-s STORE | RECORDS...)",
	.summary = "a policy from what each group does, as a diff",
	.words = words,
	.run = run,
};
