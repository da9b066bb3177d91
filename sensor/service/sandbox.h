/*
 * sandbox.h - what a process may still ask of the kernel.
 *
 * Landlock for files, seccomp for system calls; both only ever take away,
 * and hold for good.  Called after the change of user and no_new_privs.
 * A kernel without them is told once; weir runs on, unprivileged anyway.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>

enum { SANDBOX_PATHS = 8 };

struct sandbox {
	const char *who;
	/* Directories or files, each with all beneath; NULLs are skipped. */
	const char *read[SANDBOX_PATHS];
	const char *write[SANDBOX_PATHS];
	bool files_free;	/* no rule for files */
	bool only_compute;	/* a worker: no socket, no exec, no process */
	bool no_connect;	/* talks to nobody who did not come to us */
};

void sandbox_enter(const struct sandbox *s);

#endif
