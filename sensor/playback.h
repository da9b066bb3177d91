/*
 * playback.h - the past, once more: stored events or files of records.
 */
#ifndef PLAYBACK_H
#define PLAYBACK_H

#include "analysis.h"

struct playback {
	const char *store;		/* NULL: files */
	char **files;			/* "-": standard input */
	int files_n;
};

/* Feeds all of it and finishes the analysis.  An exit code; what is wrong is
 * said on stderr.  *first_us, *last_us (may be NULL): the time it spans. */
int playback_run(const struct playback *p, struct analysis *a,
    int64_t *first_us, int64_t *last_us);

#endif
