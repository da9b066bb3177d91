/*
 * control_parts.h - the commands of the control socket.
 */
#ifndef CONTROL_PARTS_H
#define CONTROL_PARTS_H

#include "base/json.h"
#include "service/control.h"

/* control_line.c: one line of an answer. */
struct json answer_line(struct text *t);
void answer_end(struct json *j);
/* A word of the request, in clear; false: absent, too long, or not text. */
bool control_word(const struct control_request *r, const char *key,
    char *to, size_t size);

/* control_answers.c: those that only look.  max: lines at most. */
void answer_status(struct core *c, struct text *t, size_t max);
void answer_stats(struct core *c, struct text *t, size_t max);
void answer_health(struct core *c, struct text *t, size_t max);
void answer_collectors(struct core *c, struct text *t, size_t max);
void answer_spool(struct core *c, struct text *t, size_t max);
void answer_alerts(struct core *c, struct text *t, size_t max);
void answer_flows(struct core *c, struct text *t, size_t max);
void answer_top(struct core *c, struct text *t, size_t max);
void answer_users(struct core *c, struct text *t, size_t max);
void answer_exceptions(struct core *c, struct text *t, size_t max);

/* control_changes.c, control_forget.c: those that take words.  NULL: done;
 * else why not. */
const char *answer_explain(struct core *c, struct text *t,
    const struct control_request *r);
const char *answer_suppress_add(struct core *c, struct text *t,
    const struct control_request *r);
const char *answer_suppress_list(struct core *c, struct text *t,
    const struct control_request *r);
const char *answer_suppress_remove(struct core *c, struct text *t,
    const struct control_request *r);
const char *answer_forget(struct core *c, struct text *t,
    const struct control_request *r);
const char *answer_reload(struct core *c, struct text *t,
    const struct control_request *r);

#endif
