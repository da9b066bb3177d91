/*
 * syslog_line.h - one line to a syslog, and whether it was taken.
 *
 * For what must not happen unless it was written down elsewhere first;
 * syslog(3) does not tell.
 */
#ifndef SYSLOG_LINE_H
#define SYSLOG_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* to: the path of a socket, or HOST:PORT (TCP, RFC 5424 with RFC 6587 octet
 * counting).  False, and the reason in why[n]. */
__attribute__((warn_unused_result))
bool syslog_line(const char *to, const char *line, char *why, size_t n);

#endif
