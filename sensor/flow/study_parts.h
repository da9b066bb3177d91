/*
 * study_parts.h - the inside of studies: study.c keeps them, study_read.c
 * hands their bytes over, study_claim.c decides who reads a flow, study_end.c
 * gives them back.  Each calls those behind it.
 */
#ifndef FLOW_STUDY_PARTS_H
#define FLOW_STUDY_PARTS_H

#include "flow/study.h"
#include "flow/window.h"

enum { SMALL_STATE = 256, LARGE_STATE = 8192 };

enum stage { OPENING, READING, ASKING };

struct stream {				/* one direction */
	bool begun;
	uint16_t far;			/* segments in a row too far ahead */
	uint32_t next;			/* sequence number of its front */
	uint32_t window;		/* pool index, 0: nothing kept */
	uint64_t skip;			/* further bytes nobody wants */
	uint64_t lost;			/* to be told to the dissector */
};

struct study {
	enum stage stage;		/* the pool's while free */
	bool upgraded;			/* read by one before: keep its name */
	bool torn;			/* its very first bytes are lost */
	bool recent;			/* active since it was last looked at */
	uint8_t spoke_first;		/* enum side */
	uint16_t first_n[2];		/* of the first segment, by side */
	uint32_t packets;		/* with payload */
	struct flow *flow;		/* NULL: free */
	const struct dissector *by;
	uint32_t state;			/* index in the pool for its size */
	struct classify_flow *ndpi;
	struct stream stream[2];
};

struct studies {
	struct study_setup setup;
	struct pool studies, windows, small, large;
	struct budget budget;		/* for what dissectors need beyond */
	struct study_counts counts;
	uint32_t hand;			/* where to look for one to give up */
};

/* One packet on its way through its study. */
struct at {
	struct studies *s;
	struct flow *f;
	struct study *study;
	const struct packet *p;
};

static inline struct pool *state_pool(struct studies *s,
    const struct dissector *d)
{
	return d->state_size <= SMALL_STATE ? &s->small : &s->large;
}

static inline struct window *window_of(const struct at *at, enum side side)
{
	return pool_at(&at->s->windows, at->study->stream[side].window);
}

static inline void window_close(struct studies *s, struct stream *t)
{
	struct window *w = pool_at(&s->windows, t->window);

	if (w != NULL)
		memset(w, 0, sizeof(*w));	/* content goes with its flow */
	pool_put(&s->windows, w);
	t->window = 0;
}

/* study_end.c; study_close() leaves at->study and the flow's flags alone. */
void study_close(struct studies *s, struct flow *f);
void study_state_close(struct studies *s, struct study *study);

/*
 * Give up a study that idles and has what another one needs, but not `mine`.
 * Who holds it for long must not be able to keep it from all others.
 */
enum study_holds { STUDY_ANY, STUDY_UNREAD, STUDY_WINDOW, STUDY_LARGE_STATE };
bool study_evict(struct studies *s, const struct study *mine,
    enum study_holds what);

/* Whether the study goes on, and how; at->study is NULL when it is over. */
void study_finish(struct at *at);
void study_upgrade(struct at *at);

/* Whose flow is it?  `first` are the bytes known so far, by side. */
void study_claim(struct at *at, const struct slice first[2]);
/* Nobody reads this flow: ask nDPI, unless its name is known already. */
void study_ask_ndpi(struct at *at);
void study_show_ndpi(struct at *at, enum side side, struct slice bytes);
/* What came while dissectors were undecided, as it came. */
void study_show_opening(struct at *at, const struct slice first[2]);

/* Copy bytes into the window of this side; false: no room. */
bool reading_keep(struct at *at, enum side side, uint32_t offset,
    struct slice bytes);
/* Pass over what nobody wants, seen or not, up to around `from`. */
void reading_skip(struct at *at, enum side side, uint32_t from);
/* Feed what is whole; returns how much of it was used up. */
size_t reading_some(struct at *at, enum side side, struct slice bytes);
/* Read whatever is whole at the front of the window. */
void reading_window(struct at *at, enum side side);
/* In order, and nothing kept from before: no copy. */
void reading_direct(struct at *at, enum side side, struct slice data,
    uint32_t wire_len);
void reading_segment(struct at *at, enum side side, uint32_t from,
    struct slice data, uint32_t wire_len);
/* Stop waiting for the first missing byte: go on behind it. */
void reading_give_up(struct at *at, enum side side, uint32_t n);
/*
 * The peer has everything before `acked`: a hole below it stays one.  The
 * bytes to give up for it, 0: there is none.
 */
uint32_t reading_hole(const struct at *at, enum side side, uint32_t acked);

#endif
