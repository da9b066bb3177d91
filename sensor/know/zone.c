/*
 * Time zones: TZif version 2 and its footer (RFC 9636), or a fixed offset.
 *
 * The footer is a POSIX rule like "CET-1CEST,M3.5.0,M10.5.0/3"; only its
 * M form is read, which is all that current zones use.  A file we cannot
 * read in full is refused: an hour's error moves alerts to another day.
 */
#include "know/zone.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/slice.h"

enum { MAX_FILE = 65536, MAX_TYPES = 64, HEADER = 44, DAY = 86400 };

struct turn {				/* "M3.5.0/2": when the clock turns */
	int month, week, day;
	int32_t at;			/* seconds of that day */
};

struct zone {
	size_t n;
	int64_t *since;
	uint8_t *type;
	int32_t offset[MAX_TYPES];
	bool has_rule, has_summer;
	int32_t standard, summer;
	struct turn to_summer, to_standard;
};

/* ---- the rule in the footer ---- */

static bool skip_name(struct slice *s)
{
	size_t n = 0;
	bool quoted = slice_starts(*s, "<");

	if (quoted)
		return slice_until(s, '>').p != NULL;
	while (n < s->n && isalpha(s->p[n]))
		n++;
	slice_skip(s, n);
	return n >= 3;
}

static bool read_number(struct slice *s, int *value)
{
	*value = 0;
	if (!slice_more(*s) || !isdigit(*s->p))
		return false;
	while (slice_more(*s) && isdigit(*s->p) && *value < 10000)
		*value = *value * 10 + (slice_u8(s) - '0');
	return true;
}

static bool take_char(struct slice *s, char c)
{
	if (!slice_more(*s) || *s->p != (uint8_t)c)
		return false;
	slice_skip(s, 1);
	return true;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(struct slice *s, int32_t *seconds)
{
	bool minus = take_char(s, '-');
	int h, m = 0, sec = 0;

	if (!minus)
		take_char(s, '+');
	if (!read_number(s, &h) || (take_char(s, ':') && (!read_number(s, &m)
	    || (take_char(s, ':') && !read_number(s, &sec)))))
		return false;
	if (h > 167 || m > 59 || sec > 59)
		return false;
	*seconds = (h * 3600 + m * 60 + sec) * (minus ? -1 : 1);
	return true;
}

static bool read_turn(struct slice *s, struct turn *t)
{
	t->at = 7200;
	return take_char(s, ',') && take_char(s, 'M') &&
	    read_number(s, &t->month) && take_char(s, '.') &&
	    read_number(s, &t->week) && take_char(s, '.') &&
	    read_number(s, &t->day) && t->month >= 1 && t->month <= 12 &&
	    t->week >= 1 && t->week <= 5 && t->day <= 6 &&
	    (!take_char(s, '/') || read_time(s, &t->at));
}

static bool read_rule(struct zone *z, struct slice s)
{
	if (s.n == 0)
		return true;
	if (!skip_name(&s) || !read_time(&s, &z->standard))
		return false;
	z->standard = -z->standard;
	z->has_rule = true;
	if (s.n == 0)
		return true;
	z->summer = z->standard + 3600;
	if (!skip_name(&s))
		return false;
	if (slice_more(s) && *s.p != ',') {
		if (!read_time(&s, &z->summer))
			return false;
		z->summer = -z->summer;
	}
	z->has_summer = true;
	return read_turn(&s, &z->to_summer) &&
	    read_turn(&s, &z->to_standard) && s.n == 0;
}

/* Days since 1970 of the first of a month. */
static int64_t days_of(int64_t year, int month)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
		273, 304, 334 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	int64_t y = year - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 + before[month - 1] +
	    (leap && month > 2) - 719162;
}

/* When the clock turns in that year, in seconds of its own wall clock. */
static int64_t turn_at(const struct turn *t, int64_t year)
{
	int64_t first = days_of(year, t->month);
	int64_t next = t->month == 12 ? days_of(year + 1, 1) :
	    days_of(year, t->month + 1);
	int64_t weekday = ((first + 4) % 7 + 7) % 7;
	int64_t day = first + (t->day - weekday + 7) % 7 +
	    (t->week - 1) * 7;

	while (day >= next)
		day -= 7;
	return day * DAY + t->at;
}

static int32_t rule_offset(const struct zone *z, int64_t at)
{
	int64_t year, on, off;
	bool between;

	if (!z->has_summer)
		return z->standard;
	year = 1970 + (at + z->standard) / (int64_t)(365.2425 * DAY);
	while (days_of(year + 1, 1) * DAY <= at + z->standard)
		year++;
	while (days_of(year, 1) * DAY > at + z->standard)
		year--;
	on = turn_at(&z->to_summer, year) - z->standard;
	off = turn_at(&z->to_standard, year) - z->summer;
	between = on < off ? at >= on && at < off : at >= on || at < off;
	return between ? z->summer : z->standard;
}

/* ---- the file ---- */

struct counts {
	uint32_t isut, isstd, leap, times, types, chars;
};

static bool read_header(struct slice *s, struct counts *c, uint8_t *version)
{
	struct slice magic = slice_take(s, 4);

	*version = slice_u8(s);
	slice_skip(s, 15);
	c->isut = slice_u32(s);
	c->isstd = slice_u32(s);
	c->leap = slice_u32(s);
	c->times = slice_u32(s);
	c->types = slice_u32(s);
	c->chars = slice_u32(s);
	return slice_is(magic, "TZif") && !slice_short(*s) &&
	    c->times < MAX_FILE && c->types > 0 && c->types <= MAX_TYPES &&
	    c->chars < MAX_FILE && c->leap < MAX_FILE &&
	    c->isut <= c->types && c->isstd <= c->types;
}

static bool read_body(struct zone *z, struct slice *s,
    const struct counts *c)
{
	uint32_t i;

	z->n = c->times;
	z->since = calloc(z->n + 1, sizeof(*z->since));
	z->type = calloc(z->n + 1, 1);
	if (z->since == NULL || z->type == NULL)
		return false;
	for (i = 0; i < c->times; i++)
		z->since[i] = (int64_t)slice_u64(s);
	for (i = 0; i < c->times; i++)
		if ((z->type[i] = slice_u8(s)) >= c->types)
			return false;
	for (i = 0; i < c->types; i++) {
		z->offset[i] = (int32_t)slice_u32(s);
		slice_skip(s, 2);
	}
	slice_skip(s, c->chars + c->leap * 12 + c->isstd + c->isut);
	return !slice_short(*s);
}

static bool read_zone(struct zone *z, struct slice s)
{
	struct counts c;
	uint8_t version;

	if (!read_header(&s, &c, &version) || version < '2')
		return false;
	slice_skip(&s, c.times * 5 + c.types * 6 + c.chars + c.leap * 8 +
	    c.isstd + c.isut);
	return read_header(&s, &c, &version) && read_body(z, &s, &c) &&
	    slice_u8(&s) == '\n' && read_rule(z, slice_until(&s, '\n')) &&
	    !slice_short(s);
}

static bool fixed(struct zone *z, const char *name)
{
	struct slice s = slice_str(name);

	if (*name != '+' && *name != '-')
		return false;
	z->has_rule = read_time(&s, &z->standard) && s.n == 0;
	return z->has_rule;
}

static bool from_file(struct zone *z, const char *name)
{
	char path[256];
	uint8_t *bytes = malloc(MAX_FILE);
	ssize_t n = 0;
	bool fine = false;
	int fd;

	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd != -1 && bytes != NULL)
		n = read(fd, bytes, MAX_FILE);
	if (n > 0)
		fine = read_zone(z, slice_of(bytes, (size_t)n));
	if (fd != -1)
		close(fd);
	free(bytes);
	return fine;
}

struct zone *zone_load(const char *name, const char **why)
{
	struct zone *z = calloc(1, sizeof(*z));

	if (z == NULL) {
		*why = "out of memory";
		return NULL;
	}
	if (strcmp(name, "UTC") == 0) {
		z->has_rule = true;
		return z;
	}
	if (fixed(z, name))
		return z;
	if (*name == '/' || strstr(name, "..") != NULL || strlen(name) > 64)
		*why = "not the name of a time zone";
	else if (from_file(z, name))
		return z;
	else
		*why = "no such time zone in /usr/share/zoneinfo";
	zone_free(z);
	return NULL;
}

void zone_free(struct zone *z)
{
	if (z == NULL)
		return;
	free(z->since);
	free(z->type);
	free(z);
}

int32_t zone_offset(const struct zone *z, int64_t at)
{
	size_t low = 0, high, middle;

	if (z == NULL)
		return 0;
	if (z->has_rule && (z->n == 0 || at >= z->since[z->n - 1]))
		return rule_offset(z, at);
	for (high = z->n; low < high; ) {
		middle = (low + high) / 2;
		if (z->since[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? z->offset[z->type[low - 1]] : z->offset[0];
}
