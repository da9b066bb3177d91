/*
 * format.c - see format.h: which format a line has.
 */
#include "alert/format.h"

#include "alert/format_parts.h"

typedef void formatter(struct text *t, const struct format_style *style,
    const struct notice *n, size_t limit);

void format_line(struct text *t, const struct format_style *style,
    const struct notice *n)
{
	static formatter *const formatters[] = {
		[FORMAT_RFC5424] = format_rfc5424,
		[FORMAT_RFC3164] = format_rfc3164,
		[FORMAT_JSON] = format_json,
		[FORMAT_CEF] = format_cef,
		[FORMAT_LEEF] = format_leef,
	};
	size_t limit = t->n + (size_t)style->max_bytes;

	if (limit > t->size - 1)
		limit = t->size - 1;
	formatters[style->format](t, style, n, limit);
}
