/*
 * slice.h - a read cursor over bytes we neither own nor trust.
 *
 * Every bounds check on wire data lives here.  A read past the end returns
 * zero and makes the slice short for good: all later reads return zero too.
 * A parser therefore reads a structure straight through and asks once:
 *
 *	uint16_t type = slice_u16(&in);
 *	struct slice body = slice_block16(&in);
 *
 *	if (slice_short(in))
 *		return MORE;
 *
 * Which slice ran short tells truncation from damage: the outer one means
 * "wait for more bytes", one cut from a complete block means "malformed".
 * Loop on slice_more(), never on a count from the wire.  A slice is two
 * words: pass it by value, copy it to look ahead.  It owns nothing and lives
 * as long as the buffer it was cut from.
 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const uint8_t *p;	/* next byte; NULL once a read ran short */
	size_t n;		/* bytes left */
};

static inline struct slice slice_of(const void *bytes, size_t n)
{
	return (struct slice){ bytes, bytes ? n : 0 };
}

static inline struct slice slice_str(const char *text)
{
	return slice_of(text, strlen(text));
}

/* A field of fixed size, padded with zeros. */
static inline struct slice slice_field(const char *field, size_t size)
{
	return slice_of(field, strnlen(field, size));
}

static inline bool slice_short(struct slice s)
{
	return s.p == NULL;
}

static inline bool slice_more(struct slice s)
{
	return s.n > 0;
}

/* The next n bytes, or NULL.  The only place where a cursor moves. */
static inline const uint8_t *slice_bytes(struct slice *s, size_t n)
{
	const uint8_t *at = s->p;

	if (at == NULL || n > s->n) {
		*s = slice_of(NULL, 0);
		return NULL;
	}
	s->p += n;
	s->n -= n;
	return at;
}

static inline void slice_skip(struct slice *s, size_t n)
{
	(void)slice_bytes(s, n);
}

/* Cut the next n bytes off as a slice of their own. */
static inline struct slice slice_take(struct slice *s, size_t n)
{
	return slice_of(slice_bytes(s, n), n);
}

/* At most n bytes from the front; never runs short. */
static inline struct slice slice_head(struct slice s, size_t n)
{
	return slice_of(s.p, s.n < n ? s.n : n);
}

static inline uint8_t slice_u8(struct slice *s)
{
	const uint8_t *b = slice_bytes(s, 1);

	return b ? b[0] : 0;
}

static inline uint16_t slice_u16(struct slice *s)
{
	const uint8_t *b = slice_bytes(s, 2);

	return b ? (uint16_t)(b[0] << 8 | b[1]) : 0;
}

static inline uint32_t slice_u24(struct slice *s)
{
	const uint8_t *b = slice_bytes(s, 3);

	return b ? (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2] : 0;
}

static inline uint32_t slice_u32(struct slice *s)
{
	const uint8_t *b = slice_bytes(s, 4);

	return b ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3] : 0;
}

static inline uint64_t slice_u64(struct slice *s)
{
	uint64_t high = slice_u32(s);
	uint64_t low = slice_u32(s);

	return slice_short(*s) ? 0 : high << 32 | low;
}

static inline uint16_t slice_le16(struct slice *s)
{
	uint16_t v = slice_u16(s);

	return (uint16_t)(v << 8 | v >> 8);
}

static inline uint32_t slice_le32(struct slice *s)
{
	return __builtin_bswap32(slice_u32(s));
}

static inline uint64_t slice_le64(struct slice *s)
{
	return __builtin_bswap64(slice_u64(s));
}

/* RFC 9000 16: two bits of length, then 6, 14, 30 or 62 bits of value. */
static inline uint64_t slice_varint(struct slice *s)
{
	uint64_t v = slice_u8(s);
	int more = (1 << (v >> 6)) - 1;

	v &= 0x3f;
	while (more-- > 0)
		v = v << 8 | slice_u8(s);
	return slice_short(*s) ? 0 : v;
}

/* Blocks: a big-endian length of 8, 16 or 24 bits, then that many bytes. */
static inline struct slice slice_block8(struct slice *s)
{
	return slice_take(s, slice_u8(s));
}

static inline struct slice slice_block16(struct slice *s)
{
	return slice_take(s, slice_u16(s));
}

static inline struct slice slice_block24(struct slice *s)
{
	return slice_take(s, slice_u24(s));
}

/* Bytes up to, and past, the first `stop`; short when there is none. */
static inline struct slice slice_until(struct slice *s, uint8_t stop)
{
	const uint8_t *hit = s->n ? memchr(s->p, stop, s->n) : NULL;
	struct slice before;

	if (hit == NULL)
		return *s = slice_of(NULL, 0);
	before = slice_take(s, (size_t)(hit - s->p));
	slice_skip(s, 1);
	return before;
}

static inline bool slice_is(struct slice s, const char *text)
{
	size_t n = strlen(text);

	return s.n == n && s.p != NULL && memcmp(s.p, text, n) == 0;
}

static inline bool slice_starts(struct slice s, const char *text)
{
	return slice_is(slice_head(s, strlen(text)), text);
}

#endif
