/* Mail in clear: how much is attached. */
#include "dissect.h"

extern const struct dissector dissector_smtp, dissector_imap;

#define HEADS "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
#define TEXT "--b1\r\nContent-Type: text/plain\r\n\r\nhello, 12\r\n"
#define FILE_HEAD "--b1\r\nContent-Transfer-Encoding: base64\r\n" \
	"Content-Disposition: attachment; filename=\"a.zip\"\r\n\r\n"
#define MAIL HEADS TEXT FILE_HEAD "QUJDREVG\r\nR0g=\r\n--b1--\r\n"

static void test_smtp(void)
{
	static const struct step data[] = {
		S("220 mx.example ESMTP\r\n"),
		C("EHLO pc.example\r\n"),
		S("250-mx.example\r\n250 PIPELINING\r\n"),
		C("MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n"),
		S("250 ok\r\n250 ok\r\n354 go on\r\n"),
		C(MAIL ".\r\nQUIT\r\n"),
	};
	static const struct step pieces[] = {
		S("220 mx.example ESMTP\r\n"), C("EHLO pc\r\n"),
		C("MAIL FROM:<a@x>\r\nBDAT 220 LAST\r\n" MAIL "QUIT\r\n"),
	};
	static const struct step tls[] = {
		S("220 mx.example ESMTP\r\n"), C("EHLO pc\r\nSTARTTLS\r\n"),
		S("220 go\r\n"), C("\x16\3\1") };
	static const struct step ftp[] = { S("220 (vsFTPd 3.0.3)\r\n"),
		C("USER anna\r\n") };
	static struct run r;

	treat(&dissector_smtp, "data", STEPS(data), "MOVED C 8\n");
	treat(&dissector_smtp, "pieces", STEPS(pieces), "MOVED C 8\n");
	play(&r, &dissector_smtp, STEPS(tls), 0);
	ok(r.verdict == UPGRADE, "TLS follows");
	ok(claims(&dissector_smtp, STEPS(ftp)) == NO, "FTP greets alike");
}

static void test_imap(void)
{
	static const struct step append[] = {
		S("* OK [CAPABILITY IMAP4rev1] ready\r\n"),
		C("a1 LOGIN anna secret\r\n"),
		S("a1 OK\r\n"),
		C("a2 APPEND \"Sent\" (\\Seen) {220}\r\n"),
		S("+ OK\r\n"),
		C(MAIL "\r\na3 APPEND x {5+}\r\nhello\r\na4 LOGOUT\r\n"),
	};
	static const struct step tls[] = { S("* OK ready\r\n"),
		C("a STARTTLS\r\n"), S("a OK begin\r\n"), C("\x16\3\1") };
	static struct run r;

	treat(&dissector_imap, "append", STEPS(append), "MOVED C 8\n");
	play(&r, &dissector_imap, STEPS(tls), 0);
	ok(r.verdict == UPGRADE, "TLS follows");
}

int main(void)
{
	ok(sizeof(MAIL) - 1 == 220, "the message's length is the one told");
	test_smtp();
	test_imap();
	return tap_done();
}
