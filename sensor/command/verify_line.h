/*
 * verify_line.h - a line as a collector stored it, read back.
 *
 * RFC 5424 (any prefix before "<PRI>" or without it) and the ECS JSON of
 * weir; these show every field that the hash chain covers.
 */
#ifndef VERIFY_LINE_H
#define VERIFY_LINE_H

#include "alert/chain.h"

enum { VERIFY_STORE = 16384 };

struct verify_line {
	struct chain_link link;		/* slices into `store` or the line */
	struct slice sensor;
	char chain[CHAIN];		/* as the line has it */
	uint64_t seq;
	char store[VERIFY_STORE];
	struct text room;
};

/* False when it is no line of weir, or bears no chain. */
bool verify_read(struct verify_line *v, struct slice line);

#endif
