/*
 * weir what-if: which alerts would there be under another configuration?
 *
 * Plays stored events, or files of transfer records (- is standard input),
 * against NEW.  With -b the same is played against the present configuration
 * and only the difference is shown, group by group: what would appear and
 * what would vanish.  Nothing is sent and nothing is changed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/record.h"
#include "analysis/analysis.h"
#include "analysis/playback.h"
#include "base/text.h"
#include "command/command.h"

extern const struct command command_whatif;

struct brief {				/* an alert, as far as it is compared */
	char key[ALERT_NAME + 48];	/* user, kind, day */
	char kind[32], group[ALERT_NAME], message[ALERT_TEXT];
	int64_t at_us;
	int score;
	bool other;			/* the other side has it too */
};

struct side {				/* one configuration's alerts */
	struct analysis *analysis;
	struct config *config;
	struct brief *all;
	size_t n, room;
	bool json;
	uint64_t seq;
};

struct options {
	const char *fresh, *base;
	bool json;
	struct playback past;
};

static const struct command_word words[] = {
	{ 'b', "-b, --base NOW.yaml", "show what changes against this one" },
	{ 'c', "-c, --config NEW.yaml", "the configuration to try; without\n"
	    "it: built-in defaults" },
	{ 'j', "-j, --json", "the alerts as records, one a line" },
	{ 's', "-s, --store FILE", "play what this store holds" },
	{ 0, "RECORDS...", "or play files of weir --json; - is standard input" },
	{ .word = NULL }
};

static void print_json(struct side *s, const struct alert *a)
{
	static char line[RECORD_MAX];
	struct record_head head = { s->config->sensor, ++s->seq,
		s->config->hash };
	struct text t = text_in(line, sizeof(line));

	record_alert(&t, &head, a);
	puts(line);
}

static void on_alert(const struct alert *a, void *arg)
{
	struct side *s = arg;
	struct brief *b;

	if (s->json) {
		print_json(s, a);
		return;
	}
	if (a->update_of[0] != '\0')
		return;
	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 256;
		struct brief *more = realloc(s->all, room * sizeof(*more));

		if (more == NULL)
			return;
		s->all = more;
		s->room = room;
	}
	b = &s->all[s->n++];
	*b = (struct brief){ .at_us = a->at_us, .score = a->score };
	snprintf(b->kind, sizeof(b->kind), "%s", a->kind);
	snprintf(b->group, sizeof(b->group), "%s", a->group);
	snprintf(b->message, sizeof(b->message), "%s", a->message);
	snprintf(b->key, sizeof(b->key), "%s|%.32s|%" PRId64, a->user,
	    a->kind, a->at_us / 86400000000);
}

static bool side_open(struct side *s, const char *path,
    struct playback *past)
{
	struct analysis_sink sink = { .alert = on_alert,
		.withheld = on_alert, .arg = s };

	s->config = command_config(path);
	if (s->config == NULL)
		return false;
	playback_prepare(past, s->config);
	s->analysis = analysis_new(s->config, &sink);
	return s->analysis != NULL;
}

static void side_close(struct side *s)
{
	analysis_free(s->analysis);
	config_free(s->config);
	free(s->all);
}

static void mark_same(struct side *x, struct side *y)
{
	for (size_t i = 0; i < x->n; i++)
		for (size_t j = 0; j < y->n; j++)
			if (!y->all[j].other && strcmp(x->all[i].key,
			    y->all[j].key) == 0) {
				x->all[i].other = y->all[j].other = true;
				break;
			}
}

static void show(const char *sign, const struct side *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct brief *b = &s->all[i];
		char when[40];
		struct text t = text_in(when, sizeof(when));

		if (b->other)
			continue;
		text_time(&t, b->at_us);
		printf("%s %.16s %-20s %3d  %s\n", sign, when, b->kind,
		    b->score, b->message);
	}
}

static void count_group(const char *group, const struct side *s,
    size_t *all, size_t *alone)
{
	*all = *alone = 0;
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->all[i].group, group) == 0) {
			++*all;
			*alone += !s->all[i].other;
		}
}

static void one_group(const char *name, const struct side *now,
    const struct side *fresh, bool compare)
{
	size_t all, gained, were, lost;

	count_group(name, fresh, &all, &gained);
	count_group(name, now, &were, &lost);
	printf("%-40s %8zu", name, all);
	if (compare)
		printf(" %8zu %8zu", gained, lost);
	putchar('\n');
}

static bool has_group(const struct policy *p, const char *name)
{
	for (size_t i = 0; i < policy_groups(p); i++)
		if (strcmp(policy_group_at(p, i)->name, name) == 0)
			return true;
	return false;
}

/* Groups of the new policy, then those that are no more. */
static void totals(const struct side *now, const struct side *fresh,
    bool compare)
{
	const struct policy *p = fresh->config->policy, *old;

	printf("\n%-40s %8s", "GROUP", "ALERTS");
	printf(compare ? " %8s %8s\n" : "\n", "GAINED", "LOST");
	for (size_t i = 0; i < policy_groups(p); i++)
		one_group(policy_group_at(p, i)->name, now, fresh, compare);
	if (!compare)
		return;
	old = now->config->policy;
	for (size_t i = 0; i < policy_groups(old); i++) {
		const char *name = policy_group_at(old, i)->name;

		if (!has_group(p, name))
			one_group(name, now, fresh, true);
	}
}

static bool parse(struct options *o, int argc, char **argv)
{
	int c;

	optind = 1;
	while ((c = command_next(words, argc, argv)) != -1)
		if (c == 'b')
			o->base = optarg;
		else if (c == 'c')
			o->fresh = optarg;
		else if (c == 'j')
			o->json = true;
		else if (c == 's')
			o->past.store = optarg;
		else
			return false;
	if (o->base != NULL && o->fresh == NULL) {
		fprintf(stderr, "weir: what is to be tried? -c NEW.yaml\n");
		return false;
	}
	return playback_files(&o->past, argv + optind, argc - optind,
	    o->base != NULL ? "-b" : NULL);
}

/* Of what cannot be read no numbers are told: they would all be 0. */
static int play(const struct playback *past, const struct side *s,
    int64_t *days)
{
	int64_t first_us = 0, last_us = 0;
	int code = playback_run(past, s->analysis, &first_us, &last_us);

	if (code == EXIT_FINE && first_us == 0) {
		fprintf(stderr, "weir: nothing to play in there\n");
		code = EXIT_RUNTIME;
	}
	*days = (last_us - first_us) / 86400000000 + 1;
	return code;
}

static int run(int argc, char **argv)
{
	struct side now = { 0 }, fresh = { 0 };
	struct options o = { 0 };
	int code = EXIT_CONFIG;
	int64_t days;

	if (!parse(&o, argc, argv))
		return command_usage(&command_whatif);
	fresh.json = o.json;
	if (!side_open(&fresh, o.fresh, &o.past))
		goto out;
	if (o.base != NULL) {
		if (!side_open(&now, o.base, &o.past))
			goto out;
		code = play(&o.past, &now, &days);
		if (code == EXIT_RUNTIME)
			goto out;
	}
	code = play(&o.past, &fresh, &days);
	if (!o.json && code != EXIT_RUNTIME) {
		mark_same(&now, &fresh);
		show("-", &now);
		show("+", &fresh);
		totals(&now, &fresh, o.base != NULL);
		printf("\nPlayed %" PRId64 " day%s.\n", days,
		    days == 1 ? "" : "s");
	}
out:
	side_close(&now);
	side_close(&fresh);
	return code;
}

const struct command command_whatif = {
	.name = "what-if",
	.usage = "[-j] [-b NOW.yaml] [-c NEW.yaml] (-s STORE | RECORDS...)",
	.summary = "alerts that another configuration would raise",
	.words = words,
	.run = run,
};
