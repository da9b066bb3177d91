/*
 * say.c - sentences for humans, built in bounded text.
 */
#include "detect/say.h"

#include <time.h>

void score_part(struct alert *a, const char *part, int points)
{
	if (points == 0)
		return;
	a->score += points;
	alert_number(a, part, points);
}

void say_amount(struct text *t, uint32_t count, uint64_t bytes)
{
	if (count > 0)
		text_printf(t, "%u file%s (", count, count == 1 ? "" : "s");
	text_volume(t, bytes);
	if (count > 0)
		text_add(t, ")");
}

void say_time(struct text *t, const struct look *look, int64_t at_us)
{
	time_t s = (time_t)(at_us / SECOND_US) + look->utc_offset_s;
	struct tm tm;

	gmtime_r(&s, &tm);
	if ((uint32_t)(s / 86400) != look->day)
		text_printf(t, "%04d-%02d-%02d ", tm.tm_year + 1900,
		    tm.tm_mon + 1, tm.tm_mday);
	text_printf(t, "%02d:%02d", tm.tm_hour, tm.tm_min);
}

void say_span(struct text *t, const struct look *look, int64_t from_us,
    int64_t to_us)
{
	if (from_us / MINUTE_US == to_us / MINUTE_US) {
		text_add(t, "at ");
		say_time(t, look, from_us);
		return;
	}
	text_add(t, "between ");
	say_time(t, look, from_us);
	text_add(t, " and ");
	say_time(t, look, to_us);
}

void say_target(struct text *t, const struct transfer *did)
{
	char address[ADDR_TEXT];

	if (slice_more(did->to.host))
		text_escape(t, did->to.host);
	else if (did->to.rule != NULL)
		text_add(t, did->to.service->name);
	else
		text_add(t, addr_text(&did->ev->server, address));
}

void say_device(struct text *t, const struct look *look)
{
	const struct where *to = &look->did->to;

	if (to->device == NULL)
		return;
	text_add(t, "; ");
	if (to->device[0] != '\0')
		text_escape(t, slice_str(to->device));
	else
		text_add(t, "that device");
	text_add(t, " appeared there at ");
	say_time(t, look, to->appeared_us);
}
