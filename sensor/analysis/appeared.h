/*
 * appeared.h - devices that announced themselves, and where they listen.
 *
 * A phone that says "Pixel 6, Quick Share, port 40123" names two things: who
 * stands at that address since when, and whose flows go to that port.  Kept
 * by address in memory alone, bounded; the oldest are forgotten.
 */
#ifndef APPEARED_H
#define APPEARED_H

#include "base/table.h"
#include "config/config.h"
#include "flow/event.h"
#include "track/transfer.h"

struct appeared {
	struct table places;		/* address and port, 0: the device */
};

__attribute__((warn_unused_result))
bool appeared_init(struct appeared *a);
void appeared_free(struct appeared *a);

/* An EV_DEVICE: client and client_port are where, text who, host what. */
void appeared_see(struct appeared *a, const struct event *ev);

/* A flow without a better name goes where a device said that it listens:
 * the event with that name.  False: it has one, or nobody did. */
bool appeared_names(const struct appeared *a, const struct config *c,
    const struct event *ev, struct event *named);

/* Who stands there: to->device and to->appeared_us, valid until the next
 * appeared_see(). */
void appeared_where(const struct appeared *a, const struct addr *server,
    struct where *to);

/* What stood there is forgotten. */
void appeared_forget(struct appeared *a, const struct addr *addr);

#endif
