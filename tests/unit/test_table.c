/* The flow table: keys, ends, eviction, clocks; volumes of TCP and UDP. */
#include "packets.h"
#include "tap.h"

static int gone_flows;
static uint64_t gone_bytes[2];
static uint32_t gone_lost[2];

static void gone(struct flow *f, void *arg)
{
	(void)arg;
	gone_flows++;
	for (int d = UP; d <= DOWN; d++) {
		gone_bytes[d] = f->half[d].bytes;
		gone_lost[d] = f->half[d].lost;
	}
}

static struct flow_table *table(uint32_t max)
{
	gone_flows = 0;
	return flow_table_new(max, gone, NULL);
}

enum { UP_ISN = 100, DOWN_ISN = 5000 };

static struct flow *open_tcp(struct flow_table *t, int64_t at,
    uint32_t up_isn, uint32_t down_isn)
{
	see(t, tcp(UP, at, TCP_SYN, up_isn, 0, 0));
	see(t, tcp(DOWN, at + 1, TCP_SYN | TCP_ACK, down_isn, up_isn + 1, 0));
	return see(t, tcp(UP, at + 2, TCP_ACK, up_isn + 1, down_isn + 1,
	    0)).flow;
}

static void test_simple(void)
{
	struct flow_table *t = table(100);
	struct flow *f = open_tcp(t, 0, UP_ISN, DOWN_ISN);
	struct step st;

	ok(addr_same(flow_client(f), &client) &&
	    flow_server_port(f) == 443, "the client sent the SYN");
	st = see(t, tcp(UP, 3, TCP_ACK, 101, 5001, 1000));
	ok(st.flow == f && st.dir == UP && st.new_bytes == 1000 && !st.fresh,
	    "a segment");
	st = see(t, tcp(UP, 4, TCP_ACK, 101, 5001, 1000));
	ok(st.new_bytes == 0 && st.overlap == 1000 && !st.copy,
	    "the same again: a retransmission");
	see(t, tcp(DOWN, 5, TCP_ACK, 5001, 1101, 500));
	see(t, tcp(UP, 6, TCP_ACK | TCP_FIN, 1101, 5501, 0));
	see(t, tcp(DOWN, 7, TCP_ACK | TCP_FIN, 5501, 1102, 10));
	ok(f->flags & FLOW_CLOSED && f->half[UP].bytes == 1000 &&
	    f->half[DOWN].bytes == 510 && f->half[DOWN].lost == 0,
	    "closed, FINs are no bytes");
	ok(!see(t, tcp(UP, 8, TCP_ACK, 1102, 5512, 0)).fresh, "last ACK");
	flow_expire(t, 8 * SECOND);
	ok(gone_flows == 1, "gone after lingering");
	flow_table_free(t);
}

static void test_holes(void)
{
	struct flow_table *t = table(100);
	struct flow *f = open_tcp(t, 0, UP_ISN, DOWN_ISN);
	struct step st = see(t, tcp(DOWN, 3, TCP_ACK, 6001, 101, 1000));

	ok(st.hole == 1000 && st.new_bytes == 1000 &&
	    f->half[DOWN].bytes == 1000, "a hole is not counted yet");
	st = see(t, tcp(DOWN, 4, TCP_ACK, 5001, 101, 1000));
	ok(st.late == 1000 && f->half[DOWN].bytes == 2000 &&
	    f->half[DOWN].lost == 0, "filled late");
	see(t, tcp(DOWN, 5, TCP_ACK, 8001, 101, 1000));
	see(t, tcp(UP, 6, TCP_ACK, 101, 9001, 0));
	ok(f->half[DOWN].bytes == 4000 && f->half[DOWN].lost == 1000,
	    "acknowledged though never seen: moved and lost");
	st = see(t, tcp(DOWN, 7, TCP_ACK, 7001, 101, 600));
	ok(st.late == 600 && f->half[DOWN].bytes == 4000 &&
	    f->half[DOWN].lost == 400, "seen after its ACK");
	see(t, tcp(UP, 8, TCP_ACK, 101, 10001, 0));
	ok(f->half[DOWN].bytes == 5000 && f->half[DOWN].lost == 1400,
	    "the end was missed, the ACK tells");
	flow_table_free(t);
}

static void test_forged(void)
{
	struct flow_table *t = table(100);
	struct flow *f = open_tcp(t, 0, UP_ISN, DOWN_ISN);

	see(t, tcp(UP, 3, TCP_ACK, 101, 5001, 100));
	see(t, tcp(UP, 4, TCP_ACK, 0x40000000, 5001, 100));
	see(t, tcp(UP, 5, TCP_ACK, 0x70000000, 0x60000000, 100));
	ok(f->half[UP].bytes == 100 && f->half[DOWN].bytes == 0,
	    "wild sequence and ACK numbers add nothing");
	see(t, tcp(UP, 6, TCP_ACK, 20000000, 5001, 100));
	ok(f->half[UP].bytes == 200, "a jump within a window adds its bytes");
	see(t, tcp(UP, 7, TCP_ACK, 201, 5001, 100));
	see(t, tcp(DOWN, 8, TCP_ACK, 5001, 301, 50));
	ok(f->half[UP].bytes == 300 && f->half[UP].lost == 0 &&
	    f->half[DOWN].bytes == 50, "and the flow goes on");
	for (uint32_t i = 0; i < 5; i++) {
		see(t, tcp(UP, 9 + i, TCP_ACK, 0x50000000 + 100 * i, 5051,
		    100));
		see(t, tcp(DOWN, 9 + i, TCP_ACK, 5051,
		    0x50000000 + 100 * i, 0));
	}
	ok(f->half[UP].bytes >= 700 && f->half[UP].bytes <= 800 &&
	    f->half[UP].lost > 100000000, "a real outage is got over");
	see(t, tcp(UP, 20, TCP_RST, 0x10000000, 0, 0));
	see(t, tcp(UP, 21, TCP_RST, 0, 0, 0));
	ok(!(f->flags & FLOW_RST), "a RST from nowhere ends nothing");
	flow_table_free(t);
}

static void test_any_order(void)
{
	enum { N = 40 };
	uint32_t order[2 * N];
	bool all = true;

	for (unsigned int seed = 1; seed <= 50; seed++) {
		struct flow_table *t = table(10);
		uint32_t isn = 0xffffffff - seed * 100;
		struct flow *f = open_tcp(t, 0, UP_ISN, isn);

		srandom(seed);
		for (uint32_t i = 0; i < 2 * N; i++)
			order[i] = i % N;
		for (uint32_t i = 2 * N - 1; i > 0; i--) {
			uint32_t j = (uint32_t)random() % (i + 1);
			uint32_t swap = order[i];

			order[i] = order[j];
			order[j] = swap;
		}
		for (uint32_t i = 0; i < 2 * N; i++)
			see(t, tcp(DOWN, 10 + i, TCP_ACK,
			    isn + 1 + order[i] * 100, 101,
			    order[i] % 3 ? 100 : 150));
		all &= f->half[DOWN].bytes == N * 100 + 50 &&
		    f->half[DOWN].lost == 0;
		flow_table_free(t);
	}
	ok(all, "any order, every segment twice, across the wrap");
}

static void test_one_sided(void)
{
	struct flow_table *t = table(100);
	struct flow *f;
	struct step st;

	see(t, tcp(UP, 0, TCP_SYN, 100, 0, 0));
	f = see(t, tcp(UP, 1, TCP_ACK, 101, 5001, 0)).flow;
	for (uint32_t i = 0; i < 100; i++)
		see(t, tcp(UP, 2 + i, TCP_ACK, 101, 5001 + i * 3000, 0));
	ok(f->half[DOWN].bytes == 297000 && f->half[DOWN].lost == 297000,
	    "ACKs tell the volume of the invisible direction");
	st = see(t, tcp(DOWN, 200, TCP_ACK, 5001, 101, 1000));
	ok(st.late == 1000 && f->half[DOWN].bytes == 297000 &&
	    f->half[DOWN].lost == 296000, "which may show up after all");
	flow_table_free(t);

	t = table(100);
	st = see(t, tcp(DOWN, 0, TCP_ACK, 9000, 1, 1000));
	ok(flow_client_port(st.flow) == 40000, "mid-stream: by port");
	see(t, tcp(DOWN, 1, TCP_ACK, 7000, 1, 1000));
	see(t, tcp(DOWN, 2, TCP_ACK, 8000, 1, 1000));
	ok(st.flow->half[DOWN].bytes == 3000, "and from before the first");
	flow_table_free(t);
}

static void test_reuse(void)
{
	struct flow_table *t = table(100);
	struct flow *f = open_tcp(t, 0, UP_ISN, DOWN_ISN);

	ok(!see(t, tcp(UP, 3, TCP_SYN, 100, 0, 0)).fresh, "SYN sent again");
	see(t, tcp(UP, 4, TCP_ACK, 101, 5001, 10));
	ok(!see(t, tcp(UP, 5, TCP_SYN, 900000, 0, 0)).fresh,
	    "a SYN alone does not cut a living flow");
	ok(f->half[UP].bytes == 10 && !see(t, tcp(UP, 6, TCP_ACK, 111, 5001,
	    10)).fresh && f->half[UP].bytes == 20, "which goes on");
	ok(see(t, tcp(DOWN, 7, TCP_SYN | TCP_ACK, 77, 900001, 0)).fresh,
	    "but its answer does");
	see(t, tcp(UP, 8, TCP_RST, 900001, 0, 0));
	ok(see(t, tcp(UP, 9, TCP_SYN, 123456, 0, 0)).fresh && gone_flows == 2,
	    "after a RST the ports are used anew");
	flow_table_free(t);
}

/* Behind a SPAN of both ports the answer overtakes the question's copy. */
/* A handshake, given up, and another one that numbers from elsewhere. */
static void test_second_handshake(void)
{
	struct flow_table *t = table(100);
	struct flow *f = open_tcp(t, 0, 0x50000000, DOWN_ISN);

	see(t, tcp(UP, 100, TCP_SYN, UP_ISN, 0, 0));
	see(t, tcp(DOWN, 110, TCP_SYN | TCP_ACK, DOWN_ISN, UP_ISN + 1, 0));
	see(t, tcp(UP, 120, TCP_ACK, UP_ISN + 1, DOWN_ISN + 1, 0));
	see(t, tcp(UP, 130, TCP_ACK, UP_ISN + 1001, DOWN_ISN + 1, 500));
	ok(f->half[UP].bytes == 500 && f->half[UP].lost == 0,
	    "old ACKs say nothing of it: %u lost", f->half[UP].lost);
	flow_table_free(t);
}

static void test_copied_syn(void)
{
	struct flow_table *t = table(100);
	struct packet syn = tcp(UP, 0, TCP_SYN, 100, 0, 0);

	see(t, syn);
	see(t, tcp(DOWN, 1, TCP_RST | TCP_ACK, 0, 101, 0));
	syn.at_us += 400;
	ok(see(t, syn).copy && flow_table_counts(t)->created == 1,
	    "the copy of a refused SYN opens nothing");
	flow_table_free(t);
}

/*
 * At a million packets a second a thousand come between.  The hash has a new
 * seed each time: of 200 copies one is lost in 40 runs (a memory without sets
 * would lose 12 each time).
 */
static void test_busy_copies(void)
{
	enum { ROUND = 1000, ROUNDS = 200 };
	struct flow_table *t = table(ROUND * 2);
	struct packet p = packet(UP, IPPROTO_UDP, 0);

	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i <= ROUND; i++) {
			p.sport = (uint16_t)(i % ROUND);
			p.at_us = round * 20000 + i;
			p.ip_id = (uint16_t)(round + 1);
			see(t, p);
		}
	}
	ok(flow_table_counts(t)->copies >= ROUNDS - 3,
	    "%d copies with %d packets in between", ROUNDS, ROUND);
	flow_table_free(t);
}

static void test_copies(void)
{
	struct flow_table *t = table(100);
	uint8_t ip[28] = { 0x45 }, other[28] = { 0x45 };
	struct packet p = packet(UP, IPPROTO_UDP, 0);
	struct step st;

	p.wire_len = 1000;
	p.ip_len = 1028;
	p.ip = slice_of(ip, sizeof(ip));
	ok(!see(t, p).copy, "a datagram");
	other[8] = 63;
	p.ip = slice_of(other, sizeof(other));
	p.at_us = 900;
	p.vlan = 7;
	st = see(t, p);
	ok(st.copy && st.flow->half[UP].packets == 1 &&
	    st.flow->half[UP].bytes == 1000, "its copy: other TTL and VLAN");
	p.at_us = 20000;
	ok(!see(t, p).copy, "too late for a copy");
	p.at_us = 20010;
	p.ip_id++;
	ok(!see(t, p).copy, "another identification: sent twice");
	ok(flow_table_counts(t)->copies == 1, "counted");
	flow_table_free(t);
}

/* Datagrams that differ late, their checksum made the same on purpose. */
static void test_made_to_look_copied(void)
{
	struct flow_table *t = table(100);
	uint8_t payload[2][1000] = { { 0 } };
	struct packet p = packet(UP, IPPROTO_UDP, 0);
	struct step st = { 0 };

	memset(payload[1] + 100, 'x', 900);
	p.wire_len = 1000;
	p.ip_len = 1028;
	p.ip_id = 0;
	for (int i = 0; i < 20; i++) {
		p.at_us = i * 10;
		p.payload = slice_of(payload[i % 2], sizeof(payload[0]));
		st = see(t, p);
	}
	ok(st.flow->half[UP].packets == 2, "other content is no copy");
	flow_table_free(t);
}

static struct step from_port(struct flow_table *t, uint16_t port, int64_t at,
    uint8_t proto)
{
	struct packet p = packet(UP, proto, at);

	p.sport = port;
	p.wire_len = 10;
	p.tcp_flags = proto == IPPROTO_TCP ? TCP_ACK : 0;
	return see(t, p);
}

static void test_bound(void)
{
	struct flow_table *t = table(1000);
	bool all = true;

	for (uint16_t i = 0; i < 500; i++)
		from_port(t, (uint16_t)(2000 + i), 0, IPPROTO_TCP);
	for (uint16_t i = 0; i < 50000; i++)
		from_port(t, (uint16_t)(4000 + i), SECOND + i, IPPROTO_UDP);
	ok(flow_table_used(t) == 1000 && gone_flows == 49500 &&
	    flow_table_counts(t)->evicted == 49500, "bounded");
	for (uint16_t i = 0; i < 500; i++)
		all &= !from_port(t, (uint16_t)(2000 + i), 2 * SECOND,
		    IPPROTO_TCP).fresh;
	ok(all, "a scan evicts its own");
	all = true;
	for (uint16_t i = 49500; i < 50000; i++)
		all &= !from_port(t, (uint16_t)(4000 + i), 2 * SECOND,
		    IPPROTO_UDP).fresh;
	ok(all, "the newest of them stay");
	flow_table_free(t);
	ok(gone_flows == 50500, "every flow was handed over once");
}

static void test_clock(void)
{
	struct flow_table *t = table(100);
	int64_t day = 86400 * SECOND, at = 20000 * day;
	struct step st = { 0 };

	for (int i = 0; i < 10; i++)
		st = from_port(t, 5000, at + i * SECOND, IPPROTO_UDP);
	flow_expire(t, at + 10 * SECOND);
	st = from_port(t, 5000, at - day, IPPROTO_UDP);
	ok(!st.fresh && st.flow->half[UP].packets == 11 &&
	    st.flow->start_us <= st.flow->last_us, "a step back");
	flow_expire(t, at - day + SECOND);
	ok(gone_flows == 0, "ends nothing");
	for (int i = 0; i < 4300; i += 10)
		flow_expire(t, at - day + i * SECOND);
	ok(gone_flows == 1 && gone_bytes[UP] == 110, "and time goes on there");
	from_port(t, 5000, at, IPPROTO_UDP);
	flow_expire(t, at + 365 * day);
	ok(gone_flows == 2, "a step forward ends what was silent");
	flow_table_free(t);
}

static void test_hash(void)
{
	struct flow_table *t = table(100);
	struct packet up = packet(UP, IPPROTO_TCP, 0);
	struct packet down = packet(DOWN, IPPROTO_TCP, 0);
	struct packet udp = packet(UP, IPPROTO_UDP, 0);

	ok(flow_hash(t, &up) == flow_hash(t, &down), "both ways the same");
	ok(flow_hash(t, &up) != flow_hash(t, &udp), "protocols apart");
	ok(see(t, up).flow != see(t, udp).flow, "two flows");
	flow_table_free(t);
}

int main(void)
{
	test_simple();
	test_holes();
	test_forged();
	test_any_order();
	test_one_sided();
	test_reuse();
	test_copies();
	test_made_to_look_copied();
	test_second_handshake();
	test_copied_syn();
	test_busy_copies();
	test_bound();
	test_clock();
	test_hash();
	return tap_done();
}
