/*
 * format.h - from a record to the line a collector gets.
 *
 * The record (one JSON object, as in docs/record-1.json) is the only source:
 * what a format cannot show can still be looked up by the record's id.
 * Fields stand in the order of the record, the essentials first, and are
 * left out from the end when the line would be too long; a value is never
 * cut.  Every value passes base/text and the format's own quoting, so no
 * input can forge a line or a field.
 */
#ifndef ALERT_FORMAT_H
#define ALERT_FORMAT_H

#include "base/text.h"

enum format { FORMAT_RFC5424, FORMAT_RFC3164, FORMAT_JSON, FORMAT_CEF,
	FORMAT_LEEF };
enum header { HEADER_NONE, HEADER_RFC5424, HEADER_RFC3164 };

extern const char *const format_names[];	/* these end with NULL */
extern const char *const header_names[];
extern const char *const facility_names[];
extern const char *const severity_names[];
extern const char *const risk_names[];

struct format_style {
	int format;			/* enum format */
	int header;			/* enum header, for bodies */
	int facility;			/* 0 to 23 */
	int severity_high, severity_medium, severity_low, severity_health;
	int64_t max_bytes;
};

enum { FORMAT_LINE = 65536 };		/* room for any line */

struct notice;

/* Append the line, without a newline.  t must have room for max_bytes. */
void format_line(struct text *t, const struct format_style *style,
    const struct notice *n);

#endif
