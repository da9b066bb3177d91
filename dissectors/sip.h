/*
 * sip.h - what SIP over TCP and over UDP share, and the SDP inside.
 */
#ifndef SIP_H
#define SIP_H

#include "file_name.h"

enum { SIP_CALL = 64, SIP_OFFERS = 4, SIP_LONGEST = 16000 };

/* A file that is offered: an answer need not say again what it is. */
struct sip_offer {
	uint64_t bytes;
	bool sends;			/* who offers, hands over */
	uint8_t call_n;
	char call[SIP_CALL];		/* Call-ID */
	struct file_name name;
};

struct sip {
	struct sip_offer offers[SIP_OFFERS];
	unsigned int next;
	bool torn[2];			/* TCP: after a hole */
};

/* A first line that SIP alone has. */
bool sip_starts(struct slice s);

/*
 * One message; *in moves past it.  MORE: not all of it is here; NOT_MINE: it
 * makes no sense.  Without a length the body is all there is (UDP).
 */
enum verdict sip_message(struct dissection *d, enum side from,
    struct slice *in);

/* The session that is described, of this call. */
void sdp_read(struct dissection *d, enum side from, struct slice call,
    struct slice body);

#endif
