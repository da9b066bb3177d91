/*
 * summary.h - what `weir -r` prints for people: who took what from which
 * chat, what left afterwards, which alerts went out, what stayed unseen.
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <stdio.h>

#include "track/alert.h"
#include "track/transfer.h"
#include "worker/worker.h"

struct summary;

struct summary *summary_new(void);
void summary_free(struct summary *s);
void summary_flow(struct summary *s, const struct flow_seen *f);
void summary_transfer(struct summary *s, const struct transfer *t);
void summary_alert(struct summary *s, const struct alert *a);
void summary_print(struct summary *s, const struct worker_counts *counts,
    FILE *to);

#endif
