/*
 * outbox.h - delivery without a spool: letters in memory, sent at the end.
 *
 * For `weir -r`, which is over when the capture is: everything is kept until
 * outbox_drain() sends it and says what could not be sent.
 */
#ifndef ALERT_OUTBOX_H
#define ALERT_OUTBOX_H

#include "alert/output.h"

struct outbox;

struct outbox *outbox_new(void);
void outbox_free(struct outbox *o);
__attribute__((warn_unused_result))
bool outbox_add(struct outbox *o, const struct output *output,
    const void *settings);
/* record: an `alert` or `health` record; copied. */
__attribute__((warn_unused_result))
bool outbox_put(struct outbox *o, struct slice record);
/* How many letters some collector has not acknowledged after `wait_us`;
 * each of those collectors is named in a warning. */
size_t outbox_drain(struct outbox *o, int64_t wait_us);

#endif
