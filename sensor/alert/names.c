/*
 * names.c - the words of weir.yaml for formats, headers, facilities, risks.
 */
#include "alert/format.h"

const char *const format_names[] = { "rfc5424", "rfc3164", "json", "cef",
	"leef", NULL };

const char *const header_names[] = { "none", "rfc5424", "rfc3164", NULL };

/* RFC 5424 table 1; the names of 12 to 15 are rsyslog's and syslog-ng's. */
const char *const facility_names[] = { "kern", "user", "mail", "daemon",
	"auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
	"ntp", "audit", "console", "cron2", "local0", "local1", "local2",
	"local3", "local4", "local5", "local6", "local7", NULL };

const char *const severity_names[] = { "emerg", "alert", "crit", "err",
	"warning", "notice", "info", "debug", NULL };

const char *const risk_names[] = { "low", "medium", "high", NULL };
