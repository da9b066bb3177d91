/*
 * proposal.h - changes to the policy of a weir.yaml, as a diff that `patch`
 * takes.
 *
 * The file is somebody's: lines are added to it and nothing else of it
 * changes, neither comments nor order.  Block and flow style both do.
 */
#ifndef PROPOSAL_H
#define PROPOSAL_H

#include <stdbool.h>
#include <stdio.h>

#include "config/config.h"

struct proposal;

/* Of the file that c was read from; NULL: no memory, or it cannot be read. */
struct proposal *proposal_new(const struct config *c);
void proposal_free(struct proposal *p);

/* What is to be added: one more word of `approved:` of a group, and the
 * calendar it works by.  `value`: in flow style, {days: mon-fri}. */
void proposal_approve(struct proposal *p, const struct group *g,
    const char *word);
void proposal_calendar(struct proposal *p, const struct group *g,
    const char *value);

bool proposal_empty(const struct proposal *p);
/* The whole file as it would be; the change alone. */
void proposal_text(struct proposal *p, FILE *to);
void proposal_diff(struct proposal *p, FILE *to);

#endif
