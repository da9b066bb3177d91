/*
 * text.c - bounded text, and the one escaping function.
 */
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct text text_in(char *buffer, size_t size)
{
	buffer[0] = '\0';
	return (struct text){ .p = buffer, .size = size };
}

void text_bytes(struct text *t, const void *bytes, size_t n)
{
	size_t room = t->size - t->n - 1;

	if (n > room) {
		n = room;
		t->cut = true;
	}
	memcpy(t->p + t->n, bytes, n);
	t->n += n;
	t->p[t->n] = '\0';
}

void text_add(struct text *t, const char *s)
{
	text_bytes(t, s, strlen(s));
}

void text_printf(struct text *t, const char *fmt, ...)
{
	size_t room = t->size - t->n;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->p + t->n, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room) {
		t->cut = true;
		n = (int)room - 1;
	}
	t->n += (size_t)n;
}

void text_u64(struct text *t, uint64_t value, int digits)
{
	char buffer[20];		/* of UINT64_MAX */
	size_t at = sizeof(buffer);

	do {
		buffer[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	while (at > sizeof(buffer) - (size_t)digits)
		buffer[--at] = '0';
	text_bytes(t, buffer + at, sizeof(buffer) - at);
}

void text_rewind(struct text *t, size_t n)
{
	t->n = n;
	t->p[n] = '\0';
	t->cut = false;
}

/* Bytes of the UTF-8 character at the front, 0 when malformed (RFC 3629). */
static size_t utf8_length(struct slice s, uint32_t *code)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t first = slice_u8(&s);
	size_t n = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 :
	    first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;

	if (n == 0)
		return 0;
	*code = n == 1 ? first : first & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		uint8_t next = slice_u8(&s);

		if ((next & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (next & 0x3f);
	}
	if (*code < least[n] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code < 0xe000))
		return 0;
	return n;
}

/* C0, C1, zero-width and bidi controls, line separators, tags, BOM. */
static bool code_deceives(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad ||
	    c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	    c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) ||
	    (c >= 0xe0000 && c <= 0xe0fff);
}

size_t text_char(struct slice s)
{
	uint32_t code = 0;
	size_t n = slice_more(s) ? utf8_length(s, &code) : 0;

	return n > 0 && code_deceives(code) ? 0 : n;
}

void text_escape(struct text *t, struct slice s)
{
	while (slice_more(s)) {
		size_t n = text_char(s);

		if (n == 0)
			text_printf(t, "\\x%02x", slice_u8(&s));
		else if (n > t->size - t->n - 1)
			t->cut = true, slice_skip(&s, n);
		else
			text_bytes(t, slice_bytes(&s, n), n);
	}
}

void text_volume(struct text *t, uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB",
	    "PB", "EB" };
	double v = (double)bytes;
	size_t unit = 0;

	while (v >= 999.5 && unit < 6) {
		v /= 1000;
		unit++;
	}
	text_printf(t, unit > 0 && v < 9.95 ? "%.1f %s" : "%.0f %s", v,
	    units[unit]);
}

static void put_after(struct text *t, const char *mark, int64_t value,
    int digits)
{
	text_add(t, mark);
	text_u64(t, (uint64_t)value, digits);
}

void text_time(struct text *t, int64_t at_us)
{
	int64_t s = at_us / 1000000, us = at_us % 1000000;
	struct tm tm;

	if (us < 0) {
		us += 1000000;
		s--;
	}
	gmtime_r(&(time_t){ s }, &tm);
	put_after(t, tm.tm_year < -1900 ? "-" : "",
	    labs(tm.tm_year + 1900L), 4);
	put_after(t, "-", tm.tm_mon + 1, 2);
	put_after(t, "-", tm.tm_mday, 2);
	put_after(t, "T", tm.tm_hour, 2);
	put_after(t, ":", tm.tm_min, 2);
	put_after(t, ":", tm.tm_sec, 2);
	put_after(t, ".", us, 6);
	text_add(t, "Z");
}
