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

static bool put_param(struct text *t, struct slice key, struct slice value)
{
	size_t from = t->n;

	text_add(t, " ");
	text_bytes(t, key.p, key.n);
	text_add(t, "=\"");
	put_escaped(t, value, "\"\\]");
	text_add(t, "\"");
	if (!t->cut)
		return true;
	text_rewind(t, from);
	return false;
}

static bool put_chain(struct text *t, const struct notice *n)
{
	return n->chain[0] == '\0' || put_param(t, slice_str("chain"),
	    slice_str(n->chain));
}

/* The chain's link stands behind the sequence number, before any name. */
static size_t put_params(struct text *t, const struct notice *n)
{
	for (size_t i = 0; i < n->n; i++) {
		if (!put_param(t, n->fields[i].key, n->fields[i].value))
			return n->n - i;
		if (i == 0 && !put_chain(t, n))
			return n->n - 1;
	}
	return 0;
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
	if (message.cut || message.n > (limit - t->n) / 2)
		text_rewind(&message, 0);
	w = window(t, limit, message.n + 2 + OMITTED_ROOM);
	left_out = put_params(&w, n);
	window_close(t, &w);
	if (left_out > 0)
		text_printf(t, " omitted=\"%zu\"", left_out);
	text_add(t, "]");
	if (message.n > 0) {
		text_add(t, " ");
		text_bytes(t, message.p, message.n);
	}
}
