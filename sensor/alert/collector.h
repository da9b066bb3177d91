/*
 * collector.h - one output at work: its link, its cursor, its next try.
 */
#ifndef ALERT_COLLECTOR_H
#define ALERT_COLLECTOR_H

#include "alert/deliver.h"
#include "alert/notice.h"

enum { COLLECTOR_LABEL = 128, COLLECTOR_SENT = 4096 };

struct sent {				/* of what time a letter tells */
	uint64_t seq;
	int64_t at_us;
	bool alert;
};

struct collector {
	struct deliver *owner;
	const struct output *output;
	const struct output_common *settings;
	char label[COLLECTOR_LABEL], name[COLLECTOR_LABEL];
	void *link;			/* NULL: waiting for the next try */
	struct event *pump, *retry;
	uint64_t next;			/* number to send next */
	uint64_t sent_to;		/* last one of this turn */
	uint64_t highest;		/* ever handed to a link */
	uint64_t acked;
	unsigned int tries;		/* since the last acknowledgement */
	bool told_down;
	bool failed;			/* and not reached since */
	bool carrying;			/* its turn, see failover.h */
	struct sent sent[COLLECTOR_SENT];	/* by number, last ones */
	struct deliver_status status;
};

struct deliver {
	struct event_base *base;
	struct deliver_source source;
	struct collector **collectors;
	size_t n;
	struct notice notice;		/* scratch, used one at a time */
	char line[FORMAT_LINE + 1];
};

struct collector *collector_new(struct deliver *d, const struct output *o,
    const void *settings);
void collector_free(struct collector *c);
void collectors_wake(struct deliver *d);	/* all of them */
void collector_reopen(struct collector *c);

#endif
