/*
 * record.h - what weir says, as one JSON object a line.
 *
 * The same records go to --json, the spool, the fleet stream and the tests;
 * docs/record-1.json is their schema.  Keys are flat snake_case, times RFC
 * 3339 UTC, sizes bytes.  What is unknown is absent, never empty.
 *
 * Each function appends the object, without a newline; RECORD_MAX bytes are
 * enough for any.
 */
#ifndef ALERT_RECORD_H
#define ALERT_RECORD_H

#include "base/text.h"
#include "track/alert.h"
#include "track/transfer.h"

enum { RECORD_MAX = 32768 };

struct record_head {			/* on all records */
	const char *sensor;
	uint64_t seq;			/* of this stream, rising by one */
	const char *policy;		/* hash of the configuration, or NULL */
};

struct health_count {
	const char *name;		/* snake_case, static */
	uint64_t value;
};

/* The sensor about itself.  Severity "clear": the finding is over. */
struct health {
	const char *kind;		/* "drops", "heartbeat" */
	const char *severity;	/* "notice", "warning", "critical", "clear" */
	char message[256];
	int64_t at_us;
	int64_t since_us;		/* 0: unknown */
	bool has_value;
	double value;			/* the measure that gave cause */
	const struct health_count *counters;	/* heartbeats; else NULL */
	size_t counters_n;
};

void record_flow(struct text *t, const struct record_head *h,
    const struct flow_seen *f);
void record_transfer(struct text *t, const struct record_head *h,
    const struct transfer *tr);
void record_access(struct text *t, const struct record_head *h,
    const struct access *a);
/* ev: EV_BINDING or EV_UNBIND; who: what the address is tied to. */
void record_binding(struct text *t, const struct record_head *h,
    const struct event *ev, const struct who *who);
void record_alert(struct text *t, const struct record_head *h,
    const struct alert *a);
void record_health(struct text *t, const struct record_head *h,
    const struct health *f);

/* Community ID v1 of a flow ("1:..."), COMMUNITY_ID bytes; empty when the
 * protocol has no ports. */
enum { COMMUNITY_ID = 32 };
const char *community_id(const struct event *ev, char *text);

#endif
