/*
 * chain.h - a hash chain over what was sent, so that a gap can be proved.
 *
 * Each letter carries 16 hex digits: the first 64 bits of SHA-256 over the
 * previous letter's digits and this letter's sequence number, time, kind,
 * id, risk (health: severity), user and message, each ended by a newline,
 * in the form in which every format shows them.  So a SIEM can compute it
 * from what it received, in any format; `weir verify` does.  It is no
 * signature: it proves loss and damage, not who wrote the line.
 */
#ifndef ALERT_CHAIN_H
#define ALERT_CHAIN_H

#include "alert/notice.h"

struct chain_link {
	struct slice seq, time, kind, id, risk, user, message;
};

/* chain: CHAIN bytes, in: the previous one or empty, out: this one. */
void chain_next(char *chain, const struct chain_link *l);
/* The same from an alert or health record. */
void chain_record(char *chain, struct slice record);

#endif
