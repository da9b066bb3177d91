/*
 * control.h - the control socket: one JSON request a line, JSON lines back.
 *
 *	{"do":"status"}
 *	{"state":"watching","interface":"eth1",...}
 *	{"ok":true}
 *
 * The last line of an answer says whether it worked, and why not.  Access is
 * the socket's mode, 0660, and the peer's credentials (guests.h), by which who
 * asked for a change is logged.  A client is bounded in number, request size
 * and time.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "service/core_parts.h"

struct control;

struct control *control_new(struct core *c, int fd);
void control_free(struct control *k);

/* One request: the part that needs no socket, for tests and fuzzing.  `ask`
 * tells who is asking.  False: unknown or malformed; the answer says so. */
bool control_answer(struct core *c, struct slice request, const char *asker,
    struct text *answer);

struct control_request {
	char name[32];
	size_t max;			/* lines of the answer */
	const char *asker;
	struct slice raw;		/* the object */
};

enum { CONTROL_TAKES = 8 };

/* What `weir ctl` offers; ends with a NULL name.  Help and completion follow
 * from this table. */
struct control_command {
	const char *name, *help;
	/* One of the two: see control_parts.h. */
	void (*look)(struct core *c, struct text *t, size_t max);
	const char *(*act)(struct core *c, struct text *t,
	    const struct control_request *r);
	const char *takes[CONTROL_TAKES];	/* words; ends with NULL */
};
extern const struct control_command control_commands[];

#endif
