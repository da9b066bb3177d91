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
	bool closed;			/* its last, smaller part has come */
};

/* Take the part in, or say that it belongs to another file. */
bool chain_takes(struct chain *c, const struct found *part);
/* No part that comes after this time can belong to the chain. */
int64_t chain_until(const struct chain *c);

/* Chains of many pairs of ends, at most JOIN_CHAINS for each. */
enum { JOIN_CHAINS = 4 };

struct join;
struct join_key {			/* zero the padding */
	struct addr client, server;
	uint32_t dir;
};

typedef void join_file(const struct join_key *k, const struct found *f,
    void *arg);

struct join *join_new(uint32_t keys);	/* NULL: no memory */
void join_free(struct join *j);		/* without telling of open chains */
/* Tells of files that are complete, perhaps of this part alone. */
void join_see(struct join *j, const struct join_key *k,
    const struct found *part, join_file *file, void *arg);
/* Call now and then: chains that nothing can follow are complete. */
void join_idle(struct join *j, int64_t now_us, join_file *file, void *arg);
void join_end(struct join *j, join_file *file, void *arg);

#endif
