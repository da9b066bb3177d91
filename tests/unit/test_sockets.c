/* Sockets of calls, and their rules' numbers across a reload. */
#include <netinet/in.h>
#include <stdlib.h>

#include "tap.h"
#include "worker/sockets.h"

static struct flow call_to(const char *peer, uint8_t proto)
{
	struct flow f = { .flags = FLOW_LOW_IS_CLIENT };

	if (!addr_parse(&f.key.low, "10.0.0.7") ||
	    !addr_parse(&f.key.high, peer))
		abort();
	f.key.low_port = 50000;
	f.key.high_port = 3478;
	f.key.proto = proto;
	return f;
}

/* After a reload: 3 stays, all others are somebody else's number. */
static uint32_t only_three(uint32_t rule, void *asked)
{
	++*(int *)asked;
	return rule == 3 ? rule : 0;
}

static uint32_t after_reload(uint32_t rule)
{
	struct flow relay = call_to("198.51.100.1", IPPROTO_UDP);
	struct flow peer = call_to("203.0.113.9", IPPROTO_UDP);
	struct sockets s;
	uint32_t found = 99;
	int asked = 0;

	if (!sockets_init(&s))
		return found;
	sockets_learn(&s, &relay, rule);
	sockets_renumber(&s, only_three, &asked);
	sockets_renumber(&s, only_three, &asked);
	found = sockets_find(&s, &peer);
	sockets_learn(&s, &relay, 5);
	ok(sockets_find(&s, &peer) == 5, "and it is learned again");
	sockets_free(&s);
	return found;
}

int main(void)
{
	struct flow relay = call_to("198.51.100.1", IPPROTO_UDP);
	struct flow peer = call_to("203.0.113.9", IPPROTO_UDP);
	struct flow tcp = call_to("203.0.113.9", IPPROTO_TCP);
	struct sockets s;

	ok(sockets_init(&s), "a table");
	ok(sockets_find(&s, &peer) == 0, "nothing is known");
	sockets_learn(&s, &relay, 4);
	ok(sockets_find(&s, &peer) == 4, "a peer of the relay's socket");
	ok(sockets_find(&s, &tcp) == 0, "TCP has no such sockets");
	sockets_free(&s);
	ok(after_reload(3) == 3, "a rule that is still the same stays");
	ok(after_reload(4) == 0, "one whose number moved is forgotten");
	return tap_done();
}
