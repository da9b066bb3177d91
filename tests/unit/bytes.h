/*
 * bytes.h - packets and files built byte by byte, for tests.
 */
#ifndef TESTS_UNIT_BYTES_H
#define TESTS_UNIT_BYTES_H

#include "base/slice.h"
#include "tap.h"

struct bytes {
	uint8_t b[70000];
	size_t n;
};

static inline void put(struct bytes *t, const void *bytes, size_t n)
{
	if (n > sizeof(t->b) - t->n)
		errx(1, "a test wrote too much");
	if (n > 0)
		memcpy(t->b + t->n, bytes, n);
	t->n += n;
}

/* In network order. */
static inline void put_n(struct bytes *t, uint64_t v, int n)
{
	while (n-- > 0) {
		uint8_t b = (uint8_t)(v >> 8 * n);

		put(t, &b, 1);
	}
}

static inline void put_text(struct bytes *t, const char *s)
{
	put(t, s, strlen(s));
}

static inline void put_u8(struct bytes *t, unsigned v)
{
	put(t, &(uint8_t){ (uint8_t)v }, 1);
}

static inline void put_fill(struct bytes *t, unsigned v, size_t n)
{
	while (n-- > 0)
		put_u8(t, v);
}

static inline void put_zeros(struct bytes *t, size_t n)
{
	put_fill(t, 0, n);
}

static inline void put_le(struct bytes *t, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		put_u8(t, (unsigned)(v >> 8 * i & 0xff));
}

/* ASCII as UTF-16LE */
static inline void put_wide(struct bytes *t, const char *s)
{
	while (*s)
		put_le(t, (uint8_t)*s++, 2);
}

/* Hexadecimal digits, spaces between them as one likes. */
static inline void put_hex(struct bytes *t, const char *hex)
{
	unsigned v;
	int used;

	while (sscanf(hex, " %2x%n", &v, &used) == 1) {
		put_n(t, v, 1);
		hex += used;
	}
}

static inline void patch16(struct bytes *t, size_t at, size_t v)
{
	t->b[at] = (uint8_t)(v >> 8);
	t->b[at + 1] = (uint8_t)v;
}

static inline struct slice all_of(const struct bytes *t)
{
	return slice_of(t->b, t->n);
}

#endif
