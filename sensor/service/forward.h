/*
 * forward.h - the alerts of a replay to the outputs of weir.yaml.
 *
 * `weir -r` has no spool: alerts are kept and sent when the capture is read,
 * with the same formats and transports as in the service.
 */
#ifndef FORWARD_H
#define FORWARD_H

#include "config/config.h"
#include "track/alert.h"

struct forward;

/* NULL when there are no outputs, or no memory (with a warning). */
struct forward *forward_open(const struct config *c);
void forward_alert(struct forward *f, const struct alert *a);
/* Send all, wait ten seconds at most; false when something is left, which
 * has been said.  Frees f, which may be NULL. */
bool forward_close(struct forward *f);

#endif
