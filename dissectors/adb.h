/*
 * adb.h - what adb.c (frames and streams) and adb_sync.c (files) share.
 */
#ifndef ADB_H
#define ADB_H

#include "wire.h"

enum { ADB_NAME = 96, ADB_STREAMS = 4 };

enum adb_mode { ADB_HEAD, ADB_PATH, ADB_DATA, ADB_PASS, ADB_LOST };

/* One direction of a sync stream; its requests may span frames. */
struct adb_sync {
	enum adb_mode mode;
	uint8_t head_n, head_need;
	bool again;			/* SND2, RCV2: second half comes */
	uint8_t head[80];
	uint32_t left;			/* of the path, data or answer */
	uint64_t bytes;			/* of the file so far */
	uint16_t name_n;
	char name[ADB_NAME];
};

struct adb_stream {
	uint32_t client_id;		/* 0: free */
	struct adb_sync side[2];
};

/*
 * Look at the next of `room` bytes at *in, all of one frame's payload.
 * Returns how many were used up, of which d->skip are yet to come.
 */
uint64_t adb_sync_bytes(struct dissection *d, enum side from,
    struct adb_stream *stream, struct slice *in, uint64_t room);

#endif
