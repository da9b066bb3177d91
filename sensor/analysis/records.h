/*
 * records.h - `transfer` records read back, as events.
 *
 * One JSON object a line, as weir prints them or a simulator writes them.
 * Only what an event can hold is taken; other types of records are passed
 * over.  The user of a record is bound to its address before it.
 */
#ifndef RECORDS_H
#define RECORDS_H

#include <stdio.h>

#include "flow/event.h"

struct records_counts {
	uint64_t lines, transfers, refused;
};

/* Calls `see` for each event until it returns false. */
struct records_counts records_read(FILE *f, bool (*see)(
    const struct event *ev, void *arg), void *arg);

#endif
