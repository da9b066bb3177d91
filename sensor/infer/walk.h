/*
 * walk.h - from TCP segments to TLS record headers, one direction of a flow.
 *
 * Needs the five header bytes of a record, never its body: a missing or
 * uncaptured part inside a body costs nothing.  When a header itself was
 * missed, the walker supposes that records go on in the size they had, and
 * looks at the next place where one should be; bytes that it could not
 * follow are handed out as such, so that sums stay exact.
 */
#ifndef INFER_WALK_H
#define INFER_WALK_H

#include "infer/infer.h"

enum walk_state { WALK_START, WALK_SYNCED, WALK_LOST };

struct walk {
	uint32_t next;			/* sequence number after all seen */
	uint32_t at;			/* where the next header begins */
	uint32_t lost_at;		/* start of bytes not handed out */
	uint32_t lost_from;		/* the header that was missed */
	uint32_t gap;			/* first header missed still */
	uint16_t full;			/* the sender's largest record */
	uint8_t blind;			/* segments without a header, so far */
	uint8_t state;			/* enum walk_state */
	uint8_t got;			/* header bytes held in hdr[] */
	uint8_t hdr[5];
};

struct record {
	uint8_t type;			/* 0: bytes that were not followed */
	uint32_t len;			/* body; type 0: number of bytes */
	uint32_t end;			/* sequence number behind it */
	uint32_t skipped;		/* bytes not followed, in all, between
					   the record before and this one */
};

typedef void walk_record(const struct record *r, void *arg);

/*
 * Take in the new bytes of a segment (new_bytes and hole are set); calls
 * `see` for each record begun.  The caller moves `next` afterwards.
 */
void walk(struct walk *w, const struct segment *s, walk_record *see,
    void *arg);

/*
 * No record begins in these next bytes, as far as is known: the caller may
 * just move `next` over them.  Of those that are not followed walk_behind()
 * must be called before anything else happens on the flow: it hands out what
 * was moved over, as walk() would have.
 */
bool walk_passes(const struct walk *w, const struct segment *s);
void walk_behind(struct walk *w, walk_record *see, void *arg);

/* Bytes of the current record that are still to come; 0 when not known. */
uint32_t walk_owed(const struct walk *w);

/* False once the direction does not look like TLS at all. */
bool walk_follows(const struct walk *w);

#endif
