/*
 * wheel.h - when each flow is due to be looked at again.
 *
 * One slot a second, a doubly linked list of flows in each.  Packets do not
 * move flows: a flow that is due but was active meanwhile is filed anew, so
 * the wheel costs nothing in the packet path.
 */
#ifndef FLOW_WHEEL_H
#define FLOW_WHEEL_H

#include "flow/flow.h"

enum { WHEEL_SLOTS = 4096 };		/* seconds it reaches ahead */

struct wheel {
	const struct pool *flows;	/* borrowed */
	int64_t now_s;			/* every slot before it is done */
	uint32_t first[WHEEL_SLOTS], last[WHEEL_SLOTS];
	uint64_t busy[WHEEL_SLOTS / 64];	/* slots that hold a flow */
};

void wheel_add(struct wheel *w, struct flow *f, int64_t due_s);
void wheel_remove(struct wheel *w, struct flow *f);
/* The flow that is due first, or NULL; ties: the one filed first. */
struct flow *wheel_first(const struct wheel *w);

#endif
