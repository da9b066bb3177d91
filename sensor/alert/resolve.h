/*
 * resolve.h - a collector's name to an address, without blocking.
 *
 * A numeric address needs no question and is answered at once, but still
 * from the event loop.  Only the sender does this, never on the interface
 * that is watched.
 */
#ifndef ALERT_RESOLVE_H
#define ALERT_RESOLVE_H

#include "alert/address.h"

struct resolve;

/* `done` is called once, with an address or with the reason. */
struct resolve *resolve_start(struct event_base *base,
    const struct address_conf *c, void (*done)(const struct address *a,
    const char *why, void *arg), void *arg);
void resolve_cancel(struct resolve *r);		/* also after `done` */

#endif
