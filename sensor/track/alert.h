/*
 * alert.h - one finding about one user, ready to be formatted.
 *
 * Evidence is an ordered list of keys and values: the first ones are the
 * essentials, the last are dropped first when a line must be short.  Text
 * values may come from the wire; formats escape them.
 */
#ifndef TRACK_ALERT_H
#define TRACK_ALERT_H

#include <stdint.h>

#include "track/transfer.h"

/* Why an alert is not sent: the sensor is too young for a baseline, nothing is
 * to be sent, too much was, or an operator wants to hear no more of it. */
enum withheld { WITHHELD_NOT, WITHHELD_COLD, WITHHELD_DRY, WITHHELD_STORM,
	WITHHELD_SUPPRESSED };

enum risk { RISK_LOW, RISK_MEDIUM, RISK_HIGH };

enum { ALERT_EVIDENCE = 48, ALERT_TRANSFERS = 16, ALERT_TEXT = 400,
	ALERT_ID = 24, ALERT_NAME = 96 };

struct evidence_pair {
	const char *key;		/* snake_case, static */
	bool is_text;
	bool is_real;
	int64_t number;
	double real;
	char text[64];
};

struct alert {
	char id[ALERT_ID];		/* unique, stable when replayed */
	const char *kind;		/* "bulk-download" */
	const char *title;		/* "Bulk IM/Chat Download" */
	enum risk risk;
	int score;			/* 0 to 100 */
	char user[ALERT_NAME];
	char group[ALERT_NAME];
	char service[ALERT_NAME];	/* where from */
	char target[ALERT_NAME];	/* where to, empty if nowhere */
	char client[ADDR_TEXT];
	char message[ALERT_TEXT];	/* one sentence for a human */
	char techniques[ALERT_NAME];	/* "IT1021,IT1024,T1567.002" */
	int64_t at_us, first_us, last_us;
	uint64_t bytes, count;
	struct evidence_pair evidence[ALERT_EVIDENCE];
	unsigned int evidence_n;
	uint64_t transfers[ALERT_TRANSFERS];
	unsigned int transfers_n;
	char update_of[ALERT_ID];	/* empty: the first of its incident */
	uint32_t grounds;		/* which of the detection's rules hold,
					   one bit each: a new one is news */
	enum withheld withheld;		/* logged and kept, but not sent */
};

void alert_number(struct alert *a, const char *key, int64_t value);
void alert_real(struct alert *a, const char *key, double value);
void alert_text(struct alert *a, const char *key, struct slice value);

const char *risk_name(enum risk r);		/* "high" */
const char *withheld_name(enum withheld w);	/* "dry-run" */

#endif
