/*
 * persist.h - what the analysis tells the store, and alerts read back.
 */
#ifndef PERSIST_H
#define PERSIST_H

#include "analysis/analysis.h"
#include "track/store.h"

/* An alert whose texts live in it. */
struct persisted {
	struct alert alert;
	char keys[ALERT_EVIDENCE][32];
};

bool persist_alert_read(struct persisted *p, const void *blob, size_t n);
/* Bytes used of `size`, 0: it does not fit. */
size_t persist_alert(const struct alert *a, char *into, size_t size);

#endif
