/*
 * dns_name.h - names inside DNS messages, with compression (RFC 1035 4.1.4).
 */
#ifndef DNS_NAME_H
#define DNS_NAME_H

#include "wire.h"

enum { DNS_NAME_LONGEST = 256 };

/*
 * Read the name at *at, a cursor inside `message`, as text with dots, into
 * `name` (DNS_NAME_LONGEST bytes); *at moves past it.  Pointers are followed
 * backwards only, and not for long.  On damage *at is short, the name empty.
 */
struct slice dns_name(struct slice message, struct slice *at, char *name);

/* A name by itself: labels that no pointer compresses, and that may end with
 * the option they stand in (RFC 4702, RFC 4704).  As far as they fit. */
struct slice dns_labels(struct slice s, char *name);

/* Move *at past a name without reading it. */
void dns_name_skip(struct slice *at);

#endif
