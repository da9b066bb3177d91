/*
 * identities.h - whom an alert speaks of, sealed to the officers.
 *
 * SPOOL/sealed.jsonl: one line per pseudonym that stands in an alert, and of
 * nobody else, so who did nothing cannot be revealed.  It is copied to the
 * host where `weir reveal` runs; the sensor itself cannot open it.
 */
#ifndef IDENTITIES_H
#define IDENTITIES_H

#include "analysis/analysis.h"

struct identities;

struct identities *identities_open(const char *spool);	/* NULL: no memory */
void identities_free(struct identities *i);
/* To whom: a directory of public keys.  NULL: nobody can be revealed. */
void identities_officers(struct identities *i, const char *dir);

/* Seal every pseudonym in it that is not sealed yet. */
void identities_alert(struct identities *i, const struct analysis *a,
    const struct alert *alert);
/* Forget what was sealed before then; how many lines. */
uint64_t identities_expire(struct identities *i, int64_t before_us);
/* Forget those that `gone` says so of; how many lines.  False: they are
 * there still. */
__attribute__((warn_unused_result))
bool identities_forget(struct identities *i, bool (*gone)(
    const char *pseudonym, void *arg), void *arg, uint64_t *n);

#endif
