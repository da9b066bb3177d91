/*
 * config_listen.c - where the service may be asked: paths and loopback ports.
 *
 * The page of metrics needs no password, so it is shown to this machine
 * alone: an address of the network is refused, not silently ignored.  Intake
 * over the network needs a certificate of whoever writes.
 */
#include "config/config_parts.h"

#include <stdlib.h>
#include <string.h>

#include "alert/tls.h"

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

bool config_endpoint(const char *where, struct addr *a, uint16_t *port)
{
	bool bracket = where[0] == '[';
	const char *colon = strrchr(where, ':');
	char host[ADDR_TEXT], *end;
	unsigned long n;
	size_t len;

	if (colon == NULL || colon[1] < '1' || colon[1] > '9')
		return false;
	len = (size_t)(colon - where) - (bracket ? 2 : 0);
	if (colon - where < 2 || len >= sizeof(host) ||
	    (bracket && colon[-1] != ']'))
		return false;
	memcpy(host, where + bracket, len);
	host[len] = '\0';
	n = strtoul(colon + 1, &end, 10);
	*port = (uint16_t)n;
	return *end == '\0' && n <= UINT16_MAX && addr_parse(a, host) &&
	    bracket == !addr_is_v4(a);
}

static void check_intake(const struct config_intake *in,
    const struct conf_node *at, struct conf_errors *e)
{
	struct tls_conf files = { .ca = in->ca, .cert = in->cert,
		.key = in->key };
	struct addr a;
	uint16_t port;

	if (in->listen == NULL)
		return;
	if (!config_endpoint(in->listen, &a, &port))
		conf_error(e, conf_get(at, "listen"), "'%.64s' is no address "
		    "and port: write 192.0.2.1:6515 or [2001:db8::1]:6515",
		    in->listen);
	if (in->cert == NULL || in->key == NULL || in->ca == NULL ||
	    in->names == NULL)
		conf_error(e, at, "intake over TLS needs cert, key, ca and "
		    "names: nobody writes without a certificate");
	tls_check(&files, at, e);
}

void config_listen(const struct config *c, const struct conf_node *control,
    const struct conf_node *intake, struct conf_errors *e)
{
	uint16_t port;

	check_intake(&c->intake_tls, intake, e);
	if (c->metrics != NULL && c->metrics[0] != '/' &&
	    !config_loopback(c->metrics, &port))
		conf_error(e, conf_get(control, "metrics"), "'%.64s' is "
		    "neither the path of a socket nor a port of this "
		    "machine: write 9117, 127.0.0.1:9117 or /run/weir/metrics", c->metrics);
}
