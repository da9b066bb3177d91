/*
 * report.h - turning what a worker knows of a flow into events.
 *
 * Pure copying: no decisions, no counters.  The identity of a flow is a hash
 * of its key and its first packet's time, so it is the same for any number
 * of workers and in every replay.
 */
#ifndef REPORT_H
#define REPORT_H

#include "capture/packet.h"
#include "flow/event.h"
#include "infer/infer.h"

/* Addresses, ports, name and totals of the flow at time at_us. */
void report_flow(struct event *ev, const struct flow *f, int64_t at_us,
    const char *host);
/* On top of report_flow(): one transfer found inside the flow. */
void report_found(struct event *ev, const struct found *found);

/* Fixed-size, NUL-padded text; a longer host keeps its end, text its
 * beginning. */
void report_host(struct event *ev, struct slice host);
void report_text(struct event *ev, struct slice text);

#endif
