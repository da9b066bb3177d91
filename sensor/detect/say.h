/*
 * say.h - the words and points shared by all detections.
 */
#ifndef DETECT_SAY_H
#define DETECT_SAY_H

#include "base/text.h"
#include "detect/detect.h"

/* One more part of the score; it is listed in the evidence. */
void score_part(struct alert *a, const char *part, int points);

/* "41 files (312 MB)" */
void say_amount(struct text *t, uint32_t count, uint64_t bytes);
/* "17:02", in the group's local time; with the date when not on that day. */
void say_time(struct text *t, const struct look *look, int64_t at_us);
/* "between 17:02 and 17:40" */
void say_span(struct text *t, const struct look *look, int64_t from_us,
    int64_t to_us);
/* "; Pixel 6 appeared there at 17:58", where a device announced itself. */
void say_device(struct text *t, const struct look *look);
/* A transfer's destination: host, else service, else address. */
void say_target(struct text *t, const struct transfer *did);

#endif
