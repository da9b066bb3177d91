/*
 * json.c - the JSON writer.
 *
 * Every member reserves room for the brackets that close what is open, so
 * a full buffer still ends as a valid object.
 */
#include "base/json.h"

enum { CLOSING_ROOM = 8 };

struct json json_to(struct text *t)
{
	return (struct json){ .to = t, .first = true };
}

static size_t begin(struct json *j, const char *key)
{
	size_t from = j->to->n;

	if (!j->first)
		text_add(j->to, ",");
	if (key != NULL) {
		text_add(j->to, "\"");
		text_add(j->to, key);
		text_add(j->to, "\":");
	}
	return from;
}

static void end(struct json *j, size_t from)
{
	if (j->to->cut || j->to->n + CLOSING_ROOM > j->to->size) {
		text_rewind(j->to, from);
		j->cut = true;
		return;
	}
	j->first = false;
}

void json_open(struct json *j, const char *key)
{
	(void)begin(j, key);
	text_add(j->to, "{");
	j->first = true;
}

void json_close(struct json *j)
{
	text_add(j->to, "}");
	j->first = false;
}

void json_open_list(struct json *j, const char *key)
{
	(void)begin(j, key);
	text_add(j->to, "[");
	j->first = true;
}

void json_close_list(struct json *j)
{
	text_add(j->to, "]");
	j->first = false;
}

/* Bytes at the front that go as they are: names mostly do from end to end. */
static size_t plain(struct slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7f && s.p[n] != '"' &&
	    s.p[n] != '\\')
		n++;
	return n;
}

static void put_char(struct text *t, struct slice *s)
{
	size_t n = text_char(*s);
	uint8_t byte = s->p[0];

	if (n == 0)
		text_printf(t, "\\\\x%02x", slice_u8(s));
	else if (byte == '"' || byte == '\\')
		text_printf(t, "\\%c", slice_u8(s));
	else
		text_bytes(t, slice_bytes(s, n), n);
}

void json_text(struct json *j, const char *key, struct slice value)
{
	size_t from = begin(j, key);

	text_add(j->to, "\"");
	while (slice_more(value) && !j->to->cut) {
		size_t n = plain(value);

		if (n > 0)
			text_bytes(j->to, slice_bytes(&value, n), n);
		else
			put_char(j->to, &value);
	}
	text_add(j->to, "\"");
	end(j, from);
}

void json_str(struct json *j, const char *key, const char *value)
{
	json_text(j, key, slice_str(value));
}

void json_u64(struct json *j, const char *key, uint64_t value)
{
	size_t from = begin(j, key);

	text_u64(j->to, value, 1);
	end(j, from);
}

void json_i64(struct json *j, const char *key, int64_t value)
{
	size_t from = begin(j, key);

	if (value < 0)
		text_add(j->to, "-");
	text_u64(j->to, value < 0 ? -(uint64_t)value : (uint64_t)value, 1);
	end(j, from);
}

void json_real(struct json *j, const char *key, double value, int digits)
{
	size_t from = begin(j, key);

	if (value != value || value > 1e300 || value < -1e300)
		text_add(j->to, "null");
	else
		text_printf(j->to, "%.*f", digits, value);
	end(j, from);
}

void json_bool(struct json *j, const char *key, bool value)
{
	size_t from = begin(j, key);

	text_add(j->to, value ? "true" : "false");
	end(j, from);
}

void json_time(struct json *j, const char *key, int64_t at_us)
{
	size_t from = begin(j, key);

	text_add(j->to, "\"");
	text_time(j->to, at_us);
	text_add(j->to, "\"");
	end(j, from);
}
