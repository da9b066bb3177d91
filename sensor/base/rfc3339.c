/*
 * rfc3339.c - see rfc3339.h.
 */
#include "base/rfc3339.h"

#include <time.h>

static int digits(struct slice *s, size_t n)
{
	int v = 0;

	while (n-- > 0) {
		uint8_t c = slice_u8(s);

		if (c < '0' || c > '9')
			return *s = slice_of(NULL, 0), 0;
		v = v * 10 + (c - '0');
	}
	return v;
}

static void expect(struct slice *s, char c)
{
	if (slice_u8(s) != (uint8_t)c)
		*s = slice_of(NULL, 0);
}

/* ".123" and the like, or nothing: in microseconds. */
static int64_t fraction(struct slice *s)
{
	int64_t us = 0, unit = 100000;

	if (!slice_more(*s) || *s->p != '.')
		return 0;
	slice_skip(s, 1);
	while (slice_more(*s) && *s->p >= '0' && *s->p <= '9') {
		us += (slice_u8(s) - '0') * unit;
		unit /= 10;
	}
	return us;
}

/* "Z", "+02:00" */
static int64_t offset_us(struct slice *s)
{
	uint8_t sign = slice_u8(s);
	int64_t minutes;

	if (sign == 'Z')
		return 0;
	minutes = digits(s, 2) * 60;
	expect(s, ':');
	minutes += digits(s, 2);
	if (sign != '+' && sign != '-')
		*s = slice_of(NULL, 0);
	return (sign == '+' ? minutes : -minutes) * 60000000;
}

int64_t rfc3339_read(struct slice text)
{
	struct tm tm = { 0 };
	int64_t us;

	tm.tm_year = digits(&text, 4) - 1900;
	expect(&text, '-');
	tm.tm_mon = digits(&text, 2) - 1;
	expect(&text, '-');
	tm.tm_mday = digits(&text, 2);
	expect(&text, 'T');
	tm.tm_hour = digits(&text, 2);
	expect(&text, ':');
	tm.tm_min = digits(&text, 2);
	expect(&text, ':');
	tm.tm_sec = digits(&text, 2);
	us = fraction(&text);
	us -= offset_us(&text);
	if (slice_short(text) || slice_more(text))
		return -1;
	return (int64_t)timegm(&tm) * 1000000 + us;
}
