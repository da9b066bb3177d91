/*
 * control_line.c - lines of the control socket: words in, an answer out.
 */
#include "service/control_parts.h"

#include <string.h>

#include "base/json_read.h"

struct json answer_line(struct text *t)
{
	struct json j = json_to(t);

	json_open(&j, NULL);
	return j;
}

void answer_end(struct json *j)
{
	json_close(j);
	text_add(j->to, "\n");
}

static bool clear(char *to, size_t size, struct slice raw)
{
	struct text t = text_in(to, size);

	json_unescape(&t, raw);
	return !t.cut && strlen(to) == t.n;
}

bool control_word(const struct control_request *r, const char *key,
    char *to, size_t size)
{
	struct json_value v;

	to[0] = '\0';
	return json_find(r->raw, key, &v) && v.kind == JSON_TEXT &&
	    clear(to, size, v.raw) && to[0] != '\0';
}
