/*
 * frame.h - one letter as bytes, in the spool and on its way to the sender.
 *
 *	0  "WEIR"           magic, to find the next frame behind damage
 *	4  u32 length       of the record
 *	8  u64 sequence number
 *	16 u32 rank
 *	20 u32 CRC-32       over the other 36 bytes and the record
 *	24 16 hex digits    link of the hash chain
 *	40 record
 *
 * All numbers are big-endian.
 */
#ifndef ALERT_FRAME_H
#define ALERT_FRAME_H

#include "alert/spool.h"

enum { FRAME_HEAD = 40 };

struct frame_info {
	uint64_t seq;
	uint32_t rank;
	char chain[17];
	struct slice record;
	size_t size;			/* of the whole frame */
};

/* Append to t, which must have room for FRAME_HEAD + record.n bytes. */
void frame_write(struct text *t, const struct frame_info *f);
/* A whole, sound frame at the front of `in`; else false. */
bool frame_read(struct slice in, struct frame_info *f);
/* Bytes to skip to the next sound frame; in.n when there is none. */
size_t frame_seek(struct slice in);

#endif
