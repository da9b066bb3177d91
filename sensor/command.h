/*
 * command.h - a subcommand of weir: `weir NAME ...`.
 *
 * To add one: write sensor/cmd_NAME.c defining command_NAME, and add a line
 * to sensor/list.h.  `weir -h` and the completion follow from it.
 */
#ifndef COMMAND_H
#define COMMAND_H

/* Exit codes of weir and all its commands. */
enum { EXIT_FINE = 0, EXIT_USAGE = 1, EXIT_CONFIG = 2, EXIT_DAMAGED = 3,
	EXIT_RUNTIME = 4 };

struct command {
	const char *name;
	const char *usage;		/* what follows the name */
	const char *summary;		/* one line for `weir -h` */
	int (*run)(int argc, char **argv);	/* argv[0] is the name */
};

extern const struct command *const commands[];	/* ends with NULL */

#endif
