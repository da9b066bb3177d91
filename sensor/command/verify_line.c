#include "command/verify_line.h"

#include <stdlib.h>

struct field {
	const char *name;
	struct slice *to;
};

static const uint8_t *find(struct slice in, const char *what)
{
	return in.n == 0 ? NULL : memmem(in.p, in.n, what, strlen(what));
}

static struct slice keep(struct verify_line *v, size_t from)
{
	return slice_of(v->room.p + from, v->room.n - from);
}

static void put_field(struct verify_line *v, struct field *fields,
    const char *name, size_t n, struct slice value)
{
	for (; fields->name != NULL; fields++)
		if (strlen(fields->name) == n &&
		    memcmp(fields->name, name, n) == 0)
			*fields->to = value;
	if (n == 5 && memcmp(name, "chain", 5) == 0 && value.n == CHAIN - 1)
		memcpy(v->chain, value.p, CHAIN - 1);
}

/* key="value" with \" \\ \] inside; up to the closing bracket. */
static bool read_params(struct verify_line *v, struct slice *in,
    struct field *fields)
{
	while (slice_more(*in) && in->p[0] == ' ') {
		struct slice key;
		size_t from = v->room.n;
		uint8_t c;

		slice_skip(in, 1);
		key = slice_until(in, '=');
		if (slice_u8(in) != '"')
			return false;
		while ((c = slice_u8(in)) != '"' && !slice_short(*in)) {
			if (c == '\\')
				c = slice_u8(in);
			text_bytes(&v->room, &c, 1);
		}
		if (slice_short(*in) || v->room.cut)
			return false;
		put_field(v, fields, (const char *)key.p, key.n,
		    keep(v, from));
	}
	return slice_u8(in) == ']';
}

/* TIME SENSOR weir - KIND before the structured data, from its end. */
static bool read_header(struct verify_line *v, struct slice head)
{
	struct slice words[8];
	size_t n = 0;

	while (slice_more(head)) {
		struct slice rest = head;
		struct slice word = slice_until(&rest, ' ');

		if (slice_short(rest)) {
			word = head;
			rest = slice_of("", 0);
		}
		if (n == 8) {
			memmove(words, words + 1, 7 * sizeof(words[0]));
			n--;
		}
		words[n++] = word;
		head = rest;
	}
	if (n < 5 || !slice_is(words[n - 3], "weir"))
		return false;
	v->link.time = words[n - 5];
	v->sensor = words[n - 4];
	v->link.kind = words[n - 1];
	return true;
}

static bool read_5424(struct verify_line *v, struct slice line,
    const uint8_t *data)
{
	struct field fields[] = { { "seq", &v->link.seq },
	    { "id", &v->link.id }, { "risk", &v->link.risk },
	    { "severity", &v->link.risk }, { "user", &v->link.user },
	    { NULL, NULL } };
	size_t at = (size_t)(data - line.p);
	struct slice in = line;

	if (at == 0 || !read_header(v, slice_head(line, at - 1)))
		return false;
	slice_skip(&in, at + strlen("[weir@32473"));
	if (!read_params(v, &in, fields))
		return false;
	if (slice_more(in))
		slice_skip(&in, 1);
	v->link.message = in;
	return true;
}

static bool read_json(struct verify_line *v, struct slice line,
    const uint8_t *object)
{
	struct field fields[] = { { "event.sequence", &v->link.seq },
	    { "@timestamp", &v->link.time }, { "event.action", &v->link.kind },
	    { "event.id", &v->link.id }, { "weir.risk", &v->link.risk },
	    { "weir.severity", &v->link.risk }, { "user.name", &v->link.user },
	    { "message", &v->link.message }, { "observer.name", &v->sensor },
	    { NULL, NULL } };
	struct json_value value;
	struct slice key;

	slice_skip(&line, (size_t)(object - line.p));
	if (!json_enter(&line))
		return false;
	while (json_member(&line, &key, &value)) {
		size_t from = v->room.n;
		bool chain = json_is(key, "weir.chain");

		json_unescape(&v->room, value.raw);
		put_field(v, fields, chain ? "chain" : (const char *)key.p,
		    chain ? 5 : key.n, keep(v, from));
	}
	return !slice_short(line) && !v->room.cut;
}

bool verify_read(struct verify_line *v, struct slice line)
{
	const uint8_t *data = find(line, "[weir@32473 ");
	const uint8_t *object = find(line, "{\"@timestamp\":");
	struct json_value seq = { .kind = JSON_NUMBER };

	v->link = (struct chain_link){ .seq = { NULL, 0 } };
	v->sensor = slice_of(NULL, 0);
	v->chain[0] = v->chain[CHAIN - 1] = '\0';
	v->room = text_in(v->store, sizeof(v->store));
	if (data != NULL ? !read_5424(v, line, data) : object == NULL ||
	    !read_json(v, line, object))
		return false;
	seq.raw = v->link.seq;
	return v->chain[0] != '\0' && json_number(&seq, &v->seq);
}
