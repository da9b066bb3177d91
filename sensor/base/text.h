/*
 * text.h - building text in a buffer that cannot overflow.
 *
 * Appends stop at the end of the buffer and set `cut`; the result is always
 * terminated.  Everything that came from the wire passes text_escape(): the
 * one place that decides what a log line, an alert or a page may contain.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdint.h>

#include "base/slice.h"

struct text {
	char *p;		/* always terminated */
	size_t n;		/* bytes written, without the terminator */
	size_t size;		/* of the buffer */
	bool cut;		/* something did not fit */
};

struct text text_in(char *buffer, size_t size);
void text_add(struct text *t, const char *s);
void text_bytes(struct text *t, const void *bytes, size_t n);
__attribute__((format(printf, 2, 3)))
void text_printf(struct text *t, const char *fmt, ...);

/* Decimal, at least `digits` long (0 in front): what records are made of. */
void text_u64(struct text *t, uint64_t value, int digits);

/* Take back everything after `n` bytes, and the cut mark. */
void text_rewind(struct text *t, size_t n);

/*
 * How one character from the wire is to be shown: the length of the valid
 * and harmless UTF-8 character at the front of `s`, or 0 when its first byte
 * must be escaped (control, bidi and zero-width characters, bad UTF-8).
 */
size_t text_char(struct slice s);

/* Append untrusted bytes; what text_char() refuses becomes \xHH. */
void text_escape(struct text *t, struct slice s);

/* "312 MB", "41 kB": powers of 1000, three digits at most. */
void text_volume(struct text *t, uint64_t bytes);

/* RFC 3339 UTC with microseconds: "2026-11-24T07:50:00.123456Z". */
void text_time(struct text *t, int64_t at_us);

#endif
