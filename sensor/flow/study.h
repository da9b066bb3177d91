/*
 * study.h - finding out what a flow is, and reading it.
 *
 * A flow is studied from its first payload byte on.  The study shows its
 * opening to every dissector; the one that claims it gets the bytes of both
 * directions in order, and its facts go to the caller.  When none claims it
 * and the caller has not set FLOW_NAMED meanwhile, nDPI is asked.  A verdict
 * frees the study; a dissector that always wants MORE keeps it until the
 * flow ends.  Memory is a bounded pool: when it is used up, an idle study is
 * given up for a new one, best one that nobody has claimed.
 */
#ifndef FLOW_STUDY_H
#define FLOW_STUDY_H

#include "dissector.h"
#include "flow/classify.h"
#include "flow/flow.h"

enum { STUDY_PENDING = 16384 };		/* bytes kept per direction at most */

struct studies;

struct study_setup {
	uint32_t max;			/* flows studied at once */
	struct classify *classify;	/* borrowed; NULL: never ask nDPI */
	bool ndpi_alone;		/* no dissector is asked, to compare */

	/* Whatever dissectors[f->dissector - 1] says.  `from` is CLIENT = UP,
	   SERVER = DOWN; the text is valid during the call. */
	void (*fact)(struct flow *f, const struct fact *fact, void *arg);

	/* The study is over; f->dissector or f->app say what was found (0:
	   nothing).  For a flow that ends undecided it is called by
	   study_end() when nDPI could still be asked, else not. */
	void (*over)(struct flow *f, void *arg);
	void *arg;
};

struct study_counts {
	uint64_t studied, refused, claimed, asked_ndpi;
	uint64_t evicted;		/* idle ones, given up for others */
	uint64_t pending_overflow;	/* a hole was given up for lack of room */
	/* the budget's, for compressed and multiplexed streams */
	uint64_t budget_refused, budget_evicted, budget_capped;
};

struct studies *studies_new(const struct study_setup *s);
void studies_free(struct studies *s);
struct study_counts studies_counts(const struct studies *s);

/* Is there anything in it for a study?  Cheap, for the hot path. */
static inline bool study_wanted(const struct step *st, const struct packet *p)
{
	return !st->copy && !(st->flow->flags & FLOW_STUDIED) &&
	    (p->wire_len > 0 || st->flow->study != 0);
}

/* One packet of a flow, after flow_account(). */
void study_packet(struct studies *s, const struct step *st,
    const struct packet *p);

/* Must be called from the flow table's gone(). */
void study_end(struct studies *s, struct flow *f);

#endif
