/*
 * doctor.h - is this interface fit to be watched?
 *
 * One function per question; each says ok, warn or fail, why, and the exact
 * command that mends it.  Asks the kernel by ioctl(2) and /sys alone.
 */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

enum fitness { FIT_OK, FIT_WARN, FIT_FAIL, FIT_UNKNOWN };

struct diagnosis {
	enum fitness fitness;
	char said[160];			/* what was found */
	char fix[160];			/* a command, or empty */
};

struct patient {
	const char *interface;
	const char *spool;		/* directory whose disk is looked at */
	int fd;				/* any socket, for ioctl */
};

struct examination {
	const char *name;
	void (*look)(const struct patient *p, struct diagnosis *d);
	/* Mend it; NULL: only by hand. */
	bool (*mend)(const struct patient *p);
};

extern const struct examination examinations[];	/* ends with a NULL name */

#endif
