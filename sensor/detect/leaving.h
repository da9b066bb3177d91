/*
 * leaving.h - what the detection of data transfers knows of a user who sends,
 * and how it is told.
 */
#ifndef DETECT_LEAVING_H
#define DETECT_LEAVING_H

#include "detect/volume.h"
#include "track/ledger.h"

/* Why it is told, bits. */
enum ground { SAME_NAMES = 1, SAME_SIZES = 2, SAME_VOLUME = 4, ALONE = 8,
	ARCHIVE = 16 };

struct leaving {
	struct volume_state volume[2];	/* cloud, device */
	int64_t first_us, last_us;	/* the present episode of leaving */
	uint64_t bytes;
	uint64_t largest;
	uint32_t count;
	uint32_t hour_days[24];		/* bit i: uploads i days ago */
	uint32_t day;			/* that bit 0 stands for */
	bool new_target;		/* first seen in this episode */
	bool new_network;		/* its AS: never seen here before */
};

/* The parts of the score, by a->grounds. */
void leaving_score(struct alert *a, const struct leaving *s,
    const struct ledger_match *m, int backup_days);
/* Fill in the rest of `a` and raise it; down: taken before, decayed. */
void leaving_tell(const struct look *look, struct alert *a,
    const struct leaving *s, const struct ledger_match *m, uint64_t down,
    enum way_out kind);

#endif
