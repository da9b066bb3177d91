/*
 * summary_parts.h - what summary.c gathers and summary_print.c shows.
 */
#ifndef SUMMARY_PARTS_H
#define SUMMARY_PARTS_H

#include "base/table.h"
#include "summary.h"

enum { SUMMARY_ALERTS = 500 };		/* kept; the rest are counted */

struct row_key {
	char who[48];
	char service[32];
};

struct row {
	struct row_key key;
	char name[40], group[40];
	enum category category;
	uint64_t up, down;		/* bytes of all flows */
	uint64_t flows;
	uint64_t user_bytes;		/* of all rows of this user */
	uint64_t files[2];		/* transfers counted, by enum way */
	uint64_t file_bytes[2];
	bool uncertain[2];		/* a count is a range */
	bool unapproved;
};

struct line {				/* one alert, as printed */
	enum withheld withheld;
	enum risk risk;
	char kind[32];
	char text[ALERT_TEXT];
};

struct summary {
	struct table rows;
	struct line *alerts;
	uint64_t alerts_n;
	uint64_t unnamed_flows, unnamed_bytes;
	uint64_t tcp_flows, one_sided;
	uint64_t blind_flows, blind_bytes;
	int64_t first_us, last_us;
};

#endif
