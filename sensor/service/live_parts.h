/*
 * live_parts.h - what the processes of the service share before they part.
 */
#ifndef LIVE_PARTS_H
#define LIVE_PARTS_H

#include <signal.h>

#include "base/ring.h"
#include "flow/book.h"
#include "service/board.h"
#include "service/live.h"
#include "service/privs.h"
#include "service/sandbox.h"

enum {
	RING_EVENTS = 32768		/* of 320 B, for each worker */
};

enum child_role { CHILD_CORE, CHILD_SENDER, CHILD_WORKER };

struct child {
	enum child_role role;
	size_t number;			/* of a worker */
	pid_t pid;			/* 0: not running */
	int64_t started_us, again_us;	/* monotonic; when to start again */
	unsigned int crashes;		/* in a row, within a minute */
};

struct live {
	const struct live_setup *setup;
	const struct config *config;	/* in force */
	struct config *loaded;		/* the same after a reload, owned */
	struct privs privs;
	struct privacy_key key;		/* of the core alone */
	struct board *board;
	struct book *book;		/* names of servers */
	struct apps *apps;		/* names of nDPI's protocols */
	size_t workers;
	int fanout;
	struct capture *captures[WORKERS_MAX];
	struct ring *rings[WORKERS_MAX];
	struct ring *spill;		/* core to sender, see kept.h */
	int wake[2];			/* a byte: there are new letters */
	int control, intake, metrics;		/* listening sockets, or -1 */
	int intake_tls;
	pid_t parent;
	struct child children[WORKERS_MAX + 2];
	size_t children_n;
	bool stopping;
};

/* The lives of the children; each returns an exit code. */
int watch_run(struct live *l, size_t number);
int core_run(struct live *l);
int sender_run(struct live *l);

/* monitor_open.c: what needs privileges, before anything is forked. */
bool live_open(struct live *l);
void live_close(struct live *l);
bool live_reopen_capture(struct live *l, size_t number);
const char *live_spool(const struct live *l);	/* directory */

/* Load again what the parent has found good; NULL: keep the old one. */
struct config *live_reload(const struct live *l, const char *who);
/* Put it in force, when nobody uses the old one any more. */
void live_take(struct live *l, struct config *fresh);

/* The outputs in force; standard output when there are none and no --json.
 * Fills at most COLLECTORS_MAX places. */
struct output_use {
	const struct output *output;
	const void *settings;
};
size_t live_outputs(const struct live *l, struct output_use *uses);
struct collector_names {
	const char *names[COLLECTORS_MAX + 1];	/* ends with NULL */
	char text[COLLECTORS_MAX][BOARD_NAME * 2];
};
void live_collectors(const struct live *l, struct collector_names *n);

#endif
