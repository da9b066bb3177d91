/*
 * Numbers with units: 64k, 2GiB, 500ms, 30%.
 *
 * k, M, G, T (also kB, MB ...) are powers of 1000 and KiB, MiB ... powers of
 * 1024, as in the volumes that weir prints.  A decimal point is allowed; the
 * arithmetic stays in integers, and overflow is an error.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "know/conf.h"
#include "know/units.h"

struct unit {
	const char *name;
	int64_t times;
};

static const struct unit bytes[] = {
	{ "", 1 }, { "B", 1 },
	{ "k", 1000 }, { "kB", 1000 }, { "KiB", 1024 },
	{ "M", 1000000 }, { "MB", 1000000 }, { "MiB", 1 << 20 },
	{ "G", 1000000000 }, { "GB", 1000000000 }, { "GiB", 1 << 30 },
	{ "T", 1000000000000 }, { "TB", 1000000000000 },
	{ "TiB", INT64_C(1) << 40 }, { NULL, 0 }
};

static const struct unit durations[] = {
	{ "us", 1 }, { "ms", 1000 }, { "s", 1000000 },
	{ "m", 60000000 }, { "min", 60000000 }, { "h", 3600000000 },
	{ "d", 86400000000 }, { "w", 604800000000 }, { NULL, 0 }
};

static const struct unit counts[] = {
	{ "", 1 }, { "k", 1000 }, { "M", 1000000 }, { NULL, 0 }
};

static const struct unit reals[] = {	/* in thousandths */
	{ "", 1000 }, { "%", 10 }, { NULL, 0 }
};

static int64_t unit_times(const struct unit *units, const char *name)
{
	for (; units->name != NULL; units++)
		if (strcasecmp(units->name, name) == 0)
			return units->times;
	return 0;
}

/* Digits, at most six of them behind a point, then a unit. */
static bool scaled(int64_t *value, const char *text, const struct unit *units)
{
	bool minus = *text == '-', point = false;
	int64_t whole = 0, divisor = 1, times;
	const char *p = text + minus;
	int digits = 0;

	for (; isdigit((unsigned char)*p) || (*p == '.' && !point); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, *p - '0', &whole))
			return false;
		if (point && (divisor *= 10) > 1000000)
			return false;
		digits++;
	}
	if (digits == 0 || (point && p[-1] == '.'))
		return false;
	while (*p == ' ')
		p++;
	times = unit_times(units, p);
	if (times == 0 || __builtin_mul_overflow(whole, times, &whole) ||
	    whole % divisor != 0)
		return false;
	*value = whole / divisor * (minus ? -1 : 1);
	return true;
}

static bool truth(int64_t *value, const char *text)
{
	static const char *const yes[] = { "yes", "true", "on", NULL };
	static const char *const no[] = { "no", "false", "off", NULL };
	int i;

	for (i = 0; yes[i] != NULL; i++) {
		if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
			*value = strcmp(text, yes[i]) == 0;
			return true;
		}
	}
	return false;
}

bool units_read(int64_t *value, enum conf_type type, const char *text)
{
	switch (type) {
	case CONF_COUNT:
		return scaled(value, text, counts);
	case CONF_BYTES:
		return scaled(value, text, bytes);
	case CONF_DURATION:
		return strcmp(text, "0") == 0 ? (*value = 0, true) :
		    scaled(value, text, durations);
	case CONF_REAL:
		return scaled(value, text, reals);
	case CONF_BOOL:
		return truth(value, text);
	default:
		return false;
	}
}

const char *units_wanted(enum conf_type type)
{
	switch (type) {
	case CONF_COUNT:
		return "a whole number";
	case CONF_BYTES:
		return "a size: write 500, 64k, 10MB or 2GiB";
	case CONF_DURATION:
		return "a duration: write 500ms, 5s, 10m, 1h or 30d";
	case CONF_REAL:
		return "a number: write 2.4 or 30%";
	case CONF_BOOL:
		return "yes or no";
	default:
		return "a word";
	}
}

/* The largest unit that needs no fraction. */
static const struct unit *unit_that_fits(const struct unit *units,
    int64_t value)
{
	const struct unit *best = units, *u;

	for (u = units; u->name != NULL; u++)
		if (value != 0 && value % u->times == 0 &&
		    u->times >= best->times)
			best = u;
	return best;
}

void units_show(struct text *t, enum conf_type type, int64_t value)
{
	const struct unit *u;

	if (type == CONF_BOOL) {
		text_add(t, value ? "yes" : "no");
		return;
	}
	if (type == CONF_REAL) {
		text_printf(t, "%s%lld", value < 0 ? "-" : "",
		    llabs((long long)value) / 1000);
		if (value % 1000 != 0)
			text_printf(t, ".%03lld",
			    llabs((long long)value) % 1000);
		return;
	}
	u = type == CONF_BYTES ? unit_that_fits(bytes, value) :
	    type == CONF_DURATION ? unit_that_fits(durations, value) :
	    counts;
	text_printf(t, "%lld%s", (long long)(value / u->times),
	    type == CONF_DURATION && value == 0 ? "s" : u->name);
}
