/*
 * notice.c - from a JSON record to an ordered list of fields.
 */
#include "alert/notice.h"

#include "base/rfc3339.h"

/* Who, what, where and how much: within the first 480 bytes of a line. */
static const char *const essentials[] = { "seq", "id", "risk", "severity",
	"score", "user", "client_ip", "service", "target", "bytes", "count",
	"group", "value", NULL };

static bool key_is_plain(struct slice key)
{
	if (key.n == 0 || key.n > 32)
		return false;
	while (slice_more(key)) {
		uint8_t c = slice_u8(&key);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '_')
			return false;
	}
	return true;
}

static bool key_same(struct slice a, struct slice b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static bool has(const struct notice *n, struct slice key)
{
	for (size_t i = 0; i < n->n; i++)
		if (key_same(n->fields[i].key, key))
			return true;
	return false;
}

/* Unescaped into the store; empty when there is no room left. */
static struct slice keep(struct notice *n, struct slice raw)
{
	struct text t = text_in(n->store + n->used,
	    sizeof(n->store) - n->used);

	if (raw.n + 1 > t.size)
		return slice_of(NULL, 0);
	json_unescape(&t, raw);
	n->used += t.n + 1;
	return slice_of(t.p, t.n);
}

static void add(struct notice *n, struct slice key,
    const struct json_value *v, bool evidence)
{
	struct notice_field f = { .key = key, .value = v->raw,
	    .is_text = v->kind == JSON_TEXT, .is_evidence = evidence };

	if (n->n == NOTICE_FIELDS || !key_is_plain(key) || has(n, key))
		return;
	if (f.is_text)
		f.value = keep(n, v->raw);
	if (slice_more(f.value))
		n->fields[n->n++] = f;
}

static void add_nested(struct notice *n, struct slice object)
{
	struct json_value v;
	struct slice key;

	if (!json_enter(&object))
		return;
	while (json_member(&object, &key, &v))
		if (v.kind != JSON_OBJECT && v.kind != JSON_LIST)
			add(n, key, &v, true);
}

/* A list of numbers as one text: "4,5,9". */
static void add_list(struct notice *n, struct slice key, struct slice list)
{
	struct json_value v = { JSON_TEXT, list };

	slice_skip(&v.raw, 1);
	v.raw = slice_head(v.raw, v.raw.n > 0 ? v.raw.n - 1 : 0);
	if (memchr(list.p, '"', list.n) == NULL)
		add(n, key, &v, false);
}

static void add_member(struct notice *n, struct slice key,
    const struct json_value *v)
{
	if (v->kind == JSON_OBJECT)
		add_nested(n, v->raw);
	else if (v->kind == JSON_LIST)
		add_list(n, key, v->raw);
	else
		add(n, key, v, false);
}

/* Move the essentials to the front, in their order; the rest keeps its. */
static void put_in_order(struct notice *n)
{
	size_t front = 0;

	for (size_t e = 0; essentials[e] != NULL; e++) {
		for (size_t i = front; i < n->n; i++) {
			struct notice_field f = n->fields[i];

			if (!slice_is(f.key, essentials[e]))
				continue;
			memmove(&n->fields[front + 1], &n->fields[front],
			    (i - front) * sizeof(f));
			n->fields[front++] = f;
			break;
		}
	}
}

static void take_out(struct notice *n, const char *key, struct slice *to)
{
	for (size_t i = 0; i < n->n; i++) {
		if (!slice_is(n->fields[i].key, key))
			continue;
		*to = n->fields[i].value;
		memmove(&n->fields[i], &n->fields[i + 1],
		    (n->n - i - 1) * sizeof(n->fields[0]));
		n->n--;
		return;
	}
}

static bool complete(struct notice *n)
{
	struct json_value seq = { JSON_NUMBER, notice_get(n, "seq") };

	take_out(n, "type", &n->type);
	take_out(n, "time", &n->time);
	take_out(n, "sensor", &n->sensor);
	take_out(n, "kind", &n->kind);
	take_out(n, "message", &n->message);
	n->id = notice_get(n, "id");
	n->risk = notice_get(n, "risk");
	n->at_us = rfc3339_read(n->time);
	n->is_alert = slice_is(n->type, "alert");
	return (n->is_alert || slice_is(n->type, "health")) &&
	    n->at_us != -1 && json_number(&seq, &n->seq) &&
	    slice_more(n->sensor) && slice_more(n->kind);
}

bool notice_read(struct notice *n, struct slice record)
{
	struct json_value v;
	struct slice key;

	n->n = 0;
	n->used = 0;
	n->chain[0] = '\0';
	n->type = n->time = n->sensor = n->id = n->kind = n->risk =
	    n->message = slice_of(NULL, 0);
	if (!json_enter(&record))
		return false;
	while (json_member(&record, &key, &v))
		add_member(n, key, &v);
	if (slice_short(record) || !complete(n))
		return false;
	put_in_order(n);
	return true;
}

struct slice notice_get(const struct notice *n, const char *key)
{
	for (size_t i = 0; i < n->n; i++)
		if (slice_is(n->fields[i].key, key))
			return n->fields[i].value;
	return slice_of(NULL, 0);
}
