/*
 * limbo.h - flows that ended without a name wait a while for one.
 *
 * A resolver's answer may be seen only after the flow: the sensor came late,
 * or the client knew the address already and refreshes it now.  So the last
 * word on an unnamed flow is kept back, bounded in time and number, and names
 * learned meanwhile still reach it.
 */
#ifndef LIMBO_H
#define LIMBO_H

#include <stdbool.h>

#include "flow/event.h"

enum { LIMBO_SLOTS = 8192 };
#define LIMBO_US (600 * INT64_C(1000000))

struct limbo {
	struct event *waiting;		/* a ring, oldest first */
	uint32_t first, n;
};

__attribute__((warn_unused_result))
bool limbo_init(struct limbo *l);
void limbo_free(struct limbo *l);
bool limbo_full(const struct limbo *l);
void limbo_put(struct limbo *l, const struct event *ev);
/* The oldest, if its wait is over at now_us; INT64_MAX takes any. */
bool limbo_take(struct limbo *l, int64_t now_us, struct event *ev);

#endif
