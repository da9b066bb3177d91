/*
 * habits.h - what each group does: where it sends files, and when it works.
 */
#ifndef HABITS_H
#define HABITS_H

#include "command/proposal.h"
#include "track/transfer.h"

struct habits;

struct habits *habits_new(const struct policy *p);	/* NULL: no memory */
void habits_free(struct habits *h);
void habits_see(struct habits *h, const struct transfer *t);
/* What of it the policy does not allow for yet; call it once, at the end. */
void habits_propose(struct habits *h, struct proposal *to);

#endif
