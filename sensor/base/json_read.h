/*
 * json_read.h - walks a JSON object without building anything.
 *
 * For records read back from the spool and for requests on the control
 * socket.  Values stay slices of the input; nothing is copied until
 * json_unescape().  Strict RFC 8259 in structure, depth-limited, linear.
 *
 *	struct slice in = line, key;
 *	struct json_value v;
 *
 *	if (!json_enter(&in))
 *		return false;
 *	while (json_member(&in, &key, &v))
 *		...
 *	return !slice_short(in);
 */
#ifndef BASE_JSON_READ_H
#define BASE_JSON_READ_H

#include "base/text.h"

enum json_kind { JSON_TEXT, JSON_NUMBER, JSON_BOOL, JSON_NULL, JSON_OBJECT,
	JSON_LIST };

struct json_value {
	enum json_kind kind;
	struct slice raw;		/* text: between the quotes, escaped;
					   object and list: with brackets */
};

/* Step into the object at the front; false when there is none. */
bool json_enter(struct slice *in);
bool json_enter_list(struct slice *in);

/* The next member or element.  False at the end, and when the input is
 * damaged: then *in is short. */
bool json_member(struct slice *in, struct slice *key, struct json_value *v);
bool json_element(struct slice *in, struct json_value *v);

/* A text value in clear; \u escapes become UTF-8.  Not for display: what
 * comes out is as trustworthy as what went in. */
void json_unescape(struct text *t, struct slice raw);

/* One member of the object at `in` by its name; false: it has none. */
bool json_find(struct slice in, const char *name, struct json_value *v);

bool json_is(struct slice key, const char *name);
/* Whole, unsigned, in range; else false. */
bool json_number(const struct json_value *v, uint64_t *number);

#endif
