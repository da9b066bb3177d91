/* DNS: answers belong to the name asked for, and to no other. */
#include "dissect.h"

extern const struct dissector dissector_dns;
extern const struct dissector dissector_dns_tcp;

#define QUERY "\x12\x34\1\0\0\1\0\0\0\0\0\0" "\3www\7example\0\0\1\0\1"
#define REPLY(n) "\x12\x34\x81\x80\0\1\0" n "\0\0\0\0" \
	"\3www\7example\0\0\1\0\1"
#define A(owner, a, b) owner "\0\1\0\1\0\0\1\x2c\0\4\xc0\0" a b
#define QNAME "\xc0\x0c"
#define CNAME "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\x06\3cdn\xc0\x10"

static struct run r;

static void reply(const char *what, const void *bytes, size_t n,
    const char *want)
{
	struct step steps[] = { C(QUERY), { SERVER, bytes, n, 0 } };

	play(&r, &dissector_dns, STEPS(steps), 0);
	ok(same_facts(&r, want), "%s", what);
}

#define REPLIED(what, bytes, want) reply(what, bytes, sizeof(bytes) - 1, want)

static enum claim claim_on(uint16_t port, const void *bytes, size_t n)
{
	struct opening o = { .port = { 40000, port } };

	o.first[CLIENT] = guarded(bytes, n);
	return dissector_dns.claim(&o);
}

static void test_tcp(void)
{
	static uint8_t big[2 + 20000 + 2 + 45];
	struct step steps[] = { { SERVER, big, sizeof(big), 0 } };
	static const char answer[] = REPLY("\1") A(QNAME, "\2", "\5");
	static const struct step small[] = { C("\0\x1d" QUERY),
		S("\0\x2d" REPLY("\1") A(QNAME, "\2", "\5")) };

	big[0] = 20000 >> 8;
	big[1] = 20000 & 0xff;
	big[2 + 20000 + 1] = sizeof(answer) - 1;
	memcpy(big + 20004, answer, sizeof(answer) - 1);
	steps[0].n = 20004 + sizeof(answer) - 1;
	ok(any_cut(&dissector_dns_tcp, STEPS(steps)), "TCP: cut anywhere");
	ok(be_hostile(&dissector_dns_tcp, STEPS(small)) > 0,
	    "TCP: every prefix, every bit");
	save_seed(&dissector_dns_tcp, "one", STEPS(small));
	play(&r, &dissector_dns_tcp, STEPS(steps), 1448);
	ok(same_facts(&r, "ANSWER S www.example 192.0.2.5:0 300s\n"),
	    "TCP: a long message is passed over");
}

int main(void)
{
	struct step steps[] = { C(QUERY),
		S(REPLY("\2") A(QNAME, "\2", "\5") A(QNAME, "\2", "\6")) };

	ok(claim_on(53, QUERY, sizeof(QUERY) - 1) == YES, "port 53");
	ok(claim_on(5300, QUERY, sizeof(QUERY) - 1) == NO, "another port");
	ok(claim_on(53, "GET / HTTP/1.1\r\n\r\n", 18) == NO, "not DNS");
	play(&r, &dissector_dns, STEPS(steps), 0);
	ok(same_facts(&r, "ANSWER S www.example 192.0.2.5:0 300s\n"
	    "ANSWER S www.example 192.0.2.6:0 300s\n"), "two addresses");
	ok(be_hostile(&dissector_dns, STEPS(steps)) > 0,
	    "every prefix, every bit");
	save_seed(&dissector_dns, "two", STEPS(steps));

	REPLIED("a CNAME", REPLY("\2") CNAME A("\xc0\x29", "\2", "\7"),
	    "ANSWER S www.example 192.0.2.7:0 300s\n");
	REPLIED("somebody else's address",
	    REPLY("\1") A("\4evil\7example\0", "\2", "\x08"), "");
	REPLIED("AAAA and HTTPS hints", REPLY("\2")
	    QNAME "\0\x1c\0\1\0\0\0\x0a\0\x10" "\x20\1\x0d\xb8"
	    "\0\0\0\0\0\0\0\0\0\0\0\1"
	    QNAME "\0\x41\0\1\0\0\0\x0a\0\x0b" "\0\1\0" "\0\4\0\4"
	    "\xc0\0\2\x09",
	    "ANSWER S www.example 2001:db8::1:0 10s\n"
	    "ANSWER S www.example 192.0.2.9:0 10s\n");
	REPLIED("an error", "\x12\x34\x81\x83\0\1\0\1\0\0\0\0"
	    "\3www\7example\0\0\1\0\1" A(QNAME, "\2", "\5"), "");
	REPLIED("no question", "\x12\x34\x81\x80\0\0\0\1\0\0\0\0"
	    A("\3www\7example\0", "\2", "\5"), "");
	REPLIED("a name that points at itself", "\x12\x34\x81\x80\0\1\0\1"
	    "\0\0\0\0" "\xc0\x0c\0\1\0\1" A(QNAME, "\2", "\5"), "");
	REPLIED("case does not matter",
	    REPLY("\1") A("\3WWW\7Example\0", "\2", "\5"),
	    "ANSWER S www.example 192.0.2.5:0 300s\n");
	test_tcp();
	return tap_done();
}
