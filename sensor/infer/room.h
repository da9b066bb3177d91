/*
 * room.h - memory that few flows need at a time: reports held back, and the
 * parts of a group.  Private to sensor/infer/.
 */
#ifndef INFER_ROOM_H
#define INFER_ROOM_H

#include "base/pool.h"
#include "infer/state.h"

enum { HOLD = 24 };

struct annex {
	struct found held[HOLD];
	uint32_t n_held;
};

struct infer_room {
	struct pool annexes;
};

struct annex *annex_get(struct infer *i);	/* NULL: none to be had */
struct annex *annex_peek(const struct infer *i);
void annex_put(struct infer *i);

#endif
