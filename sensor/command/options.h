/*
 * options.h - the command line, as users of tcpdump and Suricata expect it.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "command/command.h"

enum { OPTIONS_FILES = 4096 };

enum mode { MODE_NONE, MODE_READ, MODE_LIVE, MODE_TEST, MODE_DUMP,
	MODE_HELP, MODE_VERSION };

struct options {
	enum mode mode;
	const char *files[OPTIONS_FILES];	/* -r, in order; "-": stdin */
	int files_n;
	const char *interface;
	const char *config;		/* NULL: the built-in defaults */
	char *filter;			/* BPF, words joined; NULL: none */
	const char *names;		/* file of DNS answers, or NULL */
	bool json;
	bool all_transfers;
	int verbose;
};

/* False, with a message on stderr, when the usage is wrong. */
__attribute__((warn_unused_result))
bool options_parse(struct options *o, int argc, char **argv);
void options_free(struct options *o);
void options_usage(FILE *to);

extern const struct command_word options_words[];

#endif
