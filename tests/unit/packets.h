/*
 * packets.h - packets of one conversation, as decode() would give them.
 */
#ifndef TESTS_PACKETS_H
#define TESTS_PACKETS_H

#include <netinet/in.h>

#include "flow/flow.h"

#define SECOND INT64_C(1000000)

static const struct addr client = { { [10] = 255, 255, 10, 0, 0, 1 } };
static const struct addr server = { { [10] = 255, 255, 192, 0, 2, 9 } };
static inline struct packet packet(enum dir d, uint8_t proto, int64_t at_us)
{
	return (struct packet){ .at_us = at_us, .proto = proto,
	    .src = d == UP ? client : server, .dst = d == UP ? server : client,
	    .sport = d == UP ? 40000 : 443, .dport = d == UP ? 443 : 40000,
	    .ip_id = (uint16_t)(at_us + 1) };
}

static inline struct packet tcp(enum dir d, int64_t at_us, uint8_t flags,
    uint32_t seq, uint32_t ack, uint32_t n)
{
	struct packet p = packet(d, IPPROTO_TCP, at_us);

	p.tcp_flags = flags;
	p.seq = seq;
	p.ack = ack;
	p.wire_len = n;
	p.ip_len = 40 + n;
	return p;
}

static inline struct step see(struct flow_table *t, struct packet p)
{
	return flow_account(t, &p, flow_hash(t, &p));
}

#endif
