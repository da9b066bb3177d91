/*
 * order.h - events in the order of their time, whoever sent them first.
 *
 * Workers run side by side and tell of a transfer some time after its end;
 * so events wait here until nobody can bring an earlier one.  What is the
 * same moment is ordered by content, never by worker: results do not depend
 * on how many there are.  Bounded: when it is full the earliest goes out.
 */
#ifndef TRACK_ORDER_H
#define TRACK_ORDER_H

#include "base/pool.h"
#include "flow/event.h"

enum { ORDER_WORKERS = 256 };

struct order {
	struct pool events;
	uint32_t *heap;			/* indices into events, earliest first */
	uint32_t n;
	int64_t hold_us;
	int64_t seen_us[ORDER_WORKERS];	/* how far each worker is; 0: silent */
	uint32_t workers;		/* of these spoke at all */
	int64_t latest_us;
	uint64_t late, forced;		/* came too late, went out early */
	int64_t out_us;			/* time of the newest event let out */
};

__attribute__((warn_unused_result))
bool order_init(struct order *o, uint32_t max, int64_t hold_us);
void order_free(struct order *o);

/* Copies *ev; false when it was a tick, or full: then call order_next()
 * with force and put it again. */
bool order_put(struct order *o, const struct event *ev);
/* The next event that may go out, or NULL; valid until order_done(). */
const struct event *order_next(struct order *o, bool force);
void order_done(struct order *o, const struct event *ev);

/* Time up to which everything has gone out. */
int64_t order_until(const struct order *o);

#endif
