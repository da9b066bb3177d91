/*
 * spool_state.h - the writer's side of a spool, shared by its files.
 */
#ifndef ALERT_SPOOL_STATE_H
#define ALERT_SPOOL_STATE_H

#include "alert/notice.h"
#include "alert/segment.h"

enum { SPOOL_QUEUE = 4 << 20 };		/* bytes waiting for the disk */

struct spool {
	char dir[SEGMENT_PATH / 2];
	int64_t max_bytes, segment_bytes;
	int lock;
	int fd;				/* the segment being written, or -1 */
	struct segment *segments;	/* oldest first; the last is `fd` */
	size_t n;
	uint64_t next;
	char chain[CHAIN];		/* of the last letter queued */
	struct text queue;		/* frames */
	size_t queued;			/* how many */
	struct spool_counts counts;
};

void spool_sum(struct spool *s);		/* bring counts up to date */
/* Segment i without the letters that `keep` does not say so of. */
bool spool_rewrite(struct spool *s, size_t i,
    bool (*keep)(const struct frame_info *f, void *arg), void *arg);

#endif
