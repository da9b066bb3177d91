/*
 * weir explain: every number that led to an alert.
 *
 * Without an ID: what alerts there are.  An ID may be cut short as long as
 * it is the only one.  Shows the evidence, the parts of the score, what
 * would have kept it silent, and the user's transfers of that time, where the
 * key of the store (beside it) may be read.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/explain.h"
#include "base/text.h"
#include "command/command.h"

extern const struct command command_explain;

static const struct command_word words[] = {
	{ 's', "-s, --store FILE", "the store of a sensor, see weir.yaml" },
	{ .word = NULL }
};

/* Alerts can be read by whoever may read the file, transfers with its key
 * alone: they say who was where. */
static void unlock(struct store *s, const char *path)
{
	char beside[KEY_PATH], why[KEY_WHY];
	struct privacy_key key;

	key_beside(path, beside);
	if (!key_load(&key, beside, false, why) || !store_seal(s, &key))
		fprintf(stderr, "weir: no transfers are shown: %s\n", why);
	key_forget(&key);
}

static int explain(struct store *s, const char *id)
{
	if (id == NULL)
		explain_list(stdout, s);
	else if (!explain_alert(stdout, s, id)) {
		fprintf(stderr, "weir: no alert '%.32s' is kept, or several "
		    "begin so; without an ID all are listed\n", id);
		return EXIT_RUNTIME;
	}
	return EXIT_FINE;
}

static int run(int argc, char **argv)
{
	const char *path = NULL;
	struct store *s;
	int c, code;

	optind = 1;
	while ((c = command_next(words, argc, argv)) != -1)
		if (c == 's')
			path = optarg;
		else
			return command_usage(&command_explain);
	if (path == NULL || argc - optind > 1)
		return command_usage(&command_explain);
	s = store_open_readonly(path);
	if (s == NULL) {
		fprintf(stderr, "weir: %s: no store\n", path);
		return EXIT_RUNTIME;
	}
	unlock(s, path);
	code = explain(s, argc > optind ? argv[optind] : NULL);
	store_close(s);
	return code;
}

const struct command command_explain = {
	.name = "explain",
	.usage = "-s STORE [ID]",
	.summary = "every number that led to an alert",
	.words = words,
	.run = run,
};
