/*
 * record_parts.h - groups of keys that several records share.
 */
#ifndef ALERT_RECORD_PARTS_H
#define ALERT_RECORD_PARTS_H

#include "alert/record.h"
#include "base/json.h"

void put_head(struct json *j, const struct record_head *h, const char *type,
    int64_t at_us);
void put_maybe(struct json *j, const char *key, const char *text);
void put_slice(struct json *j, const char *key, struct slice s);
void put_addr(struct json *j, const char *key, const struct addr *a);
void put_mac(struct json *j, const char *key, const uint8_t mac[6]);
/* Somebody whose group is not monitored: nothing may tell who. */
bool who_hidden(const struct who *who);
void put_ends(struct json *j, const struct event *ev, bool hidden);
void put_place(struct json *j, const struct where *to);
void put_loss(struct json *j, const struct event *ev);
void put_community_id(struct json *j, const struct event *ev);

#endif
