/*
 * format_rfc5424.c - syslog with structured data.
 *
 *	<106>1 TIME SENSOR weir - bulk-download [weir@32473 seq="7" id="..."
 *	risk="high" user="..." ...] One sentence for a human.
 *
 * 32473 is the enterprise number RFC 5612 sets aside for documentation; a
 * site with its own rewrites it at the collector.  The sentence is
 * kept before the optional fields are: it has its room reserved.  RFC 5424
 * 6.3.3: `"`, `\` and `]` in a value are escaped.
 */
#include "alert/format_parts.h"

static void put_param(struct text *t, const struct notice_field *f)
{
	text_add(t, " ");
	text_bytes(t, f->key.p, f->key.n);
	text_add(t, "=\"");
	put_escaped(t, f->value, "\"\\]");
	text_add(t, "\"");
}

void format_rfc5424(struct text *t, const struct format_style *style,
    const struct notice *n, size_t limit)
{
	char buffer[2048];
	struct text message = text_in(buffer, sizeof(buffer)), w;
	size_t left_out;

	put_escaped(&message, n->message, "");
	put_header(t, HEADER_RFC5424, style, n);
	text_add(t, "[weir@32473");
	w = window_before(t, limit, &message, 2);
	left_out = put_fields(&w, n, put_param);
	window_close(t, &w);
	if (left_out > 0)
		text_printf(t, " omitted=\"%zu\"", left_out);
	text_add(t, "]");
	if (message.n > 0) {
		text_add(t, " ");
		text_bytes(t, message.p, message.n);
	}
}
