/*
 * format_rfc3164.c - syslog as BSD wrote it, for collectors of that age.
 *
 *	<106>Nov 24 07:50:00 SENSOR weir: bulk-download seq=7 id="..." ...:
 *	One sentence for a human.
 *
 * At most 1,024 bytes (RFC 3164 4.1), time in UTC.  Text is in quotes, with
 * `"` and `\` escaped, numbers are bare.
 */
#include "alert/format_parts.h"

static void put_pair(struct text *t, const struct notice_field *f)
{
	const char *quote = f->is_text ? "\"" : "";

	text_printf(t, " %.*s=%s", (int)f->key.n, (const char *)f->key.p,
	    quote);
	put_escaped(t, f->value, "\"\\");
	text_add(t, quote);
}

void format_rfc3164(struct text *t, const struct format_style *style,
    const struct notice *n, size_t limit)
{
	char buffer[1024];
	struct text message = text_in(buffer, sizeof(buffer)), w;
	size_t left_out;

	if (limit > t->n + 1024)
		limit = t->n + 1024;
	put_escaped(&message, n->message, "");
	put_header(t, HEADER_RFC3164, style, n);
	text_add(t, "weir: ");
	put_token(t, n->kind, 32);
	w = window_before(t, limit, &message, 2);
	left_out = put_fields(&w, n, put_pair);
	window_close(t, &w);
	if (left_out > 0)
		text_printf(t, " omitted=%zu", left_out);
	if (message.n > 0) {
		text_add(t, ": ");
		text_bytes(t, message.p, message.n);
	}
}
