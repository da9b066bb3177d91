/*
 * packet.h - one frame, taken apart down to its TCP or UDP payload.
 *
 * Filled in by decode(); slices point into the capture buffer.  Lengths say
 * what was on the wire, slices hold what was captured of it.
 */
#ifndef CAPTURE_PACKET_H
#define CAPTURE_PACKET_H

#include "base/addr.h"
#include "base/slice.h"

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };
enum { NO_WINDOW_SHIFT = 0xff };

struct packet {
	int64_t at_us;			/* capture time, UTC */
	struct addr src, dst;
	uint16_t sport, dport;		/* ICMP: 0 */
	uint8_t proto;			/* IPPROTO_*, after extension headers */
	uint8_t tcp_flags;
	uint8_t ttl;
	bool has_mac;			/* the innermost Ethernet header */
	uint8_t src_mac[6], dst_mac[6];
	uint16_t vlan;			/* innermost VLAN id, 0: none */
	uint16_t window;		/* TCP, unscaled */
	uint16_t ip_id;			/* IPv4, 0 for IPv6 */
	uint8_t tunnels;		/* encapsulations taken off */
	uint8_t window_shift;		/* of a SYN, 0xff: no such option */
	uint32_t seq, ack;
	uint32_t ip_len;		/* whole IP packet on the wire */
	uint32_t wire_len;		/* TCP/UDP payload on the wire */
	struct slice ip;		/* from the IP header on */
	struct slice payload;		/* what was captured of the payload */
};

#endif
