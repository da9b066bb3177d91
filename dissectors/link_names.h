/*
 * link_names.h - the answers of multicast DNS and LLMNR: who is called what
 * on this link, and which services are there.
 */
#ifndef LINK_NAMES_H
#define LINK_NAMES_H

#include "dns_name.h"

enum { LINK_TOLD = 16 };

struct link_names {
	uint8_t next;
	uint32_t told[LINK_TOLD];	/* checksums of facts told already */
};

/* The services that are told as devices; ends with NULL. */
extern const char *const link_services[];

/* Does it look like a DNS message of this kind, by its counts and length? */
bool link_names_is(struct slice s);

/* state: struct link_names */
void link_names_message(struct dissection *d, enum side from,
    struct slice message);

#endif
