/*
 * json.h - writes one JSON object a line; reads nothing.
 *
 * Append-only on a struct text.  Keys are ours, values may be hostile:
 * strings pass the escaping of base/text, so the output is always valid
 * UTF-8 and valid JSON.  A field that does not fit is left out whole (and
 * t->cut set), never cut inside.
 *
 *	json_open(&j, NULL);
 *	json_str(&j, "type", "flow");
 *	json_u64(&j, "bytes_up", up);
 *	json_close(&j);
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/text.h"

struct json {
	struct text *to;
	bool first;		/* no comma before the next member */
	bool cut;		/* a member did not fit and was left out */
};

struct json json_to(struct text *t);
void json_open(struct json *j, const char *key);	/* key NULL: top */
void json_close(struct json *j);
void json_open_list(struct json *j, const char *key);
void json_close_list(struct json *j);

/* key NULL: an element of a list.  Empty text and zero times are written. */
void json_text(struct json *j, const char *key, struct slice value);
void json_str(struct json *j, const char *key, const char *value);
void json_u64(struct json *j, const char *key, uint64_t value);
void json_i64(struct json *j, const char *key, int64_t value);
void json_real(struct json *j, const char *key, double value, int digits);
void json_bool(struct json *j, const char *key, bool value);
void json_time(struct json *j, const char *key, int64_t at_us);

#endif
