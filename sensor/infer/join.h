/*
 * join.h - parts of one file, moved one after another, as one file.
 *
 * Resumable uploads, range requests and messengers move large files in equal
 * parts; the last one is smaller.  A chain is a run of such parts in one
 * direction between the same two ends, on one connection or on several.
 */
#ifndef INFER_JOIN_H
#define INFER_JOIN_H

#include "infer/infer.h"

struct chain {				/* zeroed: empty */
	struct found sum;		/* one file, so far */
	uint64_t ref;			/* bytes of a full part */
	uint32_t parts;			/* 0: empty */
	int64_t longest_us;		/* that a part took */
	int64_t closed_us;		/* a smaller one ended: the last */
};

/* Take the part in, or say that it belongs to another file. */
bool chain_takes(struct chain *c, const struct found *part);
/* No part that comes after this time can belong to the chain. */
int64_t chain_until(const struct chain *c);

/*
 * The same across the flows of a client and a server: parts that come on
 * several connections, or on one after another, in the order of their ends.
 */
struct join;

/* A file is complete: of one part, or of several; valid during the call. */
typedef void join_file(const struct event *ev, void *arg);

/* NULL: no memory.  Keys: pairs of ends, each way, at one time. */
struct join *join_new(uint32_t keys, join_file *file, void *arg);
void join_free(struct join *j);		/* without telling of open chains */
/*
 * An EV_TRANSFER: true when it may be a part, and will be told of later,
 * alone or with others; false when it cannot be one.
 */
bool join_takes(struct join *j, const struct event *ev);
/* None of them is over at that time or before; INT64_MAX: none is open. */
int64_t join_due(const struct join *j);
/* Time has come this far: tell of chains that nothing can follow. */
void join_until(struct join *j, int64_t now_us);

#endif
