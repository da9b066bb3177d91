/* Shares over text protocols and block devices: FTP, rsync, iSCSI, NBD. */
#include "bytes.h"
#include "dissect.h"

extern const struct dissector dissector_ftp, dissector_rsyncd,
    dissector_iscsi, dissector_nbd;

static const struct step ftp[] = {
	S("220 (vsFTPd 3.0.3)\r\n"),
	C("USER anna\r\n"), S("331 password\r\n"),
	C("PASS secret\r\n"), S("230 Login successful.\r\n"),
	C("PASV\r\n"), S("227 Entering Passive Mode (10,0,0,2,31,64).\r\n"),
	C("STOR plans for all.pdf\r\n"), S("150 Ok to send data.\r\n"),
	S("226 Transfer complete.\r\n"),
	C("EPSV\r\n"), S("229 Entering (|||8001|)\r\n"),
	C("SIZE a.zip\r\n"), S("213 1234\r\n"),
	C("RETR a.zip\r\n"),
	S("150 Opening BINARY connection for a(1).zip (1235 bytes).\r\n"),
	C("EPRT |2|2001:db8::1|5282|\r\n"), C("PORT 10,0,0,1,20,1\r\n"),
};

static const char ftp_facts[] =
	"ACCOUNT C anna accepted\n"
	"EXPECT S 10.0.0.2:8000\n"
	"EXPECT C plans for all.pdf 10.0.0.2:8000\n"
	"EXPECT S 10.0.0.2:8001\n"
	"EXPECT S a.zip 1234 10.0.0.2:8001\n"
	"EXPECT S a.zip 1235 10.0.0.2:8001\n"
	"EXPECT S 2001:db8::1:5282\n"
	"EXPECT S 10.0.0.1:5121\n";

static void test_ftp(void)
{
	static const struct step smtp[] = { S("220 mx ESMTP\r\n"),
		C("EHLO a\r\n") };
	static const struct step tls[] = { S("220 FTP\r\n"),
		C("AUTH TLS\r\n"), S("234 Proceed\r\n\x16") };
	static const struct step nat[] = { S("220 FTP\r\n"),
		S("227 ok (0,0,0,0,4,1)\r\n") };
	static struct run r;

	treat(&dissector_ftp, "ftp", STEPS(ftp), ftp_facts);
	ok(claims(&dissector_ftp, STEPS(smtp)) == NO, "SMTP is not");
	play(&r, &dissector_ftp, STEPS(tls), 0);
	ok(r.verdict == UPGRADE && r.left == 1, "AUTH TLS");
	play(&r, &dissector_ftp, STEPS(nat), 0);
	ok(same_facts(&r, "EXPECT S 10.0.0.2:1025\n"), "no address: its own");
	ok(grows_linearly(&dissector_ftp, ftp, 5, ftp[6]), "linear");
}

static void test_rsync(void)
{
	static const struct step push[] = {
		S("@RSYNCD: 31.0 sha512\n"), C("@RSYNCD: 31.0 sha512\n"),
		C("backup\n"), S("@RSYNCD: AUTHREQD x\n"), C("anna hash\n"),
		S("@RSYNCD: OK\n"),
		C("--server\0-vlogDtprze.iLsfxCIvu\0.\0backup/\0\0\x1e\0"),
	};
	static const struct step pull[] = {
		S("@RSYNCD: 27.0\n"), C("@RSYNCD: 27.0\nbackup\n"),
		S("@RSYNCD: OK\n"),
		C("--server\n--sender\n-vl\n.\nbackup/\n\n"),
	};

	treat(&dissector_rsyncd, "push", STEPS(push),
	    "ROOM C backup\nACCOUNT C anna accepted\nAPP C rsync-push\n");
	treat(&dissector_rsyncd, "pull", STEPS(pull),
	    "ROOM C backup\nAPP C rsync-pull\n");
}

static void pdu(struct bytes *m, unsigned opcode, unsigned flags,
    unsigned expected, unsigned code, const char *data, size_t n)
{
	put_u8(m, opcode);
	put_u8(m, flags);
	put_n(m, 0, 2);
	put_n(m, n, 4);
	put_fill(m, 0, 12);
	put_n(m, expected, 4);
	put_fill(m, 0, 8);
	put_u8(m, code);
	put_fill(m, 0, 15);
	put(m, data, n);
	put_fill(m, 0, (4 - n % 4) % 4);
}

static void test_iscsi(void)
{
	static const char ask[] = "InitiatorName=iqn.2026-01.ex:a\0"
	    "TargetName=iqn.2026-01.ex:disk\0HeaderDigest=CRC32C,None\0"
	    "DataDigest=None\0";
	static const char answer[] = "HeaderDigest=CRC32C\0DataDigest=None\0";
	static struct bytes login, agreed, writes, data;
	struct step all[4];

	pdu(&login, 0x43, 0x87, 0, 0, ask, sizeof(ask) - 1);
	pdu(&agreed, 0x23, 0x87, 0, 0, answer, sizeof(answer) - 1);
	for (int i = 0; i < 2; i++) {
		static const char block[512];

		pdu(&writes, 0x01, 0xa0, 512, 0x2a, "", 0);
		put_text(&writes, "crc.");
		pdu(&writes, 0x05, 0x80, 512, 0, block, 512);
		memmove(writes.b + writes.n - 508, writes.b + writes.n - 512,
		    508);			/* digest before the data */
		put_text(&writes, "crc.");
		pdu(&writes, 0x01, 0xc0, 36, 0x12, "", 0);
		put_text(&writes, "crc.");
	}
	pdu(&data, 0x25, 0x81, 0, 0, "", 0);
	put_text(&data, "crc.");
	all[0] = (struct step)STEP(CLIENT, login);
	all[1] = (struct step)STEP(SERVER, agreed);
	all[2] = (struct step)STEP(CLIENT, writes);
	all[3] = (struct step)STEP(SERVER, data);
	treat(&dissector_iscsi, "iscsi", STEPS(all),
	    "ROOM C iqn.2026-01.ex:disk\nMOVED C 512\nMOVED C 512\n");
	ok(grows_linearly(&dissector_iscsi, all, 2, all[2]), "linear");
}

static void request(struct bytes *m, unsigned type, unsigned length)
{
	put_n(m, 0x25609513, 4);
	put_n(m, 0, 2);
	put_n(m, type, 2);
	put_fill(m, 'c', 8);
	put_n(m, 4096, 8);
	put_n(m, length, 4);
}

static void test_nbd(void)
{
	static const struct step ask[] = {
		S("NBDMAGICIHAVEOPT\0\3"),
		C("\0\0\0\3IHAVEOPT\0\0\0\7\0\0\0\x0a\0\0\0\4disk\0\0"),
		S("\0\3\xe8\x89\4\x55\x65\xa9\0\0\0\7\0\0\0\3\0\0\0\x0c"
		    "\0\0\0\0\0\0\0\1\0\0\0\0"),
		S("\0\3\xe8\x89\4\x55\x65\xa9\0\0\0\7\0\0\0\1\0\0\0\0"),
	};
	static struct bytes c;
	struct step all[6];

	request(&c, 1, 600);
	put_fill(&c, 'w', 600);
	request(&c, 0, 4096);
	request(&c, 3, 0);
	memcpy(all, ask, sizeof(ask));
	all[4] = (struct step)STEP(CLIENT, c);
	all[5] = (struct step)S("\x67\x44\x66\x98\0\0\0\0cccccccc");
	treat(&dissector_nbd, "nbd", STEPS(all),
	    "ROOM C disk\nMOVED C 600\nMOVED S 4096\n");
	ok(grows_linearly(&dissector_nbd, all, 4, all[4]), "linear");
}

int main(void)
{
	test_ftp();
	test_rsync();
	test_iscsi();
	test_nbd();
	return tap_done();
}
