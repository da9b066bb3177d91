/*
 * flood.c - very many very small flows.
 *
 * flood OUT FLOWS
 *
 * Half are UDP, a request and a reply; half are TCP, a handshake and a few
 * bytes.  Payload is noise that no protocol claims.  The flows overlap: the
 * next packet of a flow comes LAG flows later.  Addresses are drawn from a
 * fixed sequence, so the file is the same each time.
 */
#include <stdlib.h>
#include <string.h>

#include "pcap_out.h"

enum { LAG = 1000, STEPS = 3, FRAME = 60 };

static uint32_t mix(uint32_t x)
{
	x ^= x >> 16;
	x *= 0x7feb352d;
	x ^= x >> 15;
	x *= 0x846ca68b;
	return x ^ x >> 16;
}

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint16_t ip_sum(const uint8_t *ip)
{
	uint32_t sum = 0;

	for (int i = 0; i < 20; i += 2)
		sum += (uint32_t)(ip[i] << 8 | ip[i + 1]);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~((sum & 0xffff) + (sum >> 16));
}

static void put_ip(uint8_t *ip, uint32_t flow, int back, uint8_t proto,
    uint32_t n)
{
	uint32_t client = 0x0a000000 | (mix(flow) & 0xffffff);
	uint32_t server = 0x2d000000 | (mix(flow ^ 0x5bd1e995) & 0xffffff);

	ip[0] = 0x45;
	put16(ip + 2, 20 + n);
	put16(ip + 6, 0x4000);
	ip[8] = 64;
	ip[9] = proto;
	put32(ip + 12, back ? server : client);
	put32(ip + 16, back ? client : server);
	put16(ip + 10, 0);
	put16(ip + 10, ip_sum(ip));
}

static void put_ports(uint8_t *l4, uint32_t flow, int back)
{
	uint32_t client = 32768 + (mix(flow + 77) & 0x3fff);
	uint32_t server = 20000 + (mix(flow + 99) & 0x1fff);

	put16(l4, back ? server : client);
	put16(l4 + 2, back ? client : server);
}

static void put_noise(uint8_t *p, uint32_t n, uint32_t flow)
{
	for (uint32_t i = 0; i < n; i++)
		p[i] = (uint8_t)(mix(flow * 31 + i) | 0x80);
}

static void put_udp(uint8_t *l4, uint32_t flow, int back)
{
	put_ports(l4, flow, back);
	put16(l4 + 4, 8 + 18);
	put_noise(l4 + 8, 18, flow);
}

static uint32_t put_tcp(uint8_t *l4, uint32_t flow, uint32_t step)
{
	static const uint8_t flags[STEPS] = { 0x02, 0x12, 0x18 };
	uint32_t seq = mix(flow + 5) + (step == 2), ack = mix(flow + 6);

	put_ports(l4, flow, step == 1);
	put32(l4 + 4, step == 1 ? ack : seq);
	put32(l4 + 8, step == 0 ? 0 : step == 1 ? seq + 1 : ack + 1);
	l4[12] = 0x50;
	l4[13] = flags[step];
	put16(l4 + 14, 64000);
	if (step < 2)
		return 20;
	put_noise(l4 + 20, 6, flow);
	return 26;
}

static void put_step(FILE *out, int64_t at_us, uint32_t flow, uint32_t step)
{
	uint8_t frame[FRAME] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0 };

	if (flow & 1) {
		uint32_t n = put_tcp(frame + 34, flow, step);

		put_ip(frame + 14, flow, step == 1, 6, n);
	} else if (step < 2) {
		put_udp(frame + 34, flow, step == 1);
		put_ip(frame + 14, flow, step == 1, 17, 8 + 18);
	} else {
		return;
	}
	pcap_put(out, at_us, frame, FRAME, FRAME);
}

int main(int argc, char **argv)
{
	int64_t at_us = 1772528400LL * 1000000;
	uint32_t flows;
	FILE *out;

	if (argc != 3)
		errx(1, "usage: flood OUT FLOWS");
	flows = (uint32_t)strtoul(argv[2], NULL, 10);
	out = pcap_create(argv[1]);
	for (uint32_t i = 0; i < flows + LAG * STEPS; i++)
		for (uint32_t step = 0; step < STEPS; step++)
			if (i >= step * LAG && i - step * LAG < flows)
				put_step(out, at_us += 10, i - step * LAG,
				    step);
	if (fclose(out) == EOF)
		err(1, "%s", argv[1]);
	return 0;
}
