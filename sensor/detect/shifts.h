/*
 * shifts.h - what is new about how a user works, besides the hour: one of
 * these alone is common, two at once are not.
 */
#ifndef DETECT_SHIFTS_H
#define DETECT_SHIFTS_H

#include "base/text.h"
#include "track/transfer.h"

enum shift { SHIFT_NET = 1, SHIFT_DEVICE = 2, SHIFT_RATIO = 4 };
enum { SHIFTS_KEPT = 4 };

struct shifts {				/* of one user; zeroed: nothing known */
	uint32_t nets[SHIFTS_KEPT];	/* hashes, newest first */
	uint32_t devices[SHIFTS_KEPT];
	double in, out;			/* decayed log volumes: the usual mix */
};

/* Bits of enum shift: how this transfer differs; it is remembered. */
uint32_t shifts_note(struct shifts *s, const struct transfer *t);
/* "a new network and a new device" */
void shifts_say(struct text *t, uint32_t shifts);

#endif
