/* Studies: a flow's bytes reach its dissector whole, whatever happens; who
 * means ill is in test_study_hostile.c. */
#include "studies.h"

static void test_two_halves(void)
{
	struct bytes h = hello(0, 16384);
	int good = 0;

	for (size_t cut = 1; cut < h.n; cut++)
		for (int swapped = 0; swapped < 2; swapped++) {
			uint32_t first = swapped ? (uint32_t)cut : 0;
			size_t n = swapped ? h.n - cut : cut;

			begin(10);
			handshake();
			segment(UP, 1 + first, 1000, h.b + first, n, n);
			first = swapped ? 0 : (uint32_t)cut;
			n = h.n - n;
			segment(UP, 1 + first, 1000, h.b + first, n, n);
			good += strcmp(facts, host) == 0 && overs == 1;
			end();
		}
	ok(good == 2 * ((int)h.n - 1), "cut anywhere, either half first: %d",
	    good);
}

static void test_shuffled(void)
{
	struct bytes h = hello(3000, 700);
	int good = 0;

	for (unsigned int seed = 1; seed <= 100; seed++) {
		uint32_t pieces = (uint32_t)(h.n + 99) / 100, order[80];

		srandom(seed);
		for (uint32_t i = 0; i < 2 * pieces; i++) {
			uint32_t j = (uint32_t)random() % (i + 1);

			order[i] = order[j];
			order[j] = i % pieces;
		}
		begin(10);
		handshake();
		for (uint32_t i = 0; i < 2 * pieces; i++) {
			size_t at = order[i] * 100;
			size_t n = h.n - at < 130 ? h.n - at : 130;

			segment(UP, (uint32_t)(1 + at), 1000, h.b + at, n, n);
		}
		good += strcmp(facts, host) == 0;
		end();
	}
	ok(good == 100, "overlapping segments, twice, in any order: %d of 100",
	    good);
}

static void test_midstream(void)
{
	struct bytes h = hello(0, 16384);
	uint8_t record[600] = { 23, 3, 3, 0x40, 0 };
	struct flow *f;

	begin(10);
	f = segment(UP, 5000, 77, h.b, h.n, h.n);
	ok(strcmp(facts, host) == 0, "no handshake seen");
	end();
	begin(10);
	f = segment(DOWN, 5000, 77, record, sizeof(record), 1400);
	ok(f->dissector != 0 && strcmp(dissectors[f->dissector - 1]->name,
	    "tls") == 0 && f->flags & FLOW_STUDIED, "in the middle of TLS");
	end();
	begin(10);
	handshake();
	segment(UP, 1, 1000, h.b, 60, h.n);	/* cut by the snaplen */
	f = segment(UP, (uint32_t)(1 + h.n), 1000, record, 20, 20);
	ok(facts[0] == '\0' && f->dissector != 0, "a hello cut short: no name");
	end();
}

/* The capture missed the very first segment; the peer had it. */
static void test_torn(void)
{
	uint8_t record[600] = { 23, 3, 3, 0x40, 0 };
	struct flow *f;

	begin(10);
	handshake();
	segment(UP, 518, 1000, record, 600, 600);
	f = segment(DOWN, 1000, 1118, record, 600, 600);
	ok(f->flags & FLOW_STUDIED && f->dissector != 0,
	    "TLS, though its hello is lost");
	end();
}

/* DNS over TCP: long messages are passed over, holes among them too. */
static void test_skip(void)
{
	static const char answer[] = "\0\x2d" "\x12\x34\x81\x80\0\1\0\1\0\0\0\0"
	    "\3www\7example\0\0\1\0\1\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\5";
	static const uint8_t filler[1000];
	uint8_t first[40] = { 30000 >> 8, 30000 & 0xff, 0, 0, 0x81, 0x80 };
	struct packet p;

	begin(10);
	p = tcp(DOWN, 1, TCP_SYN | TCP_ACK, 999, 1, 0);
	p.sport = 53;
	show(p);
	p = tcp(DOWN, 2, TCP_ACK, 1000, 1, sizeof(first));
	p.sport = 53;
	p.payload = guarded(first, sizeof(first));
	show(p);
	for (uint32_t at = 40; at < 30002; at += 1000) {
		if (at % 3000 == 1040)
			continue;		/* lost */
		p = tcp(DOWN, 3 + at, TCP_ACK, 1000 + at, 1,
		    at + 1000 > 30002 ? 30002 - at : 1000);
		p.sport = 53;
		p.payload = guarded(filler, p.wire_len);
		show(p);
	}
	p = tcp(DOWN, 40000, TCP_ACK, 1000 + 30002, 1, sizeof(answer) - 1);
	p.sport = 53;
	p.payload = guarded(answer, sizeof(answer) - 1);
	show(p);
	ok(strcmp(facts, "5:www.example\n") == 0,
	    "30,000 bytes passed over, some never seen: %s", facts);
	ok(studies_counts(bench.studies).pending_overflow == 0,
	    "without keeping them");
	end();
}

static void test_ndpi(void)
{
	static const char ssh[] = "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n";
	static const uint8_t noise[300] = { 0xd3, 0x11, 0x87, 0x55, 0xfe };
	struct flow *f;
	int asked = 0;

	begin(10);
	handshake();
	segment(DOWN, 1000, 1, ssh, sizeof(ssh) - 1, sizeof(ssh) - 1);
	f = segment(UP, 1, 1000, ssh, sizeof(ssh) - 1, sizeof(ssh) - 1);
	ok(strcmp(classify_name(bench.classify, f->app), "SSH") == 0 &&
	    f->flags & FLOW_STUDIED, "what nobody claims, nDPI may know: %s",
	    classify_name(bench.classify, f->app));
	end();

	begin(10);
	handshake();
	for (uint32_t i = 0; i < 20; i++) {
		f = segment(UP, 1 + i * 300, 1000, noise, 300, 300);
		asked += f->study != 0;
	}
	ok(f->app == 0 && f->flags & FLOW_STUDIED &&
	    asked <= CLASSIFY_PACKETS, "eight packets, then it gives up");
	end();
	begin(10);
	handshake();
	see(bench.flows, tcp(UP, clock_us, TCP_ACK, 1, 1000, 0)).flow->flags
	    |= FLOW_NAMED;
	segment(UP, 1, 1000, noise, 300, 300);
	ok(studies_counts(bench.studies).asked_ndpi == 0,
	    "a known name is not asked for");
	end();
}

/* IRC, then STARTTLS: the same packet may hold the end of one protocol and
 * the beginning of the next, or the hello may come by itself. */
static void test_upgrade(void)
{
	static const char nick[] = "NICK a\r\nSTARTTLS\r\n";
	static const char go[] = ":s 670 a :go\r\n\x16\x03\x03";
	struct bytes h = hello(0, 16384);
	uint32_t at = 1 + sizeof(nick) - 1, back = 1000 + sizeof(go) - 1;
	struct flow *f;
	int good = 0;

	for (int later = 0; later < 2; later++) {
		size_t n = later ? sizeof(go) - 1 : sizeof(go) - 4;

		begin(10);
		handshake();
		segment(UP, 1, 1000, nick, sizeof(nick) - 1, sizeof(nick) - 1);
		segment(DOWN, 1000, at, go, n, n);
		f = segment(UP, at, back, h.b, h.n, h.n);
		good += strcmp(facts, host) == 0 && overs == 1 &&
		    f->dissector != 0 &&
		    strcmp(dissectors[f->dissector - 1]->name, "irc") == 0;
		end();
	}
	ok(good == 2, "STARTTLS: the TLS name, on a flow that stays IRC");
}

int main(void)
{
	bench.classify = classify_new(100, false);
	ok(bench.classify != NULL, "nDPI is the one we were built for");
	test_two_halves();
	test_shuffled();
	test_midstream();
	test_torn();
	test_skip();
	test_ndpi();
	test_upgrade();
	classify_free(bench.classify);
	return tap_done();
}
