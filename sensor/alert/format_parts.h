/*
 * format_parts.h - what several formats have in common.
 */
#ifndef ALERT_FORMAT_PARTS_H
#define ALERT_FORMAT_PARTS_H

#include "alert/format.h"
#include "alert/notice.h"

/* Room kept for saying how many fields were left out. */
enum { OMITTED_ROOM = 40 };

/* "<PRI>1 TIME SENSOR weir - KIND " or "<PRI>Nov 24 07:50:00 SENSOR ". */
/* A body behind RFC 5424 has no structured data: "-". */
void put_body_header(struct text *t, const struct format_style *style,
    const struct notice *n);
void put_header(struct text *t, int header, const struct format_style *style,
    const struct notice *n);

/* Untrusted text; characters in `special` get a backslash. */
void put_escaped(struct text *t, struct slice s, const char *special);
/* Printable ASCII without spaces, at most `max` bytes; else '_'. */
void put_token(struct text *t, struct slice s, size_t max);

/* What `kind` is called for people: "Bulk IM/Chat Download". */
const char *notice_title(const struct notice *n, char *room, size_t size);
/* 0 to 10, as CEF and LEEF count. */
int notice_weight(const struct notice *n);

/* A window of the line: appends stop `keep` bytes before its limit. */
struct text window(struct text *line, size_t limit, size_t keep);
void window_close(struct text *line, const struct text *w);
/* The same, with room kept for a message and `more` bytes behind the fields;
 * a message that would take half of the line is left out whole. */
struct text window_before(struct text *line, size_t limit,
    struct text *message, size_t more);

/* All fields, and behind the first one the link of the hash chain, if there
 * is one, as a field "chain".  Returns how many did not fit. */
size_t put_fields(struct text *t, const struct notice *n,
    void (*put)(struct text *t, const struct notice_field *f));

void format_rfc5424(struct text *t, const struct format_style *style,
    const struct notice *n, size_t limit);
void format_rfc3164(struct text *t, const struct format_style *style,
    const struct notice *n, size_t limit);
/* Bodies: a header may stand before them already. */
void format_json(struct text *t, const struct format_style *style,
    const struct notice *n, size_t limit);
void format_cef(struct text *t, const struct format_style *style,
    const struct notice *n, size_t limit);
void format_leef(struct text *t, const struct format_style *style,
    const struct notice *n, size_t limit);

#endif
