/* Protocols told by a few first bytes, and called by no other name. */
#include "dissect.h"

extern const struct dissector dissector_telegram, dissector_whatsapp,
    dissector_discord_voice, dissector_stun, dissector_bittorrent,
    dissector_bittorrent_udp, dissector_msn;

#define ZERO8 "\0\0\0\0\0\0\0\0"
#define REQ_PQ ZERO8 "\1\2\3\4\5\6\7\10" "\24\0\0\0" \
	"\x78\x97\x46\x60" "0123456789abcdef"

static void test_telegram(void)
{
	static const struct step abridged[] = { C("\xef\x0a" REQ_PQ) };
	static const struct step padded[] = { C("\xdd\xdd\xdd\xdd\x2c\0\0\0"
	    REQ_PQ "pad.") };
	static const struct step full[] = { C("\x34\0\0\0\0\0\0\0" REQ_PQ
	    "crc.") };
	static const struct step tls[] = { C("\x16\3\1\2\0\1\0\1\xfc\3\3"
	    "0123456789012345678901234567890123456789") };
	static const struct step noise[] = { C("\xef\x11"
	    "0123456789012345678901234567890123456789") };

	treat(&dissector_telegram, "abridged", STEPS(abridged), "");
	treat(&dissector_telegram, "padded", STEPS(padded), "");
	treat(&dissector_telegram, "full", STEPS(full), "");
	ok(claims(&dissector_telegram, STEPS(tls)) == NO, "TLS is not");
	ok(claims(&dissector_telegram, STEPS(noise)) == NO, "nor is noise");
}

static void test_whatsapp(void)
{
	static const struct step plain[] = { C("WA\6\3\0\0\x24\x12\x22\x0a") };
	static const struct step routed[] = {
		C("ED\0\1\0\0\2xyWA\6\3\0\0\x24\x12\x22\x0a") };
	static const struct step word[] = { C("WAIT 1\r\n") };
	static const struct step edit[] = { C("EDIT 1\r\n") };

	treat(&dissector_whatsapp, "prologue", STEPS(plain), "");
	treat(&dissector_whatsapp, "routed", STEPS(routed), "");
	ok(claims(&dissector_whatsapp, STEPS(word)) == NO, "WAIT is not");
	ok(claims(&dissector_whatsapp, STEPS(edit)) == NO, "EDIT is not");
}

static void test_stun(void)
{
	static uint8_t ask[74] = { 0, 1, 0, 70, 1, 2, 3, 4 };
	static const struct step discord[] = { C_BYTES(ask) };
	static const struct step call[] = {
		C("\0\1\0\0\x21\x12\xa4\x42" "0123456789ab"),
		S("\1\x13\0\x14\x21\x12\xa4\x42" "0123456789ab"
		    "\0\x14\0\7turn.ex\0" "\x80\x22\0\4None"),
		C("\x80\x60\0\1\0\0\0\0\0\0\0\1data"),
		C("\x80\x60\0\2\0\0\0\0\0\0\0\1data"),
		S("\x80\x60\0\1\0\0\0\0\0\0\0\2data"),
		S("\x80\x60\0\2\0\0\0\0\0\0\0\2data"),
	};
	static struct step file[12] = {
		C("\0\1\0\0\x21\x12\xa4\x42" "0123456789ab") };
	static struct run r;

	for (int i = 1; i < 12; i++)
		file[i] = (struct step)C("\x17\xfe\xfd\0\1\0\0\0\0\0\1\0\2xx");
	treat(&dissector_discord_voice, "discord", STEPS(discord),
	    "APP C call\n");
	treat(&dissector_stun, "call", STEPS(call),
	    "HOST S turn.ex\nAPP S call\n");
	play(&r, &dissector_stun, STEPS(file), 0);
	ok(same_facts(&r, "APP C webrtc-data\n"), "a data channel is no call");
}

static void test_bittorrent(void)
{
	static const struct step tcp[] = {
		C("\023BitTorrent protocol\0\0\0\0\0\0\0\0") };
	static const struct step dht[] = { C("d1:ad2:id20:abcdefghij0123456789"
	    "e1:q4:ping1:t2:aa1:y1:qe") };
	static const struct step dns[] = { C("de\1\0\0\1\0\0\0\0\0\0\1ae") };

	treat(&dissector_bittorrent, "peer", STEPS(tcp), "");
	treat(&dissector_bittorrent_udp, "dht", STEPS(dht), "");
	ok(claims(&dissector_bittorrent_udp, STEPS(dns)) == NO, "DNS is not");
}

static void test_msn(void)
{
	static const struct step chat[] = {
		C("VER 1 MSNP8 CVR0\r\n"), S("VER 1 MSNP8 CVR0\r\n"),
		S("USR 3 OK anna@example.com Anna 1 0\r\n"),
		C("MSG 9 N 66\r\nApplication-File: plans.pdf\r\n"
		    "Application-FileSize: 81920\r\nx: y\r\n\r\n"),
		S("CHG 10 NLN 0\r\n"),
	};
	static const struct step http[] = { C("VERSION 1\r\n") };

	treat(&dissector_msn, "msn", STEPS(chat),
	    "ACCOUNT C anna@example.com accepted\nFILE C plans.pdf 81920\n");
	ok(claims(&dissector_msn, STEPS(http)) == NO, "VERSION is not");
}

int main(void)
{
	test_telegram();
	test_whatsapp();
	test_stun();
	test_bittorrent();
	test_msn();
	return tap_done();
}
