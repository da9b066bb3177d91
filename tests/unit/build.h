/*
 * build.h - putting binary messages together, field by field.
 */
#ifndef TESTS_BUILD_H
#define TESTS_BUILD_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct build {
	uint8_t b[8192];
	size_t n;
};

static inline void put(struct build *m, const void *bytes, size_t n)
{
	if (n > sizeof(m->b) - m->n)
		abort();
	memcpy(m->b + m->n, bytes, n);
	m->n += n;
}

static inline void put_text(struct build *m, const char *s)
{
	put(m, s, strlen(s));
}

static inline void put_u8(struct build *m, unsigned v)
{
	put(m, &(uint8_t){ (uint8_t)v }, 1);
}

static inline void put_fill(struct build *m, unsigned v, size_t n)
{
	while (n-- > 0)
		put_u8(m, v);
}

static inline void put_be(struct build *m, uint64_t v, int bytes)
{
	while (bytes-- > 0)
		put_u8(m, (unsigned)(v >> 8 * bytes & 0xff));
}

static inline void put_le(struct build *m, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		put_u8(m, (unsigned)(v >> 8 * i & 0xff));
}

/* ASCII as UTF-16LE */
static inline void put_wide(struct build *m, const char *s)
{
	while (*s)
		put_le(m, (uint8_t)*s++, 2);
}

#define STEP(side, m) { side, (m).b, (m).n, 0 }

#endif
