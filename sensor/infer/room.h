/*
 * room.h - memory that few flows need at a time: reports held back, and the
 * parts of a group.  Private to sensor/infer/.
 */
#ifndef INFER_ROOM_H
#define INFER_ROOM_H

#include "base/pool.h"
#include "infer/join.h"
#include "infer/state.h"

enum { HOLD = 24, PARTS = 24, MARKS = 48, BARE = 48 };

struct part {				/* of a group: one object, supposedly */
	int64_t start_us, end_us;
	uint64_t app;
	uint32_t over, turn;
	uint16_t header;		/* of the response, 0: not known */
	uint8_t flushes;
	bool open, aside;
	bool half;			/* one of two frames of a turn sent */
	bool embedded;			/* its header came with data */
	bool marked;			/* END_STREAM alone behind it */
	bool rough;			/* where it ended, some chunks differ */
};

/* Segments, one behind the other, whose captured bytes hold no header. */
struct bare {
	uint32_t at;			/* sequence number of the first */
	uint16_t n, each, seen;		/* bytes of one, captured of them */
};

/* trail.c: where headers were seen since the last flush, and where not. */
struct trail {
	uint32_t start;			/* sequence number */
	uint32_t mark[MARKS];		/* of full records that were seen */
	struct bare bare[BARE];
	uint8_t n_marks, n_bare;
	bool odd;			/* something else was seen */
};

struct group {
	struct part part[PARTS];
	struct part *last;		/* the one served last */
	int64_t since_us;		/* first record not yet flushed */
	uint32_t n, turn;
	uint32_t most;			/* requests that can have been sent */
	uint32_t flushed, over;		/* app and framing since the flush */
	uint32_t tail, tail_over;	/* what was flushed last */
	uint32_t record;		/* size of the record before */
	uint32_t unsure;		/* framing that may be in `flushed` */
	uint32_t before;		/* SETTINGS, ahead of all */
	uint8_t owed;			/* ends that no END_STREAM told yet */
	bool spilled, started;
	bool pairs;			/* two frames are a turn */
	uint32_t end;			/* sequence number behind the last */
	bool astray;			/* some ends may have been missed */
	struct trail trail;
};

struct annex {
	struct group group;
	struct chain chain;		/* opaque.c: parts of one file */
	struct found held[HOLD];
	uint32_t n_held;
};

struct infer_room {
	struct pool annexes;
};

struct annex *annex_get(struct infer *i);	/* NULL: none to be had */
struct annex *annex_peek(const struct infer *i);
void annex_put(struct infer *i);	/* when nothing is left in it */

/* frames.c: what a flush is made of. */
enum { FRAME_HEADER = 9, FULL_RECORD = 16384,
	GO_FRAME = FULL_RECORD + FRAME_HEADER,
	HEADER_MAX = 700 };		/* of a response, HPACK coded */

struct content {			/* of one flush */
	uint32_t headers;		/* their number */
	uint32_t header;		/* size of one */
	uint32_t frame;
};

/* How many response headers make up n bytes?  0: none do. */
uint32_t frames_headers(const struct infer *i, uint32_t n, uint32_t flushed);
/* What a server reads from a file at a time, with its frame headers. */
uint32_t frames_chunk(uint32_t size);
/* Whole frames, behind headers or not?  What fits is learned, and framing
 * that was unsure is taken off. */
bool frames_whole(struct infer *i, struct group *g, struct content *c);

/* parts.c: another part; when there is no room for it, the last one, and the
 * group is not believed. */
struct part *part_new(struct group *g);
/* The open part that was served longest ago; NULL when none is open. */
struct part *part_next(struct group *g);
/* Move n of the flushed bytes to a part (NULL: a new one), framing in
 * proportion. */
void part_give(struct group *g, struct part *p, uint32_t n, int64_t at_us);
/* All that one part has belongs to another. */
void part_join(struct part *to, struct part *from);
/* Headers of n responses alone. */
void parts_headers(struct group *g, uint32_t n, int64_t at_us);
/* The end of what is next in turn. */
void parts_finish(const struct infer *i, struct group *g, int64_t at_us);
/* Deal whole chunks to the open parts in turn, leaving less than `keep`. */
void parts_deal(const struct infer *i, struct group *g, uint32_t keep,
    int64_t at_us);

uint32_t parts_open(const struct group *g);

/* trail.c: the first record of a flush, another, the last; a segment that
 * shows no header. */
void trail_record(struct group *g, const struct unit *u, bool first,
    bool last);
void trail_clear(struct group *g);	/* flushed */
void trail_bare(struct infer *i, uint32_t at, uint32_t n, uint32_t seen);
/* Before a flush, of which u is the last record: objects that ended within
 * it get their parts; what was flushed is what is left. */
void trail_cut(struct infer *i, struct group *g, const struct unit *u);

/* go.c: flushes and END_STREAMs of Go's server. */
bool go_server(const struct infer *i);
bool go_headers(const struct infer *i, uint32_t app);
void go_flush(struct infer *i, struct group *g, int64_t at_us);
void go_end(struct group *g);

/* split.c: one record of a response on HTTP/2. */
void split_record(struct infer *i, const struct unit *u, uint32_t most);
/* How many parts the exchange had; 0: more than `most`, or not known. */
uint32_t split_parts(struct infer *i, uint32_t most, struct part **parts);
void split_clear(struct infer *i);

#endif
