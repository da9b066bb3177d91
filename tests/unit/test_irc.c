/* irc: nicks, channels, DCC in all its forms. */
#include "dissect.h"

extern const struct dissector dissector_irc;

static const struct step session[] = {
	C("CAP LS 302\r\nNICK anna\r\nUSER anna 0 * :Anna\r\n"),
	S(":irc.example NOTICE * :*** Looking up your hostname\r\n"
	    ":irc.example 001 anna_ :Welcome\r\n"
	    ":irc.example 900 anna_ anna_!a@h anna.k :You are logged in\r\n"),
	C("JOIN #plans,#beer\r\n"),
	S("@time=2026-01-01T00:00:00Z :anna_!a@h JOIN #plans\r\n"
	    ":bob!b@h JOIN #plans\r\n:anna_!a@h JOIN :#beer\r\n"),
	C("NICK anne\r\n"),
	S(":anna_!a@h NICK :anne\r\n:anne!a@h JOIN #late\r\n"),
};

static const struct step dcc[] = {
	C("NICK anna\r\nUSER anna 0 * :Anna\r\n"),
	S(":s 001 anna :Hi\r\n"
	    ":bob!b@h PRIVMSG anna :\001DCC SEND plans.pdf 3232235777 5000 "
	    "1048576\001\r\n"),
	C("PRIVMSG bob :\001DCC RESUME plans.pdf 5000 65536\001\r\n"),
	S(":bob!b@h PRIVMSG anna :\001DCC ACCEPT plans.pdf 5000 65536\001\r\n"
	    ":anna!a@h PRIVMSG bob :\001DCC SEND echo 1 2 3\001\r\n"),
	C("PRIVMSG bob :\001DCC SEND \"my plans.zip\" 167772161 0 500 7\001\n"),
	S(":bob!b@h PRIVMSG anna :\001DCC SEND \"my plans.zip\" 2001:db8::9 "
	    "6000 500 7\001\r\n"),
	/* as irssi answers: a name of several words, no quotes */
	S(":bob!b@h PRIVMSG anna :\001DCC SEND plan 2 b.zip 167772162 6001 "
	    "500 7\001\r\n"),
};

static const char dcc_facts[] =
	"ACCOUNT C anna (s) accepted\n"
	"EXPECT S plans.pdf 1048576 192.168.1.1:5000\n"
	"EXPECT S plans.pdf 983040 192.168.1.1:5000\n"
	"EXPECT C my plans.zip 500 2001:db8::9:6000\n"
	"EXPECT C plan 2 b.zip 500 10.0.0.2:6001\n";

static void test_claims(void)
{
	static const struct step ftp[] = { C("USER anna\r\n"), S("220 hi\r\n") };
	static const struct step pop[] = { C("PASS secret\r\nSTAT\r\n") };
	static const struct step relay[] = { S(":a!b@c PRIVMSG #x :hello\r\n") };
	static const struct step http[] = { C("GET / HTTP/1.1\r\n") };

	ok(claims(&dissector_irc, STEPS(ftp)) == NO, "FTP is not IRC");
	ok(claims(&dissector_irc, STEPS(pop)) == NO, "nor is POP3");
	ok(claims(&dissector_irc, STEPS(http)) == NO, "nor HTTP");
	ok(claims(&dissector_irc, STEPS(relay)) == YES, "the server alone");
}

static void test_edges(void)
{
	static char line[20000];
	static struct run r;
	struct step steps[] = { { SERVER, line, sizeof(line), 0 },
		S("\r\n:s 001 me :hi\r\n:me!x JOIN #a\r\n") };
	struct step holed[] = { S(":s 001 me :hi\r\n"),
		{ SERVER, "!x JOIN #no\r\n:me!x JOIN #a\r\n", 28, 500 } };
	static const struct step tls[] = { C("STARTTLS\r\n"),
		S(":s 670 * :STARTTLS successful\r\n\x16\x03\x03") };

	memset(line, 'x', sizeof(line));
	play(&r, &dissector_irc, STEPS(steps), 0);
	ok(same_facts(&r, "ACCOUNT C me (s) accepted\nROOM C #a\n"),
	    "an endless line is dropped, the next one is read");
	play(&r, &dissector_irc, STEPS(holed), 0);
	ok(same_facts(&r, "ACCOUNT C me (s) accepted\nROOM C #a\n"),
	    "after a hole: from the next line on");
	play(&r, &dissector_irc, STEPS(tls), 0);
	ok(r.verdict == UPGRADE && r.left == 3, "STARTTLS: the rest is TLS");
}

int main(void)
{
	treat(&dissector_irc, "session", STEPS(session),
	    "ACCOUNT C anna_ (irc.example) accepted\n"
	    "ACCOUNT C anna.k (irc.example) accepted\n"
	    "ROOM C #plans\nROOM C #beer\nROOM C #late\n");
	treat(&dissector_irc, "dcc", STEPS(dcc), dcc_facts);
	test_claims();
	test_edges();
	ok(grows_linearly(&dissector_irc, session, 2, (struct step)
	    S(":anna_!a@h JOIN #plans\r\n")), "linear");
	return tap_done();
}
