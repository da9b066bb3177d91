/*
 * notice.h - a record read back, laid out for the formats.
 *
 * Fields are in the documented order: the essentials first, then the rest as
 * the record has them, evidence and counters last.  A line that must be
 * short loses fields from the end of this list.
 */
#ifndef ALERT_NOTICE_H
#define ALERT_NOTICE_H

#include "base/json_read.h"

enum { NOTICE_FIELDS = 128, NOTICE_STORE = 32768, CHAIN = 17 };

struct notice_field {
	struct slice key;		/* snake_case: [a-z0-9_] only */
	struct slice value;		/* in clear, printable */
	bool is_text;			/* not a number or a bool */
	bool is_evidence;		/* or a counter */
};

struct notice {
	struct slice type;		/* "alert" or "health" */
	struct slice time, sensor, id, kind, risk, message;
	uint64_t seq;
	int64_t at_us;
	char chain[CHAIN];		/* empty: none */
	bool is_alert;
	struct notice_field fields[NOTICE_FIELDS];
	size_t n;
	char store[NOTICE_STORE];
	size_t used;
};

/* False when the line is not a record of ours. */
__attribute__((warn_unused_result))
bool notice_read(struct notice *n, struct slice record);

/* The value of a field, or an empty slice. */
struct slice notice_get(const struct notice *n, const char *key);

#endif
