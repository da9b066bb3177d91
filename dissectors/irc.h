/*
 * irc.h - what irc.c and irc_dcc.c know of one connection.
 */
#ifndef IRC_H
#define IRC_H

#include "wire.h"

enum { DCC_NAME = 96, DCC_OFFERS = 4, IRC_NICK = 32 };

struct dcc_offer {
	struct addr addr;
	uint64_t bytes;
	uint64_t token;			/* passive: no port yet */
	uint16_t port;
	uint8_t from;			/* enum side */
	uint8_t name_n;
	uint8_t name[DCC_NAME];
};

struct irc {
	bool mid_line[2];		/* drop up to the next line end */
	uint8_t nick_n;
	uint8_t nick[IRC_NICK];		/* the client's own */
	uint8_t next;			/* offer to be forgotten first */
	struct dcc_offer offers[DCC_OFFERS];
};

/* A CTCP text, from after "\001DCC " to before the closing \001. */
void irc_dcc(struct dissection *d, enum side from, struct slice s);

#endif
