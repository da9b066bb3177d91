/*
 * ledger.h - what a user took from chat lately, and what left again.
 *
 * Keeps the decayed volume (half-life 24 h), the current episode of taking
 * in plain numbers for the message, and the sizes of the newest objects on
 * both sides.  Only objects counted one by one have a size of their own; a
 * group of files adds to the volumes alone.
 */
#ifndef TRACK_LEDGER_H
#define TRACK_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

enum { LEDGER_IN = 128, LEDGER_OUT = 64, LEDGER_SERVICE = 24 };

struct ledger_object {
	float bytes;			/* precise to 1 in 16 million */
	uint32_t at_s;			/* 0: unused */
	uint32_t tag;			/* hash of its name; 0: unknown */
};

struct ledger_episode {		/* of taking: no gap of 8 hours in it */
	int64_t first_us, last_us;
	uint64_t bytes;
	uint32_t count;
	char service[LEDGER_SERVICE];	/* where most came from last */
};

struct ledger {
	double taken;			/* decayed to taken_us */
	int64_t taken_us;
	struct ledger_episode episode;
	struct ledger_object in[LEDGER_IN], out[LEDGER_OUT];
	uint16_t in_at, out_at;		/* where the next one goes */
};

struct ledger_move {
	int64_t start_us, at_us;
	uint64_t bytes;			/* now moved */
	uint32_t count;			/* files it stands for */
	uint64_t object;		/* size of the one file it ends, or 0 */
	uint32_t tag;
	const char *service;
};

void ledger_take(struct ledger *l, const struct ledger_move *m);
void ledger_leave(struct ledger *l, const struct ledger_move *m);

/* Decayed volume at that time; 0 when nothing was taken within keep_us. */
uint64_t ledger_taken(const struct ledger *l, int64_t at_us,
    int64_t keep_us);

/* What moved before then is forgotten, one by one and the episode. */
void ledger_forget(struct ledger *l, int64_t before_us);

struct ledger_match {
	unsigned int in, out;		/* objects compared */
	unsigned int sizes_in, sizes_out;	/* different sizes among them */
	unsigned int objects;		/* pairs, one to one */
	unsigned int sizes;		/* pairs of different sizes */
	unsigned int named;		/* pairs that also share a name */
	double expected;		/* pairs of sizes expected by chance */
	double log10_p;			/* of at least `sizes` by chance */
	double near;			/* share of the slack that these three
					   are of: 1, 1/2 or 1/8 */
	double same_bytes;		/* of the matched objects */
	int64_t first_out_us, last_out_us;
};

/*
 * Objects taken since at_us - keep_us against objects that left since
 * out_since_us.  Sizes match within max(eps, slack_bytes).  A size that
 * occurs often (chunks, one template) counts once.  Each object that leaves is
 * another look: the chance is that of any of them.  Few sizes that agree far
 * better than they need to say as much as many that barely do: half of the
 * tolerance is tried too, and that with an eighth of the slack, each at ten
 * times the chance, so that in all the chance is at most two tenths more than
 * stated.
 */
struct ledger_match ledger_compare(const struct ledger *l, int64_t at_us,
    int64_t keep_us, int64_t out_since_us, double eps, double slack_bytes);

#endif
