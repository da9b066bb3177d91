/*
 * wire.h - the small readers several dissectors share.
 *
 * All are linear in their input and look at it once.  Nothing here knows a
 * protocol.
 */
#ifndef WIRE_H
#define WIRE_H

#include <string.h>

#include "dissector.h"

/* Pass over n bytes of this side: those at hand, and the rest unseen. */
static inline void pass_over(struct dissection *d, struct slice *in,
    uint64_t n)
{
	size_t here = n < in->n ? (size_t)n : in->n;

	slice_skip(in, here);
	d->skip = n - here;
}

/* Everything at hand is of no use. */
static inline void drop_all(struct slice *in)
{
	slice_skip(in, in->n);
}

static inline uint8_t ascii_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* Equal to `text`, or beginning with it, whatever the case. */
bool ascii_same(struct slice s, const char *text);
bool ascii_starts(struct slice s, const char *text);

/* Does what is there of `s` agree with `text`? */
bool could_start(struct slice s, const char *text);

/* All of it a decimal number that fits; 0 and *bad = true when not. */
uint64_t ascii_decimal(struct slice s, bool *bad);

/* The next word: up to a space or the end.  Never runs short. */
struct slice ascii_word(struct slice *s);

/* Without the spaces, tabs and CRs at both ends. */
struct slice ascii_trim(struct slice s);

/* Printable ASCII throughout, and not empty. */
bool ascii_plain(struct slice s);

/*
 * A line without its end (LF, or CR LF); *in moves past it.  Short when
 * there is no whole line.
 */
struct slice line_next(struct slice *in);

/* What stands before the first `stop`; all of it if there is none. */
struct slice slice_before(struct slice s, uint8_t stop);

/* What follows the first `needle`; an empty, short slice if there is none. */
struct slice find_after(struct slice s, const char *needle);

/* After a number, an address, or a name in the way this protocol says it. */
bool addr_of_text(struct addr *a, struct slice s);

/* FNV-1a: to tell texts apart, not to trust in. */
uint32_t checksum(struct slice s);

/*
 * Bytes of a file have moved.  It is told itself before the first of them,
 * unless *told, or told is NULL: nothing is known of it.
 */
void file_moved(struct dissection *d, struct fact file, bool *told,
    uint64_t bytes);

/* The last few texts of a kind that have been told. */
struct told {
	uint8_t n;
	uint32_t sum[8];
};

/* Was it one of them?  It is now. */
bool told_before(struct told *t, struct slice text);

/*
 * The value of the first "key" in a JSON text: a string without its quotes,
 * or the characters of a number.  Escapes stay as they are; depth is not
 * looked at.  Empty when absent.
 */
struct slice json_value(struct slice s, const char *key);

/* The value of an attribute in the text of one XML tag; empty if absent. */
struct slice xml_attribute(struct slice tag, const char *name);

/* UTF-16LE to UTF-8 in `room` bytes of `text`; stops where it is full. */
struct slice utf16_text(struct slice s, char *text, size_t room);

/* Base64 (RFC 4648) into `room` bytes; stops at the first foreign byte. */
struct slice base64_bytes(struct slice s, uint8_t *bytes, size_t room);

/* "00-11-22-33-44-55", "0011.2233.4455" and the like. */
bool mac_of_text(uint8_t mac[6], struct slice s);

#endif
