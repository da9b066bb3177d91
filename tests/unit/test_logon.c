/* Kerberos, LDAP and NTLM: who logged on, and how sure that is. */
#include "dissect.h"
#include "ntlm.h"

extern const struct dissector dissector_kerberos, dissector_kerberos_tcp,
    dissector_ldap;

#define CNAME(tag) tag "\x11\x30\x0f\xa0\x03\x02\x01\x01\xa1\x08\x30\x06\x1b" \
	"\x04" "anna"
#define REALM(tag) tag "\x08\x1b\x06" "EX.COM"
#define AS_REQ "\x6a\x55\x30\x53\xa1\x03\x02\x01\x05\xa2\x03\x02\x01\x0a" \
	"\xa4\x47\x30\x45\xa0\x07\x03\x05\x00\x40\x81\x00\x10" CNAME("\xa1") \
	REALM("\xa2") "\xa9\x1d\x30\x1b\x30\x19\xa0\x03\x02\x01\x14\xa1\x12" \
	"\x04\x10" "ANNA-PC         "
/* The same with [3] padata: one empty time stamp. */
#define AS_PROVEN "\x6a\x66\x30\x64\xa1\x03\x02\x01\x05\xa2\x03\x02\x01" \
	"\x0a\xa3\x0f\x30\x0d\x30\x0b\xa1\x03\x02\x01\x02\xa2\x04\x04\x02" \
	"pw" "\xa4\x47\x30\x45\xa0\x07\x03\x05\x00\x40\x81\x00\x10" \
	CNAME("\xa1") REALM("\xa2") "\xa9\x1d\x30\x1b\x30\x19\xa0\x03\x02" \
	"\x01\x14\xa1\x12\x04\x10" "ANNA-PC         "
#define REP(app, type) app "\x29\x30\x27\xa0\x03\x02\x01\x05\xa1\x03\x02\x01" \
	type REALM("\xa3") CNAME("\xa4")

static void test_kerberos(void)
{
	static const struct step udp[] = { C(AS_PROVEN),
		S(REP("\x6b", "\x0b")), S(REP("\x6d", "\x0d")) };
	static const struct step roast[] = { C(AS_REQ),
		S(REP("\x6b", "\x0b")), S(REP("\x6d", "\x0d")) };
	static const struct step tcp[] = { C("\0\0\0\x68" AS_PROVEN),
		S("\0\0\0\x2b" REP("\x6b", "\x0b")),
		C("\0\1\0\0long"), };
	static const struct step holed[] = { C("\0\0\0\x68" AS_PROVEN),
		{ SERVER, "the end of a ticket", 19, 100 },
		S("\0\0\0\x2b" REP("\x6b", "\x0b")) };
	static const struct step ldap[] = { C("\x30\x0c\x02\x01\x01\x60\x07\x02"
	    "\x01\x03\x04\x00\x80\x00") };
	static struct run r;
	static const char facts[] =
	    "BINDING C anna@EX.COM (ANNA-PC) claim\n"
	    "BINDING C anna@EX.COM ticket\n";

	treat(&dissector_kerberos, "kerberos", STEPS(udp),
	    "BINDING C anna@EX.COM (ANNA-PC) claim\n"
	    "BINDING C anna@EX.COM ticket\n"
	    "BINDING C anna@EX.COM ticket\n");
	treat(&dissector_kerberos, "no pre-authentication", STEPS(roast),
	    "BINDING C anna@EX.COM (ANNA-PC) claim\n"
	    "BINDING C anna@EX.COM sent\n"
	    "BINDING C anna@EX.COM ticket\n");
	treat(&dissector_kerberos_tcp, "over TCP", STEPS(tcp), facts);
	play(&r, &dissector_kerberos_tcp, STEPS(holed), 0);
	ok(same_facts(&r, facts), "after a hole: from the next message on");
	ok(claims(&dissector_kerberos, STEPS(ldap)) == NO, "LDAP is not");
	ok(grows_linearly(&dissector_kerberos_tcp, tcp, 1, tcp[1]), "linear");
}

/* Signature, type 3, two empty responses, three names, no key, flags. */
#define FIELD(n, at) n "\0" n "\0" at "\0\0\0"
#define TYPE3(domain, user, host, flags) "NTLMSSP\0\3\0\0\0" \
	FIELD("\0", "\x40") FIELD("\0", "\x40") domain user host \
	FIELD("\0", "\x40") flags "\0\0\0"
#define OEM3 TYPE3(FIELD("\2", "\x40"), FIELD("\4", "\x42"), \
	FIELD("\7", "\x46"), "\2") "EXannaANNA-PC"
#define WIDE3 TYPE3(FIELD("\4", "\x40"), FIELD("\6", "\x44"), \
	FIELD("\0", "\x4a"), "\1") "E\0X\0J\0\xf6\0\x3d\xd8"

static void test_ntlm(void)
{
	struct ntlm_names n;
	static const char oem[] = OEM3, wide[] = WIDE3;
	static const char anonymous[] = TYPE3(FIELD("\0", "\x40"),
	    FIELD("\0", "\x40"), FIELD("\0", "\x40"), "\1");
	struct slice s = guarded(oem, sizeof(oem) - 1);

	ok(ntlm_authenticate(&n, s) && n.user_n == 4 && n.host_n == 7 &&
	    memcmp(n.user, "anna", 4) == 0, "OEM strings are not UTF-16");
	s = guarded(wide, sizeof(wide) - 1);
	ok(ntlm_authenticate(&n, s) && n.user_n == 6 &&
	    memcmp(n.user, "J\xc3\xb6\xef\xbf\xbd", 6) == 0 && n.domain_n == 2,
	    "UTF-16, with half a surrogate at its end");
	s = guarded(anonymous, sizeof(anonymous) - 1);
	ok(!ntlm_authenticate(&n, s), "anonymous is nobody");
}

static const struct step simple[] = {
	C("\x30\x1f\x02\x01\x01\x60\x1a\x02\x01\x03\x04\x0d" "cn=anna,dc=ex"
	    "\x80\x06" "secret"),
	S("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"),
};

static const struct step by_uid[] = {
	C("\x30\x27\x02\x01\x01\x60\x22\x02\x01\x03\x04\x15" "UID=anna,"
	    "ou=all,dc=ex" "\x80\x06" "secret"),
	S("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"),
};

static void test_ldap(void)
{
	const struct step refused[] = { simple[0],
		S("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x31\x04\x00\x04\x00") };
	const struct step sicily[] = {
		C("\x30\x59\x02\x01\x02\x60\x54\x02\x01\x03\x04\x00\x8b\x4d"
		    OEM3), simple[1] };
	static const struct step tls[] = {
		C("\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
		    "1.3.6.1.4.1.1466.20037"),
		S("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"),
	};
	static struct run r;

	treat(&dissector_ldap, "simple bind", STEPS(simple),
	    "BINDING C cn=anna,dc=ex accepted\n");
	treat(&dissector_ldap, "bind by uid", STEPS(by_uid),
	    "BINDING C anna accepted\n");
	treat(&dissector_ldap, "NTLM bind", STEPS(sicily),
	    "BINDING C EX\\anna (ANNA-PC) accepted\n");
	play(&r, &dissector_ldap, STEPS(refused), 0);
	ok(r.facts == 0, "a refused bind binds nobody");
	play(&r, &dissector_ldap, STEPS(tls), 0);
	ok(r.verdict == UPGRADE, "StartTLS");
	ok(grows_linearly(&dissector_ldap, simple, 2, simple[1]), "linear");
}

int main(void)
{
	test_kerberos();
	test_ntlm();
	test_ldap();
	return tap_done();
}
