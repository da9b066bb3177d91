/*
 * progress.h - a line on the terminal while a long capture is read.
 *
 * Silent when standard error is no terminal, or for the first two seconds.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on, shown;
	int64_t start_us, next_us;	/* monotonic */
};

struct progress progress_start(void);
/* done and total in any one unit; total 0: unknown (a pipe). */
void progress_show(struct progress *p, uint64_t done, uint64_t total,
    uint64_t packets);
void progress_end(struct progress *p);	/* takes the line away again */

#endif
