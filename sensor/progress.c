#include "progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { QUIET_US = 2000000, EVERY_US = 200000 };

static int64_t monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

struct progress progress_start(void)
{
	struct progress p = { .on = isatty(STDERR_FILENO) == 1,
		.start_us = monotonic_us() };

	p.next_us = p.start_us + QUIET_US;
	return p;
}

void progress_show(struct progress *p, uint64_t done, uint64_t total,
    uint64_t packets)
{
	int64_t now_us = p->on ? monotonic_us() : 0;
	double took, share;

	if (!p->on || now_us < p->next_us)
		return;
	p->next_us = now_us + EVERY_US;
	p->shown = true;
	took = (double)(now_us - p->start_us) / 1e6;
	share = total > 0 ? (double)done / (double)total : 0;
	fprintf(stderr, "\r\033[K");
	if (share > 0)
		fprintf(stderr, "%3.0f %%  %.0f packets/s  %.0f s left",
		    share * 100, (double)packets / took,
		    took / share - took);
	else
		fprintf(stderr, "%llu packets  %.0f packets/s",
		    (unsigned long long)packets, (double)packets / took);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fprintf(stderr, "\r\033[K");
	p->shown = false;
}
