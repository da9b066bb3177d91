/*
 * config_listen.c - where the service may be asked: paths and loopback ports.
 *
 * The page of metrics needs no password, so it is shown to this machine
 * alone: an address of the network is refused, not silently ignored.
 */
#include "config/config_parts.h"

#include <stdlib.h>
#include <string.h>

bool config_loopback(const char *where, uint16_t *port)
{
	static const char *const hosts[] = { "127.0.0.1:", "localhost:" };
	unsigned long n;
	size_t len;
	char *end;

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		len = strlen(hosts[i]);
		if (strncmp(where, hosts[i], len) == 0) {
			where += len;
			break;
		}
	}
	if (where[0] < '1' || where[0] > '9')
		return false;		/* no sign, no space, not any port */
	n = strtoul(where, &end, 10);
	*port = (uint16_t)n;
	return *end == '\0' && n <= UINT16_MAX;
}

void config_listen(const struct config *c, const struct conf_node *control,
    struct conf_errors *e)
{
	uint16_t port;

	if (c->metrics != NULL && c->metrics[0] != '/' &&
	    !config_loopback(c->metrics, &port))
		conf_error(e, conf_get(control, "metrics"), "'%.64s' is "
		    "neither the path of a socket nor a port of this machine: write "
		    "9117, 127.0.0.1:9117 or /run/weir/metrics", c->metrics);
}
