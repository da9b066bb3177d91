/*
 * exit.h - exit codes of weir and all its commands.
 */
#ifndef BASE_EXIT_H
#define BASE_EXIT_H

enum { EXIT_FINE = 0, EXIT_USAGE = 1, EXIT_CONFIG = 2, EXIT_DAMAGED = 3,
	EXIT_RUNTIME = 4 };

#endif
