/*
 * intake.h - what a tap cannot see: logins of a VPN or a directory, USB
 * sticks at an endpoint.  docs/intake.md is the contract with who sends.
 *
 * A UNIX socket, 0660 for root and weir's group, and TLS with certificates of
 * named writers: who may write is believed.  One event a line, as a JSON object
 * or inside RFC 5424; lines, clients and rates are bounded, refused lines
 * counted and answered nothing.
 */
#ifndef INTAKE_H
#define INTAKE_H

#include "base/slice.h"
#include "flow/event.h"

enum { INTAKE_EVENTS = 2, INTAKE_LINE = 8192, INTAKE_WHY = 128 };

struct core;
struct intake;

struct intake_counts {
	uint64_t lines, refused, clients, crowded;
	uint64_t turned_away;		/* writers, not lines */
};

/* Sockets that are -1 are not there. */
struct intake *intake_new(struct core *c, int fd, int tls_fd);
void intake_free(struct intake *i);
const struct intake_counts *intake_counts(const struct intake *i);

/*
 * One line into at most INTAKE_EVENTS events, in their order; their number,
 * or 0 with the reason in why[INTAKE_WHY].  now_us is theirs unless the line
 * tells a time of the last day.
 */
size_t intake_read(struct slice line, int64_t now_us, struct event *events,
    char *why);

#endif
