/*
 * kept.h - letters that the disk refused, on their way to the sender.
 *
 * The core puts them into a ring of `struct spilled`; the sender keeps them
 * until every collector has them, the newest KEPT of them.  They and those on
 * disk make one row of numbers, which kept_read() reads as one.
 */
#ifndef KEPT_H
#define KEPT_H

#include "alert/deliver.h"
#include "base/ring.h"

enum {
	SPILL_LETTERS = 512,		/* on their way */
	SPILL_BYTES = 8192,
	KEPT = 16384
};

struct spilled {
	size_t n;
	unsigned char frame[SPILL_BYTES];
};

struct kept;

/* The ring stays the caller's.  NULL: no memory. */
struct kept *kept_new(struct ring *spill);
void kept_free(struct kept *k);

/* Out of the ring, which has little room. */
void kept_take(struct kept *k);

/*
 * The first letter numbered seq or higher, from here or from the disk, of
 * which `disk` is the same question; false: none yet.  The letter is valid
 * until the next call.
 */
bool kept_read(struct kept *k, uint64_t seq, struct letter *l,
    bool (*disk)(void *arg, uint64_t seq, struct letter *l), void *arg);

/* The number of the oldest; 0: nothing is kept. */
uint64_t kept_first(const struct kept *k);
void kept_drop_first(struct kept *k);
uint64_t kept_lost(const struct kept *k);	/* dropped for want of room */

#endif
