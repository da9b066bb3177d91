/*
 * Community ID against the specification's own examples.
 */
#include <netinet/in.h>

#include "alert/record.h"
#include "tap.h"

static struct event between(const char *client, uint16_t cport,
    const char *server, uint16_t sport, uint8_t proto)
{
	struct event ev = { .client_port = cport, .server_port = sport,
	    .proto = proto };

	if (!addr_parse(&ev.client, client) ||
	    !addr_parse(&ev.server, server))
		errx(1, "bad address in test");
	return ev;
}

static void is(struct event ev, const char *want, const char *what)
{
	char text[COMMUNITY_ID];

	ok(strcmp(community_id(&ev, text), want) == 0, "%s: %s", what, text);
}

int main(void)
{
	const char *a = "128.232.110.120", *b = "66.35.250.204";
	const char *id = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=";

	is(between(a, 34855, b, 80, IPPROTO_TCP), id, "TCP");
	is(between(b, 80, a, 34855, IPPROTO_TCP), id, "the other way round");
	is(between("192.168.1.52", 54585, "8.8.8.8", 53, IPPROTO_UDP),
	    "1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "UDP");
	is(between("10.0.0.1", 0, "10.0.0.2", 0, IPPROTO_ICMP), "", "ICMP");
	is(between("10.0.0.1", 1, "2001:db8::1", 2, IPPROTO_TCP), "",
	    "ends of two families");
	return tap_done();
}
