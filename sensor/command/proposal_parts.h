/*
 * proposal_parts.h - the inside of a proposal: the file, what is wished for
 * its groups, and where in the file that goes.
 */
#ifndef PROPOSAL_PARTS_H
#define PROPOSAL_PARTS_H

#include "command/proposal.h"

enum { WORDS_MAX = 64, WORD = 128, VALUE = 256, ADDED_MAX = 128,
	ADDED = 8192, LINES_MAX = 100000 };

struct wish {				/* for one group */
	char words[WORDS_MAX][WORD];
	size_t n;
	char calendar[VALUE];		/* empty: none */
};

struct added {				/* to one place of the file */
	unsigned int line, column;	/* column 0: lines of its own */
	char text[ADDED];
};

struct proposal {
	const struct config *config;
	char *text;			/* of the file; ends with a newline */
	char **lines;
	unsigned int lines_n;
	struct wish wishes[POLICY_GROUPS];
	struct added added[ADDED_MAX];
	size_t added_n;
	bool placed;
};

/* From wishes to places, once. */
void proposal_place(struct proposal *p);

#endif
