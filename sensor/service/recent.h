/*
 * recent.h - the last things seen, for `weir ctl`: alerts, flows, totals.
 *
 * Bounded and in memory alone; nothing is kept of people whose group is not
 * monitored.
 */
#ifndef RECENT_H
#define RECENT_H

#include "base/table.h"
#include "track/alert.h"
#include "track/transfer.h"

enum { RECENT_ALERTS = 64, RECENT_FLOWS = 256, RECENT_LINE = 2048,
	RECENT_NAME = 64, RECENT_NAMES = 4096 };

struct recent_total {			/* of a service, or of a user */
	char name[RECENT_NAME];
	uint64_t down, up, flows, files;
	int64_t last_us;
};

struct recent {
	char (*alerts)[RECENT_LINE];	/* records, a ring */
	char (*flows)[RECENT_LINE];
	uint64_t alerts_n, flows_n;	/* ever */
	struct table services, users;	/* by name */
};

__attribute__((warn_unused_result))
bool recent_init(struct recent *r);
void recent_free(struct recent *r);
void recent_flow(struct recent *r, const struct flow_seen *f,
    const char *record);
void recent_transfer(struct recent *r, const struct transfer *t);
void recent_alert(struct recent *r, const char *record);

/* Forget records and totals of whom these say so of. */
void recent_forget(struct recent *r, bool (*record_gone)(struct slice record,
    void *arg), bool (*name_gone)(const char *name, void *arg), void *arg);

#endif
