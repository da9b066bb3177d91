/*
 * command.h - a subcommand of weir: `weir NAME ...`, and what commands share.
 *
 * To add one: write sensor/command/cmd_NAME.c defining command_NAME, and add a line
 * to sensor/command/list.h.  Its options are a table, from which parsing, `-h`, the
 * manual and the completion follow.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/exit.h"

struct conf_errors;
struct config;

struct command_word {			/* a table ends with a NULL word */
	int code;			/* of an option; 0: a plain word */
	const char *word;		/* "-s, --store DIR", "match HOST" */
	const char *help;		/* "\n" continues on the next line */
};

struct command {
	const char *name;
	const char *usage;		/* what follows the name */
	const char *summary;		/* one line for `weir -h` */
	const struct command_word *words;
	void (*more)(FILE *to);		/* ends the help; may be NULL */
	int (*run)(int argc, char **argv);	/* argv[0]: "weir NAME" */
};

extern const struct command *const commands[];	/* ends with NULL */

/* The next option's code, its argument in optarg; -1: no more, see optind;
 * '?': none of these, and it was said. */
int command_next(const struct command_word *words, int argc, char **argv);

/* The argument of the option `word` as a whole number within the bounds;
 * false after saying what is wrong with it. */
__attribute__((warn_unused_result))
bool command_number(const char *word, const char *text, uint64_t min,
    uint64_t max, uint64_t *n);

void command_words(FILE *to, const struct command_word *words);
void command_help(FILE *to, const struct command *c);
/* The usage on stderr; returns EXIT_USAGE. */
int command_usage(const struct command *c);

/* Say all that is wrong, and free it; returns EXIT_CONFIG. */
int command_refused(struct conf_errors *e);

/* The configuration of a file, or of none; NULL after saying what is wrong
 * with it. */
struct config *command_config(const char *path);

#endif
