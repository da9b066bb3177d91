/*
 * der.h - reading DER and BER (X.690): tag, length, value.
 *
 * Kerberos and LDAP need one-byte tags and definite lengths; anything else
 * makes the slice short.
 */
#ifndef DER_H
#define DER_H

#include "wire.h"

enum { DER_INTEGER = 0x02, DER_OCTETS = 0x04, DER_ENUMERATED = 0x0a,
	DER_SEQUENCE = 0x30, DER_GENERAL_STRING = 0x1b };

/* [n] of Kerberos: context-specific, constructed. */
#define DER_CONTEXT(n) (0xa0 | (n))

static inline size_t der_length(struct slice *s)
{
	uint8_t first = slice_u8(s);

	switch (first) {
	case 0x81:
		return slice_u8(s);
	case 0x82:
		return slice_u16(s);
	case 0x83:
		return slice_u24(s);
	case 0x84:
		return slice_u32(s);
	}
	if (first > 0x84 || first == 0x80)
		*s = slice_of(NULL, 0);
	return first;
}

/* The next value; its tag in *tag.  Short when it is not all there. */
static inline struct slice der_next(struct slice *s, uint8_t *tag)
{
	size_t n;

	*tag = slice_u8(s);
	if ((*tag & 0x1f) == 0x1f)
		*s = slice_of(NULL, 0);
	n = der_length(s);
	return slice_take(s, n);
}

/* The next value, which must have this tag. */
static inline struct slice der_take(struct slice *s, uint8_t tag)
{
	uint8_t got;
	struct slice value = der_next(s, &got);

	if (got != tag)
		*s = value = slice_of(NULL, 0);
	return value;
}

/* The element with this tag among those in `s`; short when absent. */
static inline struct slice der_find(struct slice s, uint8_t tag)
{
	while (slice_more(s)) {
		uint8_t got;
		struct slice value = der_next(&s, &got);

		if (got == tag && !slice_short(s))
			return value;
	}
	return slice_of(NULL, 0);
}

static inline uint32_t der_integer(struct slice s)
{
	uint32_t v = 0;

	if (s.n > 4)
		return UINT32_MAX;
	while (slice_more(s))
		v = v << 8 | slice_u8(&s);
	return v;
}

#endif
