/*
 * output.h - a way for alerts to leave the sensor, and all it may touch.
 *
 * An output carries finished lines to one collector.  Its settings are a
 * plain struct that begins with struct output_common; its options table
 * begins with OUTPUT_COMMON, so its section of weir.yaml, the checks of
 * `weir -T` and its part of the manual follow from it.
 *
 * A link is one connection, or one attempt at it.  It is never waited for:
 * everything happens in callbacks of one libevent base.  When it is lost the
 * owner closes it and, after a pause, opens another one and sends again
 * whatever was not acknowledged.
 *
 * To add one: write sensor/alert/output_NAME.c defining output_NAME, and add
 * a line to sensor/alert/list.h.
 */
#ifndef ALERT_OUTPUT_H
#define ALERT_OUTPUT_H

#include "alert/format.h"
#include "base/slice.h"
#include "know/conf.h"

struct event_base;

struct output_common {			/* `outputs:` of weir.yaml */
	char *type;			/* the output's name */
	char *name;			/* NULL: made from type and address */
	char *failover;			/* NULL: on its own; see failover.h */
	struct format_style style;
	int least;			/* enum risk: send from here upwards */
	bool health;			/* also health and heartbeats */
};

#define OUTPUT_AT(member) offsetof(struct output_common, member)

/* `frame` is the header standing before JSON, CEF and LEEF bodies. */
#define OUTPUT_COMMON(frame) \
	{ "type", CONF_TEXT, OUTPUT_AT(type), .required = true, \
	    .help = "what kind of output this is" }, \
	{ "name", CONF_TEXT, OUTPUT_AT(name), \
	    .help = "names its cursor, counters and log messages" }, \
	{ "failover", CONF_TEXT, OUTPUT_AT(failover), .max = 64, \
	    .help = "a group of outputs: the first one reached is served" }, \
	{ "format", CONF_CHOICE, OUTPUT_AT(style.format), \
	    .choices = format_names, .help = "how a line looks" }, \
	{ "header", CONF_CHOICE, OUTPUT_AT(style.header), \
	    .choices = header_names, .standard = frame, \
	    .help = "what precedes a json, cef or leef body" }, \
	{ "facility", CONF_CHOICE, OUTPUT_AT(style.facility), \
	    .choices = facility_names, .standard = 13, \
	    .help = "syslog facility" }, \
	{ "severity-high", CONF_CHOICE, OUTPUT_AT(style.severity_high), \
	    .choices = severity_names, .standard = 2, \
	    .help = "syslog severity of high-risk alerts" }, \
	{ "severity-medium", CONF_CHOICE, OUTPUT_AT(style.severity_medium), \
	    .choices = severity_names, .standard = 4, \
	    .help = "syslog severity of medium-risk alerts" }, \
	{ "severity-low", CONF_CHOICE, OUTPUT_AT(style.severity_low), \
	    .choices = severity_names, .standard = 5, \
	    .help = "syslog severity of low-risk alerts" }, \
	{ "severity-health", CONF_CHOICE, OUTPUT_AT(style.severity_health), \
	    .choices = severity_names, .standard = 5, \
	    .help = "syslog severity of health findings and heartbeats" }, \
	{ "max-bytes", CONF_BYTES, OUTPUT_AT(style.max_bytes), 480, 65536, \
	    2048, .help = "longest line; fields are left out to fit" }, \
	{ "least-risk", CONF_CHOICE, OUTPUT_AT(least), \
	    .choices = risk_names, .help = "send alerts from this risk on" }, \
	{ "health", CONF_BOOL, OUTPUT_AT(health), .standard = 1, \
	    .help = "also health findings and heartbeats" }

/* Whom a link tells what becomes of it. */
struct output_host {
	struct event_base *base;
	/* The collector has everything up to and with this number. */
	void (*acked)(void *arg, uint64_t seq);
	void (*ready)(void *arg);	/* send() may be tried (again) */
	/* Over.  The owner will call close(), not within this call. */
	void (*down)(void *arg, const char *why);
	void *arg;
};

enum { OUTPUT_WHY = 640 };

struct output {
	const char *name;		/* `type:` in weir.yaml */
	const struct conf_field *options;	/* ends with a NULL name */
	size_t conf_size;

	/* What the table cannot check; NULL: nothing.  Reports to *e. */
	void (*check)(const void *settings, const struct conf_node *at,
	    struct conf_errors *e);
	/* The address, for messages; written into `text`. */
	void (*label)(const void *settings, struct text *text);
	/* NULL: cannot even be tried; reason in `why` (OUTPUT_WHY bytes). */
	void *(*open)(const void *settings, const struct output_host *host,
	    char *why);
	/* False: not now; ready() will be called. */
	bool (*send)(void *link, uint64_t seq, struct slice line);
	void (*close)(void *link);
};

extern const struct output *const outputs[];	/* ends with NULL */

/* What names its cursor: the group it fails over in, its own name, or where
 * it leads. */
void output_name(const struct output *o, const void *settings,
    char *name, size_t size);

#endif
