/*
 * copies.c - fingerprints of the last packets.
 *
 * The print covers what no switch or router changes: addresses and ports (by
 * the flow's hash), IPv4 identification, length, and the L4 header with the
 * start of the payload.  The L4 checksum stands for the rest of it, in UDP
 * together with samples.
 */
#include "flow/copies.h"

#include "base/hash.h"

#include <netinet/in.h>
#include <string.h>

enum { PRINT_BYTES = 96, SAMPLES = 4, IPV4_HEADER_WORDS = 0x0f,
	IPV6_HEADER = 40 };

/* From the first byte behind the fixed IP header on. */
static struct slice l4_of(const struct packet *p)
{
	struct slice ip = p->ip;
	uint8_t first = slice_u8(&ip);

	if (first >> 4 == 4)
		slice_skip(&ip, 4u * (first & IPV4_HEADER_WORDS) - 1);
	else
		slice_skip(&ip, IPV6_HEADER - 1);
	return slice_head(ip, PRINT_BYTES);
}

/*
 * Of a datagram also some bytes further on, where nobody knows: who chooses
 * all of the payload can choose its checksum too, and what passes for a copy
 * is not counted.  (A TCP segment has its sequence number.)
 */
static uint64_t samples_of(const struct copies *c, const struct packet *p)
{
	uint64_t sum = 0, where = c->seed;

	for (int i = 0; i < SAMPLES && p->wire_len > PRINT_BYTES; i++) {
		struct slice at = p->payload;

		where = where * UINT64_C(6364136223846793005) + 1;
		slice_skip(&at, (where >> 32) % (p->wire_len - 7));
		sum = (sum ^ slice_u64(&at)) * UINT64_C(0x9e3779b97f4a7c15);
	}
	return sum;
}

static uint64_t print_of(const struct copies *c, const struct packet *p,
    uint32_t hash)
{
	struct slice l4 = l4_of(p);
	uint64_t about = (uint64_t)hash << 32 ^ (uint64_t)p->ip_id << 16 ^
	    p->ip_len ^ (uint64_t)p->src.b[15] << 8;

	if (slice_short(l4))		/* no IP header at hand */
		l4 = slice_head(p->payload, PRINT_BYTES);
	about ^= ((uint64_t)p->seq << 32 | p->ack) * UINT64_C(0x9e3779b97f4a7c15);
	if (p->proto == IPPROTO_UDP)
		about ^= samples_of(c, p);
	return hash_of(l4.p, l4.n, c->seed ^ about);
}

bool copies_seen(struct copies *c, const struct packet *p, uint32_t hash)
{
	uint64_t print = print_of(c, p, hash);
	struct copy *set = c->seen[print % COPY_SETS];
	uint32_t tag = (uint32_t)(print >> 32), now = (uint32_t)p->at_us;
	int32_t limit = p->ip_id != 0 ? COPY_ID_WITHIN_US : COPY_WITHIN_US;

	for (int i = 0; i < COPY_WAYS; i++) {
		int32_t age = (int32_t)(now - set[i].at_us);

		if (set[i].print == tag && age <= limit && age >= -limit)
			return true;
	}
	memmove(set + 1, set, sizeof(*set) * (COPY_WAYS - 1));
	set[0] = (struct copy){ .print = tag, .at_us = now };
	return false;
}
