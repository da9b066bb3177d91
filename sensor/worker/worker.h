/*
 * worker.h - frames in, events out.
 *
 * One worker owns one capture handle's packets: decoder, flow table, names,
 * nDPI module, pools.  It knows the catalogue, but no user and no policy.
 */
#ifndef WORKER_H
#define WORKER_H

#include "capture/capture.h"
#include "config/config.h"
#include "flow/book.h"
#include "flow/event.h"
#include "flow/study.h"

struct worker;

struct worker_setup {
	const struct config *config;
	struct book *book;		/* names, shared by all workers */
	uint8_t number;			/* which worker, from 0 */
	bool all_transfers;		/* also for flows no rule names */
	void (*emit)(const struct event *ev, void *arg);
	void *arg;
};

struct worker_counts {
	struct decode_counts decode;
	struct flow_counts flow;
	uint32_t flows_now;
	struct study_counts study;
	uint64_t events;
};

struct worker *worker_new(const struct worker_setup *s);
void worker_free(struct worker *w);	/* ends every flow first */
void worker_frames(struct worker *w, const struct frame *frames, size_t n);
/* Nothing has come for a while: expire what is over, and tell of the time.
 * With packets it happens by itself, this often. */
enum { WORKER_TICK_US = 250000 };
void worker_tick(struct worker *w, int64_t now_us);
void worker_reload(struct worker *w, const struct config *c);
/* The names these clients asked for are forgotten. */
void worker_forget(struct worker *w, const struct addr *clients, size_t n);
struct worker_counts worker_counts(const struct worker *w);

enum { WORKER_BATCH = 32 };

#endif
