/* Studies: forged and conflicting segments, flows without end, and crowds keep
 * no reader from its bytes. */
#include "studies.h"

static const char irc_nick[] = "NICK a\r\nUSER a 0 * :a\r\n";
static const char irc_hello[] = ":s 001 a :Welcome\r\n";
static const char irc_join[] = ":a!a@h JOIN #room\r\n";

/* A conversation in IRC, up to the welcome; returns what follows at. */
static uint32_t irc_begin(void)
{
	begin(10);
	handshake();
	segment(UP, 1, 1000, irc_nick, sizeof(irc_nick) - 1,
	    sizeof(irc_nick) - 1);
	segment(DOWN, 1000, sizeof(irc_nick), irc_hello,
	    sizeof(irc_hello) - 1, sizeof(irc_hello) - 1);
	facts[0] = '\0';
	return 1000 + sizeof(irc_hello) - 1;
}

/* Sequence numbers from nowhere do not carry the reader away. */
static void test_forged(void)
{
	static const uint32_t jumps[] = { 100000, 30 << 20, 1500000000,
		0x80000000, 0xfff00000 };
	size_t n = sizeof(irc_join) - 1;
	uint32_t at;
	int good = 0;

	for (size_t i = 0; i < sizeof(jumps) / sizeof(*jumps); i++) {
		uint32_t next = irc_begin();

		segment(UP, sizeof(irc_nick), next, "", 0, 0);
		segment(DOWN, next + jumps[i], sizeof(irc_nick),
		    irc_hello, 10, 10);
		segment(DOWN, next, sizeof(irc_nick), irc_join, n, n);
		good += strstr(facts, ":#room\n") != NULL;
		end();
	}
	ok(good == 5, "forged segments far away: %d of 5 read on", good);

	at = irc_begin() + 100000;
	segment(UP, sizeof(irc_nick), at, "", 0, 0);
	segment(DOWN, at, sizeof(irc_nick), irc_join, n, n);
	segment(DOWN, at + (uint32_t)n, sizeof(irc_nick), irc_join, n, n);
	ok(strstr(facts, ":#room\n") != NULL,
	    "acknowledged, though never seen: it reads on behind");
	end();
}

static void test_conflict(void)
{
	struct bytes h = hello(300, 16384);
	uint8_t other[400];

	memset(other, 'x', sizeof(other));
	begin(10);
	handshake();
	segment(UP, 51, 1000, h.b + 50, h.n - 50, h.n - 50);
	segment(UP, 54, 1000, other, h.n - 60, h.n - 60);
	segment(UP, 1, 1000, h.b, 50, 50);
	ok(strcmp(facts, host) == 0, "what came first stands: %s", facts);
	end();
}

static void test_bounds(void)
{
	static const uint8_t maybe[] = { 22, 3 };
	static uint8_t big[1400];
	struct flow *f;

	begin(2);
	for (uint16_t port = 1; port <= 3; port++) {
		struct packet p = tcp(UP, clock_us += 10, TCP_ACK, 1, 1, 2);

		p.sport = (uint16_t)(50000 + port);
		p.payload = guarded(maybe, 2);
		f = show(p);
	}
	ok(studies_counts(bench.studies).evicted == 1 && overs == 1 &&
	    f->study != 0, "for the third an idle one is given up");
	end();

	begin(10);
	handshake();
	memcpy(big, "\x16\x03\x01\x40\x00\x01\x00\x3f\xfc", 9);
	for (uint32_t i = 0; i < 40; i++) {
		segment(UP, 1 + i * 1400, 1000, big, sizeof(big),
		    sizeof(big));
		big[0] = 0;
	}
	ok(facts[0] == '\0', "an endless hello ends");
	end();
}

/* Many flows that each hold back a segment, or a reader's memory. */
static void crowd(uint16_t n, uint16_t port, const void *bytes, size_t size,
    uint32_t gap)
{
	for (uint16_t i = 0; i < n; i++) {
		struct packet p = tcp(UP, clock_us += 10, TCP_SYN, 0, 0, 0);

		p.sport = (uint16_t)(10000 + i);
		p.dport = port;
		show(p);
		p = tcp(UP, clock_us += 10, TCP_ACK, 1 + gap, 1000,
		    (uint32_t)size);
		p.sport = (uint16_t)(10000 + i);
		p.dport = port;
		p.payload = slice_of(bytes, size);
		show(p);
	}
}

static void test_crowds(void)
{
	struct bytes h = hello(300, 16384);

	begin(900);
	crowd(600, 443, "held back", 9, 100);
	handshake();
	segment(UP, 1, 1000, h.b, 100, 100);
	segment(UP, 101, 1000, h.b + 100, h.n - 100, h.n - 100);
	ok(strcmp(facts, host) == 0, "a hello in two, though 600 flows wait");
	end();

	begin(900);
	crowd(600, 6667, irc_nick, sizeof(irc_nick) - 1, 0);
	handshake();
	facts[0] = '\0';
	segment(UP, 1, 1000, irc_nick, sizeof(irc_nick) - 1,
	    sizeof(irc_nick) - 1);
	segment(DOWN, 1000, sizeof(irc_nick), irc_hello,
	    sizeof(irc_hello) - 1, sizeof(irc_hello) - 1);
	segment(DOWN, 1000 + sizeof(irc_hello) - 1, sizeof(irc_nick), irc_join,
	    sizeof(irc_join) - 1, sizeof(irc_join) - 1);
	ok(strstr(facts, ":#room\n") != NULL,
	    "a reader with much memory, though 600 have theirs");
	end();
}

int main(void)
{
	bench.classify = classify_new(100, false);
	test_forged();
	test_conflict();
	test_bounds();
	test_crowds();
	classify_free(bench.classify);
	return tap_done();
}
