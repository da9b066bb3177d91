/*
 * board.h - counters that every process shows to the others.
 *
 * One block of memory mapped shared before the forks.  Each part has one
 * writer; readers may see a part half updated, which does for counters, and
 * the final sums are printed when the writers are gone.
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdatomic.h>

#include "alert/deliver.h"
#include "alert/spool.h"
#include "analysis/analysis.h"
#include "capture/capture.h"
#include "worker/worker.h"

enum { WORKERS_MAX = 64, COLLECTORS_MAX = 16, BOARD_NAME = 96 };

struct board_worker {
	atomic_bool up;
	struct worker_counts counts;	/* of the process that runs now */
	struct capture_counts capture;
	struct worker_counts past;	/* of those that crashed; by parent */
	struct capture_counts past_capture;
	uint64_t lost;			/* in the ring of a crashed one */
	uint64_t ring_lost;		/* events refused by a full ring */
	int64_t last_packet_us;		/* packet time */
	int64_t alive_us;		/* monotonic: went round its loop */
	int64_t longest_turn_us;	/* from frames to the next read */
	int64_t longest_handover_us;	/* of an event to the core */
	uint32_t starts;		/* by parent */
};

struct board_collector {
	char name[BOARD_NAME], label[BOARD_NAME], why[128];
	bool up, covered;
	uint64_t acked, sent, resent, failures, skipped;
};

enum { DELAY_BUCKETS = 15 };		/* bounds: delay_bounds_s */

struct board_delay {
	uint64_t within[DELAY_BUCKETS];	/* not more than the bound */
	uint64_t n;
	double sum_s, max_s;
};

struct board_core {
	atomic_bool up;
	struct analysis_counts analysis;
	struct spool_counts spool;
	uint64_t records, spilled, unspilled, findings;
	int64_t alive_us;
	uint32_t starts;
	uint32_t generation;		/* configurations loaded */
	uint32_t refused;		/* reloads refused */
};

struct board_sender {
	atomic_bool up;
	size_t n;
	struct board_collector collectors[COLLECTORS_MAX];
	/* From the time a record tells of until a collector had it. */
	struct board_delay alerts, health;
	uint64_t kept_lost;		/* neither on disk nor in memory */
	int64_t alive_us;
	uint32_t starts;
};

enum { BOARD_FORGET = 256 };

struct board_forget {			/* clients, by the core */
	atomic_uint asked;		/* how often; workers follow */
	uint32_t n;
	struct addr clients[BOARD_FORGET];
};

struct board {
	size_t workers;
	int64_t started_us;		/* real time */
	int64_t spool_max;		/* bytes */
	int64_t catalogue_us;		/* of when it is; 0: not known */
	char interface[BOARD_NAME];
	struct board_worker worker[WORKERS_MAX];
	struct board_core core;
	struct board_sender sender;
	atomic_uint reloads;		/* asked for; children follow */
	struct board_forget forget;
	uint32_t reload_failures;	/* by parent: refused configurations */
	char reload_error[256];
};

extern const double delay_bounds_s[DELAY_BUCKETS];
void board_delay(struct board_delay *d, int64_t delay_us);

struct board *board_new(void);		/* shared; NULL: no memory */
void board_free(struct board *b);

/* Sums over workers and their predecessors. */
struct board_total {
	uint64_t received, dropped, if_dropped, processed, lost, bytes;
	uint64_t events, ring_lost, restarts;
	struct decode_counts decode;
	struct flow_counts flow;
	struct study_counts study;
	uint64_t flows_now;
	int64_t last_packet_us;
};
/* A worker is gone: its counts join those of the past.  rest: what its
 * handle counted after the worker last looked. */
void board_settle(struct board_worker *w, const struct capture_counts *rest);
struct board_total board_total(const struct board *b);

/* What SIGUSR1 and the end print, line by line. */
void board_report(const struct board *b);

int64_t real_us(void);			/* the wall clock */
int64_t monotonic_us(void);

#endif
