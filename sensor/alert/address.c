/*
 * address.c - numeric addresses of collectors.
 */
#include "alert/address.h"

#include <netdb.h>
#include <stdio.h>

bool address_numeric(struct address *a, const struct address_conf *c)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST,
	    .ai_socktype = SOCK_DGRAM };
	struct addrinfo *found;
	char port[8];

	snprintf(port, sizeof(port), "%u", (unsigned int)(c->port & 0xffff));
	if (getaddrinfo(c->host, port, &hints, &found) != 0)
		return false;
	memcpy(&a->sa, found->ai_addr, found->ai_addrlen);
	a->n = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}

void address_label(const struct address_conf *c, const char *kind,
    struct text *t)
{
	bool v6 = strchr(c->host, ':') != NULL;

	text_printf(t, v6 ? "%s [%s]:%u" : "%s %s:%u", kind, c->host,
	    (unsigned int)(c->port & 0xffff));
}
