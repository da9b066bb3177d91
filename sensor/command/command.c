/*
 * command.c - the commands; options from a table, usage and help from the same.
 */
#include "command/command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"

#define COMMAND(name) extern const struct command command_##name;
#include "command/list.h"
#undef COMMAND

const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "command/list.h"
#undef COMMAND
	NULL
};

enum { MOST_OPTIONS = 16, LONGEST = 24, COLUMN = 24 };

struct parser {
	struct option longs[MOST_OPTIONS + 1];
	char names[MOST_OPTIONS][LONGEST];
	char shorts[2 * MOST_OPTIONS + 1];
};

/* "-s, --store DIR": the last word is an argument. */
static bool has_argument(const char *word)
{
	const char *last = strrchr(word, ' ');

	return last != NULL && last[1] != '-';
}

static void add(struct parser *p, size_t i, const struct command_word *w)
{
	const char *name = strstr(w->word, "--");
	int argument = has_argument(w->word);
	size_t n;

	if (w->word[1] != '-')
		strncat(p->shorts, w->word + 1, 1);
	if (w->word[1] != '-' && argument)
		strcat(p->shorts, ":");
	if (name == NULL)
		name = "--";		/* no long form: never matched */
	n = strcspn(name + 2, " ");
	memcpy(p->names[i], name + 2, n < LONGEST ? n : LONGEST - 1);
	p->longs[i] = (struct option){ p->names[i], argument, NULL, w->code };
}

int command_next(const struct command_word *words, int argc, char **argv)
{
	struct parser p = { .shorts = "" };
	size_t n = 0;

	for (; words->word != NULL && n < MOST_OPTIONS; words++)
		if (words->code != 0)
			add(&p, n++, words);
	return getopt_long(argc, argv, p.shorts, p.longs, NULL);
}

bool command_number(const char *word, const char *text, uint64_t min,
    uint64_t max, uint64_t *n)
{
	char *end;

	errno = 0;
	*n = strtoull(text, &end, 10);
	if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 &&
	    *n >= min && *n <= max)
		return true;
	fprintf(stderr, "weir: %s: '%s' is not a number from %" PRIu64 " to %"
	    PRIu64 "\n", word, text, min, max);
	return false;
}

void command_words(FILE *to, const struct command_word *words)
{
	const char *line, *end;

	for (; words->word != NULL; words++) {
		fprintf(to, "  %s%-*s", words->word[1] == '-' ? "    " : "",
		    COLUMN - (words->word[1] == '-' ? 4 : 0), words->word);
		for (line = words->help; (end = strchr(line, '\n')) != NULL;
		    line = end + 1)
			fprintf(to, "%.*s\n%*s", (int)(end - line), line,
			    COLUMN + 2, "");
		fprintf(to, "%s\n", line);
	}
}

void command_help(FILE *to, const struct command *c)
{
	fprintf(to, "usage: weir %s %s\n", c->name, c->usage);
	fprintf(to, "       %s\n\n", c->summary);
	command_words(to, c->words);
	if (c->more != NULL)
		c->more(to);
}

int command_usage(const struct command *c)
{
	fprintf(stderr, "usage: weir %s %s\nTry 'weir %s -h'.\n", c->name,
	    c->usage, c->name);
	return EXIT_USAGE;
}

int command_refused(struct conf_errors *e)
{
	fputs(e->text != NULL ? e->text : "weir: out of memory\n", stderr);
	if (e->n > 1)
		fprintf(stderr, "weir: %u errors\n", e->n);
	conf_errors_free(e);
	return EXIT_CONFIG;
}

struct config *command_config(const char *path)
{
	struct conf_errors e = { 0 };
	struct config *c = config_load(path, &e);

	if (c == NULL)
		command_refused(&e);
	else
		conf_errors_free(&e);
	return c;
}
