/*
 * playback.h - the past, once more: stored events or files of records.
 */
#ifndef PLAYBACK_H
#define PLAYBACK_H

#include "analysis/analysis.h"

struct playback {
	const char *store;		/* NULL: files */
	char **files;			/* "-": standard input */
	int files_n;
	struct privacy_key key;		/* of the store */
	bool keyed;
};

/* What is left of the words of a command are files, or else a store is named.
 * `twice`: what plays the past more than once, so that it cannot come from
 * standard input (said on stderr), or NULL. */
bool playback_files(struct playback *p, char **files, int n,
    const char *twice);

/* Before the analysis is made: the key beside the store, so that it can be
 * read and users have the names they had; without one, and for files of
 * records, users keep the names that stand there. */
void playback_prepare(struct playback *p, struct config *c);

/* Feeds all of it and finishes the analysis.  An exit code; what is wrong is
 * said on stderr.  *first_us, *last_us (may be NULL): the time it spans. */
int playback_run(const struct playback *p, struct analysis *a,
    int64_t *first_us, int64_t *last_us);

#endif
