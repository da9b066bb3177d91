/*
 * format_parts.c - headers, severities, quoting: common to all formats.
 */
#include "alert/format_parts.h"

#include <time.h>

static int severity(const struct format_style *style, const struct notice *n)
{
	if (!n->is_alert)
		return style->severity_health;
	if (slice_is(n->risk, "high"))
		return style->severity_high;
	if (slice_is(n->risk, "medium"))
		return style->severity_medium;
	return style->severity_low;
}

void put_token(struct text *t, struct slice s, size_t max)
{
	if (!slice_more(s))
		text_add(t, "-");
	for (size_t i = 0; i < max && slice_more(s); i++) {
		char c = (char)slice_u8(&s);

		text_bytes(t, c > 32 && c < 127 ? &c : "_", 1);
	}
}

/* RFC 3164 4.1.2: local time without a year; weir writes UTC. */
static void put_old_time(struct text *t, int64_t at_us)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm;

	gmtime_r(&(time_t){ at_us / 1000000 }, &tm);
	text_bytes(t, months + 3 * (size_t)tm.tm_mon, 3);
	text_printf(t, " %2d %02d:%02d:%02d ", tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
}

void put_header(struct text *t, int header, const struct format_style *style,
    const struct notice *n)
{
	if (header == HEADER_NONE)
		return;
	text_printf(t, "<%d>", style->facility * 8 + severity(style, n));
	if (header == HEADER_RFC3164) {
		put_old_time(t, n->at_us);
		put_token(t, n->sensor, 64);
		text_add(t, " ");
		return;
	}
	text_add(t, "1 ");
	put_token(t, n->time, 27);
	text_add(t, " ");
	put_token(t, n->sensor, 64);
	text_add(t, " weir - ");
	put_token(t, n->kind, 32);
	text_add(t, " ");
}

void put_body_header(struct text *t, const struct format_style *style,
    const struct notice *n)
{
	put_header(t, style->header, style, n);
	if (style->header == HEADER_RFC5424)
		text_add(t, "- ");
}

void put_escaped(struct text *t, struct slice s, const char *special)
{
	while (slice_more(s) && !t->cut) {
		size_t n = text_char(s);

		if (n == 1 && strchr(special, s.p[0]) != NULL)
			text_add(t, "\\");
		text_escape(t, slice_take(&s, n > 0 ? n : 1));
	}
}

const char *notice_title(const struct notice *n, char *room, size_t size)
{
	static const char *const titles[][2] = {
		{ "bulk-download", "Bulk IM/Chat Download" },
		{ "anomalous-access", "Anomalous Access" },
		{ "data-transfer", "Data Transfer" },
		{ "behavioral-anomaly", "Behavioral Anomaly" },
		{ "user-risk", "User Risk" },
	};
	struct text t = text_in(room, size);

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (slice_is(n->kind, titles[i][0]))
			return titles[i][1];
	text_add(&t, "Sensor ");
	if (n->is_alert)
		text_rewind(&t, 0);
	put_token(&t, n->kind, size / 2);
	return room;
}

int notice_weight(const struct notice *n)
{
	if (!n->is_alert)
		return slice_is(notice_get(n, "severity"), "critical") ? 5 :
		    slice_is(notice_get(n, "severity"), "warning") ? 4 : 2;
	return slice_is(n->risk, "high") ? 9 :
	    slice_is(n->risk, "medium") ? 6 : 3;
}

struct text window(struct text *line, size_t limit, size_t keep)
{
	struct text w = *line;

	w.size = limit + 1 > keep + line->n ? limit + 1 - keep : line->n + 1;
	if (w.size > line->size)
		w.size = line->size;
	return w;
}

void window_close(struct text *line, const struct text *w)
{
	line->n = w->n;
	line->p[line->n] = '\0';
}

struct text window_before(struct text *line, size_t limit,
    struct text *message, size_t more)
{
	if (message->cut || message->n > (limit - line->n) / 2)
		text_rewind(message, 0);
	return window(line, limit, message->n + more + OMITTED_ROOM);
}

size_t put_fields(struct text *t, const struct notice *n,
    void (*put)(struct text *t, const struct notice_field *f))
{
	const struct notice_field chain = { .key = slice_str("chain"),
	    .value = slice_str(n->chain), .is_text = true };

	for (size_t i = 0; i < n->n; i++) {
		size_t from = t->n;

		put(t, &n->fields[i]);
		if (i == 0 && n->chain[0] != '\0')
			put(t, &chain);
		if (t->cut) {
			text_rewind(t, from);
			return n->n - i;
		}
	}
	return 0;
}
