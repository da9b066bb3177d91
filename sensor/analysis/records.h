/*
 * records.h - records read back, as the events that they were.
 *
 * One JSON object a line, as weir prints them or a simulator writes them.
 *
 *	transfer  all that an event can hold
 *	access    a room or file that was opened
 *	flow      that its client was in a session; its bytes are in transfers
 *	others    passed over
 *
 * What a record does not say is unknown: `count` stands for count_lo and
 * count_hi, `time` for end, end for start.  `host` decides on the service; if
 * it is not there, or no rule names it, `service` (id or name) does.  The user
 * of a record is bound to its address before it; a user without an address
 * has one that is made of the name.
 */
#ifndef RECORDS_H
#define RECORDS_H

#include <stdio.h>

#include "config/config.h"
#include "flow/event.h"

struct records_counts {
	uint64_t lines, transfers, refused;
	uint64_t refused_at;		/* the first of them; 0: none */
	const char *why;		/* it was refused; static */
	uint64_t strange;		/* of a service nobody knows here */
};

/* Calls `see` for each event until it returns false.  Without a configuration
 * a service is known when a record tells one. */
struct records_counts records_read(FILE *f, const struct config *c,
    bool (*see)(const struct event *ev, void *arg), void *arg);

/* All of a file, "-" is standard input; says on stderr what could not be read
 * or was refused, and why.  An exit code. */
int records_file(const char *path, const struct config *c,
    bool (*see)(const struct event *ev, void *arg), void *arg);

#endif
