/*
 * format_cef.c - ArcSight's Common Event Format, version 0.
 *
 *	CEF:0|weir|weir|VERSION|KIND|TITLE|SEVERITY|key=value key=value
 *
 * In the header `|` and `\` are escaped, in the extension `\` and `=`; line
 * ends cannot occur, base/text has taken them out.  Fields that CEF has no
 * key for become weirName.
 */
#include <ctype.h>
#include <inttypes.h>

#include "alert/format_parts.h"
#include "base/addr.h"
#include "base/rfc3339.h"

struct name {
	const char *key, *cef, *label;	/* label: of a custom string */
};

static const struct name names[] = {
	{ "seq", "cn1", "sequence" },
	{ "id", "externalId", NULL },
	{ "score", "cn2", "score" },
	{ "user", "suser", NULL },
	{ "group", "cs2", "group" },
	{ "service", "cs1", "service" },
	{ "target", "dhost", NULL },
	{ "count", "cnt", NULL },
	{ "techniques", "cs3", "techniques" },
	{ "chain", "cs4", "chain" },
	{ NULL, NULL, NULL }
};

static void put_pair(struct text *t, const char *key, struct slice value)
{
	text_printf(t, " %s=", key);
	put_escaped(t, value, "\\=");
}

static void put_named(struct text *t, const struct name *n,
    struct slice value)
{
	put_pair(t, n->cef, value);
	if (n->label != NULL)
		text_printf(t, " %sLabel=%s", n->cef, n->label);
}

/* bytes_72h -> weirBytes72h */
static void put_own(struct text *t, struct slice key, struct slice value)
{
	char name[64] = "weir";
	size_t at = 4;
	bool upper = true;

	while (slice_more(key) && at < sizeof(name) - 1) {
		uint8_t c = slice_u8(&key);

		if (c != '_')
			name[at++] = (char)(upper ? toupper(c) : c);
		upper = c == '_';
	}
	name[at] = '\0';
	put_pair(t, name, value);
}

/* CEF's src is IPv4 alone. */
static void put_client(struct text *t, struct slice value)
{
	static const struct name v6 = { "", "c6a2", "Source IPv6 Address" };

	if (memchr(value.p, ':', value.n) == NULL)
		put_pair(t, "src", value);
	else
		put_named(t, &v6, value);
}

static void put_millis(struct text *t, const char *key, struct slice time)
{
	int64_t us = rfc3339_read(time);

	if (us != -1)
		text_printf(t, " %s=%" PRId64, key, us / 1000);
}

static void put_field(struct text *t, const struct notice_field *f)
{
	for (size_t i = 0; names[i].key != NULL; i++) {
		if (slice_is(f->key, names[i].key)) {
			put_named(t, &names[i], f->value);
			return;
		}
	}
	if (slice_is(f->key, "client_ip"))
		put_client(t, f->value);
	else if (slice_is(f->key, "first"))
		put_millis(t, "start", f->value);
	else if (slice_is(f->key, "last"))
		put_millis(t, "end", f->value);
	else
		put_own(t, f->key, f->value);
}

void format_cef(struct text *t, const struct format_style *style,
    const struct notice *n, size_t limit)
{
	char buffer[1024], room[64];
	struct text message = text_in(buffer, sizeof(buffer)), w;
	size_t left_out;

	put_body_header(t, style, n);
	text_add(t, "CEF:0|weir|weir|" VERSION "|");
	put_escaped(t, n->kind, "\\|");
	text_add(t, "|");
	put_escaped(t, slice_of(notice_title(n, room, sizeof(room)),
	    strlen(notice_title(n, room, sizeof(room)))), "\\|");
	text_printf(t, "|%d|rt=%" PRId64 " dvchost=", notice_weight(n),
	    n->at_us / 1000);
	put_token(t, n->sensor, 64);
	put_pair(&message, "msg", n->message);
	w = window_before(t, limit, &message, 0);
	left_out = put_fields(&w, n, put_field);
	window_close(t, &w);
	if (left_out > 0)
		text_printf(t, " weirOmitted=%zu", left_out);
	text_bytes(t, message.p, message.n);
}
