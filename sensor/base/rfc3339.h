/*
 * rfc3339.h - a moment as records write it, read back.
 *
 * "2026-11-24T07:50:00.123456Z": any number of decimals, any offset.
 * The other way is text_time() of base/text.h.
 */
#ifndef BASE_RFC3339_H
#define BASE_RFC3339_H

#include "base/slice.h"

/* Microseconds since 1970; -1 when it is not a time. */
int64_t rfc3339_read(struct slice text);

#endif
