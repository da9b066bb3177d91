/*
 * format_json.c - one JSON object with the names of the Elastic Common
 * Schema 8, dotted and flat; what ECS has no name for stands under weir.
 *
 * Members are left out whole, from the end, never cut; the object is always
 * complete.
 */
#include <stdio.h>

#include "alert/format_parts.h"
#include "base/json.h"

struct name {
	const char *key, *ecs;
};

/* Fields of a record that ECS knows. */
static const struct name names[] = {
	{ "seq", "event.sequence" },
	{ "id", "event.id" },
	{ "score", "event.risk_score" },
	{ "user", "user.name" },
	{ "group", "group.name" },
	{ "client_ip", "source.ip" },
	{ "first", "event.start" },
	{ "last", "event.end" },
	{ NULL, NULL }
};

static void put_member(struct json *j, const char *name,
    const struct notice_field *f)
{
	size_t from = j->to->n;

	if (f->is_text) {
		json_text(j, name, f->value);
		return;
	}
	/* A number or a bool, as the record wrote it. */
	text_printf(j->to, ",\"%s\":", name);
	text_bytes(j->to, f->value.p, f->value.n);
	if (j->to->cut || j->to->n + 8 > j->to->size) {
		text_rewind(j->to, from);
		j->cut = true;
	}
}

static void put_field(struct json *j, const struct notice_field *f)
{
	char name[64];

	for (size_t i = 0; names[i].key != NULL; i++) {
		if (slice_is(f->key, names[i].key)) {
			put_member(j, names[i].ecs, f);
			return;
		}
	}
	snprintf(name, sizeof(name), "weir.%s%.*s", f->is_evidence ?
	    "evidence." : "", (int)f->key.n, (const char *)f->key.p);
	put_member(j, name, f);
}

/* "IT1021,T1567.002" as a list. */
static void put_techniques(struct json *j, struct slice text)
{
	size_t from = j->to->n;

	json_open_list(j, "threat.technique.id");
	while (slice_more(text)) {
		struct slice rest = text;
		struct slice one = slice_until(&rest, ',');

		if (slice_short(rest))
			one = text;
		json_text(j, NULL, one);
		text = rest;
	}
	json_close_list(j);
	if (!j->to->cut && !j->cut)
		return;
	text_rewind(j->to, from);
	j->cut = true;
}

static void put_fixed(struct json *j, const struct notice *n)
{
	char room[64];

	json_open(j, NULL);
	json_text(j, "@timestamp", n->time);
	json_str(j, "ecs.version", "8.11");
	json_str(j, "event.kind", n->is_alert ? "alert" : "event");
	json_str(j, "event.module", "weir");
	json_text(j, "event.action", n->kind);
	json_i64(j, "event.severity", notice_weight(n));
	json_text(j, "observer.name", n->sensor);
	json_str(j, "observer.product", "weir");
	json_str(j, "rule.name", notice_title(n, room, sizeof(room)));
	if (n->chain[0] != '\0')
		json_str(j, "weir.chain", n->chain);
}

static size_t put_members(struct json *j, const struct notice *n)
{
	for (size_t i = 0; i < n->n; i++) {
		const struct notice_field *f = &n->fields[i];

		if (slice_is(f->key, "techniques"))
			put_techniques(j, f->value);
		else
			put_field(j, f);
		if (j->cut)
			return n->n - i;
	}
	return 0;
}

void format_json(struct text *t, const struct format_style *style,
    const struct notice *n, size_t limit)
{
	struct text w;
	struct json j;
	size_t left_out;

	put_body_header(t, style, n);
	w = window(t, limit, OMITTED_ROOM);
	j = json_to(&w);
	put_fixed(&j, n);
	json_text(&j, "message", n->message);
	j.cut = false;
	left_out = put_members(&j, n);
	w.size = t->size;
	w.cut = false;
	if (left_out > 0)
		json_u64(&j, "weir.omitted", left_out);
	json_close(&j);
	window_close(t, &w);
}
