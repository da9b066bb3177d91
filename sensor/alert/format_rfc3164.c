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

static bool put_pair(struct text *t, struct slice key, struct slice value,
    bool quote)
{
	size_t from = t->n;

	text_add(t, " ");
	text_bytes(t, key.p, key.n);
	text_add(t, quote ? "=\"" : "=");
	put_escaped(t, value, "\"\\");
	text_add(t, quote ? "\"" : "");
	if (!t->cut)
		return true;
	text_rewind(t, from);
	return false;
}

static size_t put_pairs(struct text *t, const struct notice *n)
{
	for (size_t i = 0; i < n->n; i++) {
		const struct notice_field *f = &n->fields[i];

		if (!put_pair(t, f->key, f->value, f->is_text))
			return n->n - i;
		if (i == 0 && n->chain[0] != '\0' && !put_pair(t,
		    slice_str("chain"), slice_of(n->chain, CHAIN - 1),
		    true))
			return n->n - 1;
	}
	return 0;
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
	if (message.cut || message.n > (limit - t->n) / 2)
		text_rewind(&message, 0);
	w = window(t, limit, message.n + 2 + OMITTED_ROOM);
	left_out = put_pairs(&w, n);
	window_close(t, &w);
	if (left_out > 0)
		text_printf(t, " omitted=%zu", left_out);
	if (message.n > 0) {
		text_add(t, ": ");
		text_bytes(t, message.p, message.n);
	}
}
