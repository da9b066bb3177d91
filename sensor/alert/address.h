/*
 * address.h - where a collector is: host and port of a network output.
 */
#ifndef ALERT_ADDRESS_H
#define ALERT_ADDRESS_H

#include <sys/socket.h>

#include "alert/output.h"

struct address_conf {
	char *host;			/* name or numeric address */
	int64_t port;
};

#define ADDRESS_OPTIONS(type, member, usual) \
	{ "host", CONF_TEXT, offsetof(type, member.host), .required = true, \
	    .help = "name or address of the collector" }, \
	{ "port", CONF_COUNT, offsetof(type, member.port), 1, 65535, usual, \
	    .help = "its port" }

struct address {
	struct sockaddr_storage sa;
	socklen_t n;
};

/* Numeric addresses only; false for a name. */
bool address_numeric(struct address *a, const struct address_conf *c);
void address_label(const struct address_conf *c, const char *kind,
    struct text *t);

#endif
