/*
 * json_read.c - a JSON walker over slices.
 *
 * Nested values are skipped by counting brackets outside of strings, so the
 * depth costs no stack and a reader that wants the inside enters it later.
 */
#include "base/json_read.h"

enum { DEPTH_MAX = 16 };

static void damaged(struct slice *in)
{
	*in = slice_of(NULL, 0);
}

static void skip_space(struct slice *in)
{
	while (slice_more(*in) && (in->p[0] == ' ' || in->p[0] == '\t' ||
	    in->p[0] == '\n' || in->p[0] == '\r'))
		slice_skip(in, 1);
}

static bool next_is(struct slice *in, char c)
{
	skip_space(in);
	if (!slice_more(*in) || in->p[0] != (uint8_t)c)
		return false;
	slice_skip(in, 1);
	return true;
}

bool json_enter(struct slice *in)
{
	return next_is(in, '{');
}

bool json_enter_list(struct slice *in)
{
	return next_is(in, '[');
}

/* Behind an opening quote: up to and past the closing one. */
static struct slice take_text(struct slice *in)
{
	struct slice ahead = *in;

	while (slice_more(ahead)) {
		uint8_t c = slice_u8(&ahead);

		if (c == '"') {
			struct slice raw = slice_take(in, in->n - ahead.n - 1);

			slice_skip(in, 1);
			return raw;
		}
		if (c < 0x20)
			break;
		if (c == '\\')
			slice_skip(&ahead, 1);
	}
	damaged(in);
	return *in;
}

/* From an opening bracket to the one that closes it. */
static struct slice take_nested(struct slice *in)
{
	struct slice ahead = *in;
	int depth = 0;

	do {
		uint8_t c = slice_u8(&ahead);

		if (c == '{' || c == '[')
			depth++;
		else if (c == '}' || c == ']')
			depth--;
		else if (c == '"')
			(void)take_text(&ahead);
	} while (depth > 0 && depth <= DEPTH_MAX && slice_more(ahead));
	if (depth != 0 || slice_short(ahead))
		damaged(in);
	return slice_take(in, in->n - ahead.n);
}

static struct slice take_word(struct slice *in)
{
	struct slice ahead = *in;

	while (slice_more(ahead) && strchr(",]} \t\r\n", ahead.p[0]) == NULL)
		slice_skip(&ahead, 1);
	return slice_take(in, in->n - ahead.n);
}

static bool is_number(struct slice s)
{
	return slice_more(s) && (s.p[0] == '-' ||
	    (s.p[0] >= '0' && s.p[0] <= '9'));
}

static bool take_value(struct slice *in, struct json_value *v)
{
	skip_space(in);
	if (!slice_more(*in))
		return false;
	switch (in->p[0]) {
	case '"':
		slice_skip(in, 1);
		*v = (struct json_value){ JSON_TEXT, take_text(in) };
		return !slice_short(*in);
	case '{':
	case '[':
		v->kind = in->p[0] == '{' ? JSON_OBJECT : JSON_LIST;
		v->raw = take_nested(in);
		return !slice_short(*in);
	}
	v->raw = take_word(in);
	if (slice_is(v->raw, "true") || slice_is(v->raw, "false"))
		v->kind = JSON_BOOL;
	else if (slice_is(v->raw, "null"))
		v->kind = JSON_NULL;
	else if (is_number(v->raw))
		v->kind = JSON_NUMBER;
	else
		return false;
	return true;
}

/* After a value: a comma, or the closing bracket left for the next call. */
static bool separated(struct slice *in, char closing)
{
	if (next_is(in, ','))
		return true;
	skip_space(in);
	return slice_more(*in) && in->p[0] == (uint8_t)closing;
}

bool json_member(struct slice *in, struct slice *key, struct json_value *v)
{
	if (next_is(in, '}'))
		return false;
	if (next_is(in, '"')) {
		*key = take_text(in);
		if (next_is(in, ':') && take_value(in, v) &&
		    separated(in, '}'))
			return true;
	}
	damaged(in);
	return false;
}

bool json_element(struct slice *in, struct json_value *v)
{
	if (next_is(in, ']'))
		return false;
	if (take_value(in, v) && separated(in, ']'))
		return true;
	damaged(in);
	return false;
}

static void put_code(struct text *t, uint32_t c)
{
	char b[4];

	if (c < 0x80)
		text_bytes(t, (char[]){ (char)c }, 1);
	else if (c < 0x800) {
		b[0] = (char)(0xc0 | c >> 6);
		b[1] = (char)(0x80 | (c & 0x3f));
		text_bytes(t, b, 2);
	} else {
		b[0] = (char)(0xe0 | c >> 12);
		b[1] = (char)(0x80 | (c >> 6 & 0x3f));
		b[2] = (char)(0x80 | (c & 0x3f));
		text_bytes(t, b, 3);
	}
}

/* Surrogate pairs are not put together: weir never writes \u. */
static void put_hex(struct text *t, struct slice *raw)
{
	uint32_t code = 0;

	for (int i = 0; i < 4; i++) {
		uint8_t c = slice_u8(raw);
		const char *digits = "0123456789abcdefABCDEF";
		const char *at = c != 0 ? strchr(digits, c) : NULL;
		uint32_t v = at == NULL ? 0 : (uint32_t)(at - digits);

		code = code << 4 | (v > 15 ? v - 6 : v);
	}
	put_code(t, code);
}

void json_unescape(struct text *t, struct slice raw)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";

	while (slice_more(raw)) {
		const uint8_t *at = memchr(raw.p, '\\', raw.n);
		struct slice plain = slice_take(&raw,
		    at == NULL ? raw.n : (size_t)(at - raw.p));
		const char *hit;
		uint8_t c;

		text_bytes(t, plain.n > 0 ? (const void *)plain.p : "",
		    plain.n);
		if (at == NULL)
			return;
		slice_skip(&raw, 1);
		c = slice_u8(&raw);
		hit = c != 0 ? strchr(from, c) : NULL;
		if (c == 'u')
			put_hex(t, &raw);
		else if (hit != NULL)
			text_bytes(t, &to[hit - from], 1);
		else
			text_bytes(t, &c, 1);
	}
}

bool json_find(struct slice in, const char *name, struct json_value *v)
{
	struct slice key;

	if (json_enter(&in))
		while (json_member(&in, &key, v))
			if (json_is(key, name))
				return true;
	return false;
}

bool json_is(struct slice key, const char *name)
{
	return slice_is(key, name);
}

bool json_number(const struct json_value *v, uint64_t *number)
{
	struct slice s = v->raw;
	uint64_t n = 0;

	if (v->kind != JSON_NUMBER || !slice_more(s))
		return false;
	while (slice_more(s)) {
		uint8_t c = slice_u8(&s);

		if (c < '0' || c > '9' || n > (UINT64_MAX - 9) / 10)
			return false;
		n = n * 10 + (c - '0');
	}
	*number = n;
	return true;
}
