/*
 * ends.c - who of two ends is the client.
 */
#include "flow/ends.h"

#include <netinet/in.h>

enum { EPHEMERAL = 32768 };	/* both ports above: neither is known */

/* Registered ports (IANA) that are servers' though not low. */
static bool is_service(uint16_t port)
{
	static const uint16_t services[] = { 1080, 1194, 1433, 1521, 1701,
		1723, 1812, 1813, 1863, 1883, 1935, 2049, 2222, 3128, 3240,
		3260, 3306, 3389, 3478, 4244, 4443, 4500, 5060, 5061, 5190,
		5222, 5223, 5228, 5269, 5353, 5355, 5432, 5555, 5900, 6379,
		6443, 6667, 6697, 7680, 8000, 8008, 8009, 8080, 8443, 8883,
		9418, 10809, 17500, 21027, 22000, 51820, 53317 };
	size_t low = 0, high = sizeof(services) / sizeof(*services);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (services[middle] == port)
			return true;
		if (services[middle] < port)
			low = middle + 1;
		else
			high = middle;
	}
	return port < 1024;
}

/*
 * Who asked?  A SYN says it.  Else the side without a service's port is the
 * client, else the one with the higher port; between two ports that mean
 * nothing, whoever spoke first.
 */
bool ends_src_is_client(const struct packet *p)
{
	if (p->proto == IPPROTO_TCP && p->tcp_flags & TCP_SYN)
		return !(p->tcp_flags & TCP_ACK);
	if (addr_is_multicast(&p->dst) || p->sport == p->dport)
		return true;
	if (is_service(p->sport) != is_service(p->dport))
		return is_service(p->dport);
	if (p->sport >= EPHEMERAL && p->dport >= EPHEMERAL)
		return true;
	return p->sport > p->dport;
}

const struct addr *flow_client(const struct flow *f)
{
	return f->flags & FLOW_LOW_IS_CLIENT ? &f->key.low : &f->key.high;
}

const struct addr *flow_server(const struct flow *f)
{
	return f->flags & FLOW_LOW_IS_CLIENT ? &f->key.high : &f->key.low;
}

uint16_t flow_client_port(const struct flow *f)
{
	return f->flags & FLOW_LOW_IS_CLIENT ? f->key.low_port :
	    f->key.high_port;
}

uint16_t flow_server_port(const struct flow *f)
{
	return f->flags & FLOW_LOW_IS_CLIENT ? f->key.high_port :
	    f->key.low_port;
}
