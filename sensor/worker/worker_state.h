/*
 * worker_state.h - the inside of a worker, shared by its parts:
 * worker.c (packets), naming.c (what a flow is), clear.c and content.c (what
 * it carries, seen or inferred), worker_event.c.  Each calls those behind it.
 */
#ifndef WORKER_STATE_H
#define WORKER_STATE_H

#include "base/table.h"
#include "dissector.h"
#include "flow/classify.h"
#include "flow/names.h"
#include "flow/study.h"
#include "infer/infer.h"
#include "worker/limbo.h"
#include "worker/report.h"
#include "worker/sockets.h"
#include "worker/worker.h"

enum { HOST_MAX = 120 };

struct host {				/* the name a flow goes by */
	char text[HOST_MAX];
};

struct watched {			/* a flow whose transfers we list */
	uint64_t zero;			/* the pool's while free */
	struct flow *flow;
	_Alignas(8) unsigned char infer[];
};

enum { MOVED_FILES = 4 };

struct moved_file {			/* one that pieces are coming of */
	int64_t start_us, last_us;
	uint64_t bytes;			/* since the last report */
	uint8_t dir;			/* enum dir */
	uint8_t method;
	bool progressed;		/* part of it was reported */
	char name[EVENT_TEXT];
};

struct moved {				/* content seen in clear */
	uint64_t zero;
	struct flow *flow;
	uint64_t announced;		/* its size, 0: not told */
	bool whole_flow;		/* all bytes of the flow are files[0] */
	bool foretold;			/* a file was, in a dissector's frames */
	uint8_t now;			/* pieces without a name belong there */
	struct moved_file files[MOVED_FILES];
};

struct expected_key {			/* where it will listen */
	struct addr addr;
	uint16_t port;
};

struct expected {			/* a data connection announced */
	int64_t at_us;
	struct addr client;		/* of the flow that announced it */
	uint64_t bytes;
	uint32_t rule;
	uint32_t moved;			/* pool index: it is open, or was */
	uint16_t dissector;
	bool listener_sends;
	bool client_listens;		/* whose announcement it was */
	bool framed;			/* a dissector counts there */
	char name[EVENT_TEXT];
};

struct worker {
	struct worker_setup setup;
	const struct config *config;
	struct decoder *decoder;
	struct flow_table *flows;
	struct studies *studies;
	struct names *names;
	struct classify *classify;
	struct infer_room *room;
	struct pool hosts, watched, moved;
	struct table expected, macs;
	struct sockets sockets;
	struct limbo limbo;
	struct worker_counts counts;
	int64_t now_us, swept_us, ticked_us;
};

/* worker_event.c */
void worker_emit(struct worker *w, struct event *ev);
void worker_event(struct worker *w, struct event *ev, const struct flow *f,
    int64_t at_us);
const struct rule *worker_rule(const struct worker *w, const struct flow *f);
enum dir worker_dir(enum side from);

/* naming.c */
void naming_packet(struct worker *w, const struct step *step,
    const struct packet *p);
void naming_fact(struct worker *w, struct flow *f, const struct fact *fact);
void naming_over(struct worker *w, struct flow *f);
void naming_end(struct worker *w, struct flow *f);
/* A flow that has ended: does anybody know its server by now? */
void naming_late(struct worker *w, struct event *ev);

/* content.c */
void content_watch(struct worker *w, struct flow *f,
    const struct packet *first);
void content_unwatch(struct worker *w, struct flow *f);
void content_role(struct worker *w, struct flow *f);
void content_packet(struct worker *w, const struct step *step,
    const struct packet *p);
void content_sweep(struct worker *w);	/* packet time has passed */
void content_end(struct worker *w, struct flow *f);
/* Requests seen in the flow so far; 0 when nobody counts them. */
uint32_t content_requests(const struct worker *w, const struct flow *f);

/* clear.c */
void clear_fact(struct worker *w, struct flow *f, const struct fact *fact);
/* A new flow may be a data connection that another one announced. */
void clear_fresh(struct worker *w, struct flow *f);
void clear_sweep(struct worker *w);
void clear_end(struct worker *w, struct flow *f);

#endif
