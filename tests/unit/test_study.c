/* Studies: a flow's bytes reach its dissector whole, whatever happens. */
#include "flow/study.h"

#include "hello.h"
#include "packets.h"
#include "tap.h"

static char facts[4096];
static int overs;

static void on_fact(struct flow *f, const struct fact *fact, void *arg)
{
	size_t at = strlen(facts);

	(void)f;
	(void)arg;
	snprintf(facts + at, sizeof(facts) - at, "%d:%.*s\n", fact->kind,
	    (int)fact->text.n, (const char *)fact->text.p);
}

static void on_over(struct flow *f, void *arg)
{
	(void)f;
	(void)arg;
	overs++;
}

struct bench {
	struct classify *classify;
	struct studies *studies;
	struct flow_table *flows;
};

static void on_gone(struct flow *f, void *arg)
{
	struct bench *b = arg;

	study_end(b->studies, f);
}

static struct bench bench;

static void begin(uint32_t max)
{
	facts[0] = '\0';
	overs = 0;
	bench.studies = studies_new(&(struct study_setup){ .max = max,
	    .classify = bench.classify, .fact = on_fact, .over = on_over });
	bench.flows = flow_table_new(1000, on_gone, &bench);
}

static void end(void)
{
	flow_table_free(bench.flows);
	studies_free(bench.studies);
}

static struct flow *show(struct packet p)
{
	struct step st = see(bench.flows, p);

	if (study_wanted(&st, &p))
		study_packet(bench.studies, &st, &p);
	return st.flow;
}

static int64_t clock_us;

static struct flow *segment(enum dir d, uint32_t seq, uint32_t ack,
    const void *bytes, size_t n, size_t wire)
{
	struct packet p = tcp(d, clock_us += 10, TCP_ACK, seq, ack,
	    (uint32_t)wire);

	p.payload = guarded(bytes, n);
	return show(p);
}

static void handshake(void)
{
	show(tcp(UP, clock_us += 10, TCP_SYN, 0, 0, 0));
	show(tcp(DOWN, clock_us += 10, TCP_SYN | TCP_ACK, 999, 1, 0));
	show(tcp(UP, clock_us += 10, TCP_ACK, 1, 1000, 0));
}

static struct bytes hello(size_t padding, size_t record)
{
	struct bytes message = { .n = 0 }, records = { .n = 0 };

	put_hello(&message, (struct hello_want){ .sni = "chat.example",
	    .padding = padding });
	put_records(&records, &message, record);
	return records;
}

static const char host[] = "0:chat.example\n";

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
	test_forged();
	test_conflict();
	test_bounds();
	test_crowds();
	test_ndpi();
	test_upgrade();
	classify_free(bench.classify);
	return tap_done();
}
