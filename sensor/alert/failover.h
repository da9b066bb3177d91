/*
 * failover.h - several collectors of which one at a time is served.
 *
 * Outputs with the same `failover:` share one cursor.  The first of them, in
 * the order written, that is reached gets the letters; when it fails the next
 * one goes on behind what was acknowledged, and gives back when the first is
 * reached again.  What the failed one had read without saying so arrives
 * twice, under the same id.
 */
#ifndef ALERT_FAILOVER_H
#define ALERT_FAILOVER_H

#include "alert/collector.h"

/* Is it this collector's turn?  Of those without a group it always is. */
bool failover_carries(const struct collector *c);
/* Does another one of its group do the work of this one? */
bool failover_covered(const struct collector *c);
/* All of the group have what one of them has. */
void failover_settle(const struct collector *c);

#endif
