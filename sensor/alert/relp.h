/*
 * relp.h - frames of the Reliable Event Logging Protocol.
 *
 *	TXNR SP COMMAND SP LENGTH [SP DATA] LF
 *
 * As rsyslog speaks it (librelp's doc/relp.html), read from a server we do
 * not trust.
 */
#ifndef ALERT_RELP_H
#define ALERT_RELP_H

#include "base/text.h"

enum relp_read { RELP_FRAME, RELP_PARTIAL, RELP_DAMAGED };

enum { RELP_TXNR_MAX = 999999999, RELP_ANSWER = 4096 };

struct relp_frame {
	uint32_t txnr;
	struct slice command;
	struct slice data;
};

/* Take one frame off the front; RELP_PARTIAL leaves *in as it was. */
enum relp_read relp_read(struct slice *in, struct relp_frame *f);

/* "200 OK ...": the code, or 0. */
unsigned int relp_code(struct slice data);

#endif
