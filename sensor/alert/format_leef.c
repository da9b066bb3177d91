/*
 * format_leef.c - QRadar's Log Event Extended Format 2.0.
 *
 *	LEEF:2.0|weir|weir|VERSION|KIND|x09|key=value<TAB>key=value
 *
 * Attributes are parted by tabs; base/text takes tabs out of values, so a
 * value cannot begin a new attribute.  A key ends at the first `=`.
 */
#include <inttypes.h>

#include "alert/format_parts.h"

struct name {
	const char *key, *leef;
};

static const struct name names[] = {
	{ "user", "usrName" },
	{ "client_ip", "src" },
	{ "group", "groupID" },
	{ "service", "resource" },
	{ "target", "dstHostName" },
	{ NULL, NULL }
};

static void put_pair(struct text *t, struct slice key, struct slice value)
{
	text_add(t, "\t");
	text_bytes(t, key.p, key.n);
	text_add(t, "=");
	put_escaped(t, value, "");
}

static void put_field(struct text *t, const struct notice_field *f)
{
	struct slice key = f->key;

	for (size_t i = 0; names[i].key != NULL; i++)
		if (slice_is(f->key, names[i].key))
			key = slice_str(names[i].leef);
	put_pair(t, key, f->value);
}

void format_leef(struct text *t, const struct format_style *style,
    const struct notice *n, size_t limit)
{
	char buffer[1024];
	struct text message = text_in(buffer, sizeof(buffer)), w;
	size_t left_out;

	put_body_header(t, style, n);
	text_add(t, "LEEF:2.0|weir|weir|" VERSION "|");
	put_token(t, n->kind, 32);
	text_printf(t, "|x09|devTime=%" PRId64 "\tcat=%s\tsev=%d\t"
	    "identHostName=", n->at_us / 1000,
	    n->is_alert ? "alert" : "health", notice_weight(n));
	put_token(t, n->sensor, 64);
	put_pair(&message, slice_str("msg"), n->message);
	w = window_before(t, limit, &message, 0);
	left_out = put_fields(&w, n, put_field);
	window_close(t, &w);
	if (left_out > 0)
		text_printf(t, "\tomitted=%zu", left_out);
	text_bytes(t, message.p, message.n);
}
