/*
 * segment.h - the files of a spool: names, listing, reading.
 */
#ifndef ALERT_SEGMENT_H
#define ALERT_SEGMENT_H

#include "alert/frame.h"

enum { SEGMENT_PATH = 512 };

struct segment {
	uint64_t first, last;		/* numbers; last < first: empty */
	uint64_t bytes;
	uint64_t ranks[SPOOL_RANKS];	/* letters of each rank */
};

/* DIR/0000000000000001.spool */
void segment_path(char *path, const char *dir, uint64_t first);
/* First numbers of all segments, rising; the caller frees *firsts. */
bool segment_list(const char *dir, uint64_t **firsts, size_t *n);

struct loaded {				/* a segment's bytes, in memory */
	uint8_t *p;
	size_t n, room;
};

/* Append what the file holds from byte l->n on.  Not mapped: the writer may
 * truncate the file.  False when it cannot be read. */
bool segment_load(const char *dir, uint64_t first, struct loaded *l);
void segment_unload(struct loaded *l);

/* Counts what is in it; the bytes up to the end of the last sound frame. */
size_t segment_scan(struct slice bytes, struct segment *s, char *chain);

#endif
