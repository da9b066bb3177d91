/* SIP's announcements of files, and MSRP's chunks that carry them. */
#include "dissect.h"

extern const struct dissector dissector_sip, dissector_sip_udp,
    dissector_msrp;

#define SDP_OFFER \
	"v=0\r\no=anna 1 1 IN IP4 10.0.0.1\r\ns=-\r\n" \
	"c=IN IP4 10.0.0.1\r\nt=0 0\r\n" \
	"m=audio 4000 RTP/AVP 0\r\na=recvonly\r\n" \
	"m=message 7654 TCP/MSRP *\r\na=sendonly\r\n" \
	"a=accept-types:message/cpim\r\n" \
	"a=path:msrp://10.0.0.1:7654/jshA7we;tcp\r\n" \
	"a=file-selector:name:\"my size:7 %22plan%22.pdf\" " \
	"type:application/pdf size:4092 hash:sha-1:72:24:5F\r\n"
#define SDP_ANSWER \
	"v=0\r\nc=IN IP4 10.0.0.9\r\n" \
	"m=message 8888 TCP/MSRP *\r\na=recvonly\r\n" \
	"a=path:msrp://bob.example.com:8888/9di4ea;tcp\r\n"
#define INVITE(head, body) "INVITE sip:bob@example.com SIP/2.0\r\n" \
	"Via: SIP/2.0/TCP 10.0.0.1\r\nCall-ID: c1@10.0.0.1\r\n" \
	"Content-Type: application/sdp\r\n" head "\r\n" body
#define HOLED(lost, text) { CLIENT, text, sizeof(text) - 1, lost }
#define FACTS \
	"APP C msrp\n" \
	"EXPECT C my size:7 \"plan\".pdf 4092 10.0.0.1:7654\n" \
	"APP S msrp\n" \
	"EXPECT C my size:7 \"plan\".pdf 4092 10.0.0.9:8888\n"

static void test_sip(void)
{
	static const struct step call[] = {
		C("REGISTER sip:example.com SIP/2.0\r\n"
		    "Content-Length: 0\r\n\r\n\r\n\r\n"),
		S("SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
		C(INVITE("Content-Length: 309\r\n", SDP_OFFER)),
		S("SIP/2.0 200 OK\r\ni: c1@10.0.0.1\r\nl: 110\r\n\r\n"
		    SDP_ANSWER),
		C("BYE sip:bob@example.com SIP/2.0\r\n\r\n"),
	};
	static const struct step datagrams[] = {
		C(INVITE("", SDP_OFFER)),
		S("SIP/2.0 200 OK\r\nCall-ID: c1@10.0.0.1\r\n\r\n" SDP_ANSWER),
	};
	static const struct step holed[] = {
		C("OPTIONS sip:b SIP/2.0\r\nContent-Length: 0\r\n\r\n"),
		HOLED(500, "a=path:x\r\n" INVITE("Content-Length: 309\r\n",
		    SDP_OFFER)),
	};
	static const struct step http[] = { C("GET sip: HTTP/1.1\r\n\r\n") };
	static struct run r;

	treat(&dissector_sip, "sip", STEPS(call), FACTS);
	treat(&dissector_sip_udp, "sip_udp", STEPS(datagrams), FACTS);
	play(&r, &dissector_sip, STEPS(holed), 0);
	ok(same_facts(&r, "APP C msrp\n"
	    "EXPECT C my size:7 \"plan\".pdf 4092 10.0.0.1:7654\n"),
	    "after a hole: from the next message on");
	ok(claims(&dissector_sip, STEPS(http)) == NO, "HTTP is not SIP");
}

/* Who listens, who hands over, and what is nobody's file. */
static void test_sides(void)
{
	static const struct step pull[] = { C(INVITE("",
	    "c=IN IP6 2001:db8::1\nm=message 9 TCP/TLS/MSRP *\na=recvonly\n"
	    "a=file-selector:size:100\n"
	    "a=path:msrps://u@[2001:db8::9]:9/x;tcp msrp://10.0.0.1:8/y;tcp")) };
	static const struct step refused[] = { S("SIP/2.0 200 OK\r\n\r\n"
	    "m=message 0 TCP/MSRP *\r\na=file-selector:name:\"x\" size:1\r\n"
	    "a=path:msrp://10.0.0.2:1/y;tcp\r\n") };
	static const struct step chat[] = { S("SIP/2.0 200 OK\r\n\r\n"
	    "m=message 70 TCP/MSRP *\r\na=path:msrp://10.0.0.2:70/y;tcp\r\n") };
	static struct run r;

	play(&r, &dissector_sip_udp, STEPS(pull), 0);
	ok(same_facts(&r, "APP C msrp\nEXPECT C 100 2001:db8::9:9\n"),
	    "the first hop, which is not the client: it sends");
	play(&r, &dissector_sip_udp, STEPS(refused), 0);
	ok(same_facts(&r, ""), "port 0 is a refusal");
	play(&r, &dissector_sip_udp, STEPS(chat), 0);
	ok(same_facts(&r, "APP S msrp\n"), "a session for words");
}

#define HEAD(t, range) "MSRP " t " SEND\r\nTo-Path: msrp://b:8888/9;tcp\r\n" \
	"From-Path: msrp://a:7777/i;tcp\r\nMessage-ID: m1\r\n" \
	"Byte-Range: " range "\r\n"

static const struct step chunks[] = {
	C(HEAD("d93ks", "1-12/27") "Content-Disposition: attachment; "
	    "filename=\"plan.pdf\"\r\nContent-Type: application/pdf\r\n\r\n"
	    "12345\r\n-----\r\n-------d93ks+\r\n"),
	S("MSRP d93ks 200 OK\r\nTo-Path: msrp://a:7777/i;tcp\r\n"
	    "-------d93ks$\r\n"),
	C(HEAD("d93kt", "13-*/27") "Content-Type: application/pdf\r\n\r\n"
	    "\r\n-------d93k\r\n\r\n-------d93kt$\r\n"),
	/* words, a notice that somebody types, a keep-alive, no body at all */
	C("MSRP t001 SEND\r\nTo-Path: msrp://b:8888/9;tcp\r\nMessage-ID: m2\r\n"
	    "Byte-Range: 1-5/5\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
	    "-------t001$\r\n"
	    "MSRP t002 SEND\r\nMessage-ID: m3\r\nByte-Range: 1-1/1\r\n"
	    "Content-Type: application/im-iscomposing+xml\r\n\r\nx\r\n"
	    "-------t002$\r\n"
	    "MSRP t003 SEND\r\nMessage-ID: m4\r\n-------t003$\r\n"
	    "MSRP t004 SEND\r\nMessage-ID: m5\r\n\r\n-------t004$\r\n"),
	/* a picture in an envelope, from the other side */
	S("MSRP t005 SEND\r\nTo-Path: msrp://a:7777/i;tcp\r\nMessage-ID: m6\r\n"
	    "Byte-Range: 1-*/*\r\nContent-Type: message/cpim\r\n\r\n"
	    "From: <sip:b@x>\r\nTo: <sip:a@x>\r\n\r\n"
	    "Content-Type: image/jpeg\r\n\r\n0123456789\r\n-------t005$\r\n"),
};

static void test_msrp(void)
{
	static const struct step holed[] = {
		C(HEAD("t001", "1-*/4000") "Content-Type: image/png\r\n\r\n"
		    "0123456789"),
		HOLED(700, "abc\r\n-------t001+\r\n"),
		C(HEAD("t002", "1001-*/4000") "Content-Type: image/png\r\n\r\n"
		    "0123456789"),
		/* the mark is lost, the next chunk is not */
		HOLED(900, "ab\r\n" HEAD("t003", "2001-*/4000")
		    "Content-Type: image/png\r\n\r\n"
		    "ABCDE\r\n-------t003$\r\n"),
		/* nobody knows where this belongs */
		HOLED(10, "x\r\n-------t003$\r\nMSRP t004 SEND\r\n"
		    "Message-ID: m9\r\nContent-Type: a/b\r\n\r\n01\r\n"
		    "-------t004$\r\n"),
	};
	static const struct step irc[] = { C("MSRP me\r\n") };
	static const struct step mail[] = { C("MAIL FROM:<a@b>\r\n") };
	static struct run r;

	treat(&dissector_msrp, "msrp", STEPS(chunks),
	    "FILE C plan.pdf 27\nMOVED C plan.pdf 12\nMOVED C plan.pdf 15\n"
	    "MOVED C 5 maybe\nMOVED S 10\n");
	play(&r, &dissector_msrp, STEPS(holed), 0);
	ok(r.moved == 10 + 3 + 10 + 2 + 5 + 2,
	    "holes: what was seen is counted, no more (%llu)",
	    (unsigned long long)r.moved);
	ok(claims(&dissector_msrp, STEPS(irc)) == NO, "a short line is not");
	ok(claims(&dissector_msrp, STEPS(mail)) == NO, "nor is mail");
}

int main(void)
{
	test_sip();
	test_sides();
	test_msrp();
	ok(grows_linearly(&dissector_msrp, chunks, 2, (struct step)
	    C("MSRP t00x SEND\r\nMessage-ID: m\r\nContent-Type: a/b\r\n\r\n"
	    "x\r\n-------t00x$\r\n")), "linear");
	return tap_done();
}
