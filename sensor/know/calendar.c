/*
 * When a group works: days, hours, holidays, announced periods, time zone.
 *
 *	zone: Europe/Berlin
 *	days: [mon, tue, wed, thu, fri]		or mon-fri
 *	hours: 08:00-18:30			22:00-06:00 passes midnight
 *	holidays: [2026-12-25]
 *	periods:				inventory, release nights
 *	  - from: 2026-11-27
 *	    to: 2026-11-29
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "know/policy_parts.h"
#include "know/keys.h"

enum { DAY = 86400, MAX_DATES = 366 };

struct period {
	int64_t from, to;		/* days, both inclusive */
};

struct calendar {
	struct zone *zone;
	uint8_t days;			/* bit 0: Sunday */
	int32_t from, to;		/* seconds of the day */
	int64_t holidays[MAX_DATES];
	size_t holidays_n;
	struct period periods[MAX_DATES];
	size_t periods_n;
};

struct calendar_conf {
	char *zone;
	const struct conf_node *days, *hours, *holidays, *periods;
};

#define OF(member) offsetof(struct calendar_conf, member)
const struct conf_field policy_calendar_fields[] = {
	{ .name = "zone", .type = CONF_TEXT, .offset = OF(zone),
	    .text = "UTC",
	    .help = "time zone, as Europe/Berlin" },
	{ .name = "days", .type = CONF_NODE, .offset = OF(days),
	    .help = "working days, as mon-fri or [mon, wed]" },
	{ .name = "hours", .type = CONF_NODE, .offset = OF(hours),
	    .required = true,
	    .help = "working hours, as 08:00-18:30; 22:00-06:00 passes midnight" },
	{ .name = "holidays", .type = CONF_NODE, .offset = OF(holidays),
	    .help = "days off, as 2026-12-25" },
	{ .name = "periods", .type = CONF_NODE, .offset = OF(periods),
	    .help = "announced exceptions, in which odd hours are expected" },
	{ .name = NULL }
};
#undef OF

/* ---- reading ---- */

static int64_t days_from(int64_t y, int m, int d)
{
	int64_t era, yoe, doy;

	/* Counting years from March puts the leap day at their end. */
	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int month_days(int y, int m)
{
	static const int n[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	return n[m - 1] + (leap && m == 2);
}

bool date_read(int64_t *days, const char *text)
{
	unsigned int y, m, d;
	int end = 0;

	if (strlen(text) != 10 ||
	    sscanf(text, "%4u-%2u-%2u%n", &y, &m, &d, &end) != 3 ||
	    end != 10 || y < 1970 || m < 1 || m > 12 || d < 1 ||
	    (int)d > month_days((int)y, (int)m))
		return false;
	*days = days_from(y, (int)m, (int)d);
	return true;
}

static int weekday(const char *text, size_t n)
{
	static const char *const names[] = { "sun", "mon", "tue", "wed",
		"thu", "fri", "sat" };
	int i;

	for (i = 0; i < 7; i++)
		if (n == 3 && strncmp(names[i], text, 3) == 0)
			return i;
	return -1;
}

static void read_day(struct calendar *c, const struct conf_node *at,
    struct conf_errors *e)
{
	const char *dash = strchrnul(at->text, '-');
	int from = weekday(at->text, (size_t)(dash - at->text));
	int to = *dash != '\0' ? weekday(dash + 1, strlen(dash + 1)) : from;

	if (from < 0 || to < 0) {
		conf_error(e, at, "'%.32s' is not a day: write mon or "
		    "mon-fri", at->text);
		return;
	}
	for (; from != to; from = (from + 1) % 7)
		c->days |= (uint8_t)(1 << from);
	c->days |= (uint8_t)(1 << to);
}

static void read_hours(struct calendar *c, const struct conf_node *at,
    struct conf_errors *e)
{
	unsigned int h[2], m[2];
	int end = 0;

	if (!conf_is(at, CONF_SCALAR, e))
		return;
	if (sscanf(at->text, "%2u:%2u-%2u:%2u%n", &h[0], &m[0], &h[1], &m[1],
	    &end) != 4 || at->text[end] != '\0' || h[0] > 23 || h[1] > 24 ||
	    m[0] > 59 || m[1] > 59 || (h[1] == 24 && m[1] > 0)) {
		conf_error(e, at, "'%.32s' are no hours: write 08:00-18:30",
		    at->text);
		return;
	}
	c->from = (int32_t)(h[0] * 3600 + m[0] * 60);
	c->to = (int32_t)(h[1] * 3600 + m[1] * 60);
}

static void each(struct calendar *c, const struct conf_node *list,
    struct conf_errors *e, void (*read)(struct calendar *,
    const struct conf_node *, struct conf_errors *))
{
	const struct conf_node *at;

	if (list == NULL)
		return;
	if (list->kind == CONF_SCALAR) {
		read(c, list, e);
		return;
	}
	if (!conf_is(list, CONF_LIST, e))
		return;
	for (at = list->child; at != NULL; at = at->next)
		if (conf_is(at, CONF_SCALAR, e))
			read(c, at, e);
}

static bool read_date(int64_t *days, const struct conf_node *at,
    struct conf_errors *e)
{
	if (!conf_is(at, CONF_SCALAR, e))
		return false;
	if (date_read(days, at->text))
		return true;
	conf_error(e, at, "'%.32s' is not a date: write 2026-12-24",
	    at->text);
	return false;
}

static void read_holiday(struct calendar *c, const struct conf_node *at,
    struct conf_errors *e)
{
	int64_t days;

	if (!read_date(&days, at, e))
		return;
	if (c->holidays_n == MAX_DATES)
		conf_error(e, at, "more than %d holidays", MAX_DATES);
	else
		c->holidays[c->holidays_n++] = days;
}

struct period_conf {
	const struct conf_node *from, *to;
	char *reason;
};

const struct conf_field policy_period_fields[] = {
	{ .name = "from", .type = CONF_NODE, .required = true,
	    .offset = offsetof(struct period_conf, from),
	    .help = "first day, as 2026-12-20" },
	{ .name = "to", .type = CONF_NODE, .required = true,
	    .offset = offsetof(struct period_conf, to),
	    .help = "last day" },
	{ .name = "reason", .type = CONF_TEXT,
	    .offset = offsetof(struct period_conf, reason),
	    .help = "for people to read" },
	{ .name = NULL }
};

static void read_period(struct calendar *c, const struct conf_node *at,
    struct conf_errors *e)
{
	struct period_conf conf;
	struct period p;

	if (conf_fill(&conf, policy_period_fields, at, e) &&
	    read_date(&p.from, conf.from, e) &&
	    read_date(&p.to, conf.to, e)) {
		if (p.to < p.from)
			conf_error(e, conf.to, "this period ends before it "
			    "begins");
		else if (c->periods_n == MAX_DATES)
			conf_error(e, at, "more than %d periods", MAX_DATES);
		else
			c->periods[c->periods_n++] = p;
	}
	conf_release(&conf, policy_period_fields);
}

struct calendar *calendar_read(const struct conf_node *node,
    struct conf_errors *e)
{
	struct calendar *c = calloc(1, sizeof(*c));
	unsigned int before = e->n;
	const struct conf_node *at;
	struct calendar_conf conf;
	const char *why;

	if (c == NULL)
		return NULL;
	if (!conf_fill(&conf, policy_calendar_fields, node, e))
		goto out;
	c->zone = zone_load(conf.zone, &why);
	if (c->zone == NULL)
		conf_error(e, conf_get(node, "zone"), "'%.64s': %s",
		    conf.zone, why);
	each(c, conf.days, e, read_day);
	if (conf.days == NULL)
		c->days = 0x3e;		/* Monday to Friday */
	read_hours(c, conf.hours, e);
	each(c, conf.holidays, e, read_holiday);
	if (conf.periods != NULL && conf_is(conf.periods, CONF_LIST, e))
		for (at = conf.periods->child; at != NULL; at = at->next)
			read_period(c, at, e);
out:
	conf_release(&conf, policy_calendar_fields);
	if (e->n == before)
		return c;
	calendar_free(c);
	return NULL;
}

void calendar_free(struct calendar *c)
{
	if (c == NULL)
		return;
	zone_free(c->zone);
	free(c);
}

/* ---- asking ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int32_t calendar_offset(const struct calendar *c, int64_t at_us)
{
	return zone_offset(c->zone, floor_div(at_us, 1000000));
}

static int64_t local_seconds(const struct calendar *c, int64_t at_us)
{
	return floor_div(at_us, 1000000) + calendar_offset(c, at_us);
}

static bool is_holiday(const struct calendar *c, int64_t day)
{
	size_t i;

	for (i = 0; i < c->holidays_n; i++)
		if (c->holidays[i] == day)
			return true;
	return false;
}

static bool works_on(const struct calendar *c, int64_t day)
{
	int64_t name = ((day + 4) % 7 + 7) % 7;	/* 1970-01-01: Thursday */

	return (c->days >> name & 1) != 0 && !is_holiday(c, day);
}

bool calendar_holiday(const struct calendar *c, int64_t at_us)
{
	return is_holiday(c, floor_div(local_seconds(c, at_us), DAY));
}

/* Hours that pass midnight belong to the day on which they began. */
bool calendar_excuses(const struct calendar *c, int64_t at_us)
{
	int64_t local = local_seconds(c, at_us), day = floor_div(local, DAY);
	int32_t at = (int32_t)(local - day * DAY);
	size_t i;

	for (i = 0; i < c->periods_n; i++)
		if (day >= c->periods[i].from && day <= c->periods[i].to)
			return true;
	if (c->from < c->to)
		return works_on(c, day) && at >= c->from && at < c->to;
	return (at >= c->from && works_on(c, day)) ||
	    (at < c->to && works_on(c, day - 1));
}
