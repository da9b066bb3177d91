/* Phones and PCs that hand each other files, and what never counts. */
#include "dissect.h"

extern const struct dissector dissector_localsend, dissector_localsend_http,
    dissector_kdeconnect, dissector_kdeconnect_udp, dissector_syncthing,
    dissector_dropbox_lan, dissector_quickshare, dissector_lockdown,
    dissector_delivery_opt, dissector_rdp, dissector_resilio,
    dissector_resilio_udp, dissector_warpinator;

#define LOCALSEND "{\"alias\":\"Nice Orange\",\"version\":\"2.0\"," \
	"\"deviceModel\":\"Pixel\",\"fingerprint\":\"x\",\"port\":53317}"
#define FILES "{\"info\":{\"alias\":\"a\"},\"files\":{\"1\":{\"id\":\"1\"," \
	"\"fileName\":\"plans.pdf\",\"size\":324242,\"fileType\":\"p\"}," \
	"\"2\":{\"id\":\"2\",\"fileName\":\"b.jpg\",\"size\":7}}}"

static void test_localsend(void)
{
	static const struct step announce[] = { C(LOCALSEND) };
	static const struct step other[] = { C("{\"alias\":\"x\"}") };
	static const struct step http[] = {
		C("POST /api/localsend/v2/prepare-upload HTTP/1.1\r\n"
		    "content-length: 142\r\n\r\n" FILES),
		S("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
		C("POST /api/localsend/v2/upload?sessionId=a&fileId=2&token=b "
		    "HTTP/1.1\r\nContent-Length: 7\r\n\r\nPOST /x"),
		C("POST /api/localsend/v2/cancel?sessionId=a HTTP/1.1\r\n\r\n"),
	};
	static const struct step web[] = { C("POST /api/x HTTP/1.1\r\n\r\n") };

	treat(&dissector_localsend, "announce", STEPS(announce),
	    "DEVICE C Nice Orange (Pixel) 10.0.0.1:53317 label\n");
	ok(claims(&dissector_localsend, STEPS(other)) == NO, "other JSON");
	ok(sizeof(FILES) - 1 == 142, "the test's own length: %zu",
	    sizeof(FILES) - 1);
	treat(&dissector_localsend_http, "http", STEPS(http),
	    "FILE C plans.pdf 324242\nFILE C b.jpg 7\nMOVED C 7\n");
	ok(claims(&dissector_localsend_http, STEPS(web)) == NO, "other HTTP");
	ok(grows_linearly(&dissector_localsend_http, http, 1, http[2]),
	    "linear");
}

static void test_discovery(void)
{
	static const struct step tcp[] = { C("{\"id\":1,\"type\":\"kdeconnect."
	    "identity\",\"body\":{\"deviceId\":\"_a_\",\"deviceName\":"
	    "\"Anna \\\"s\"}}\n\x16\3\1") };
	static const struct step udp[] = { C("{\"id\":1,\"type\":\"kdeconnect."
	    "identity\",\"body\":{\"deviceId\":\"_a_\",\"deviceName\":"
	    "\"Anna\"}}\n") };
	static const struct step sync[] = { C("\x2e\xa7\xd9\x0b\x0a\x20"
	    "0123456789abcdef0123456789abcdef") };
	static const struct step dropbox[] = { C("{\"host_int\": 123, "
	    "\"version\": [2, 0], \"displayname\": \"\", \"port\": 17500}") };

	treat(&dissector_kdeconnect, "tcp", STEPS(tcp),
	    "DEVICE C Anna \\\"s (_a_) 10.0.0.1:0 label\n");
	treat(&dissector_kdeconnect_udp, "udp", STEPS(udp),
	    "DEVICE C Anna (_a_) 10.0.0.1:0 label\n");
	treat(&dissector_syncthing, "announce", STEPS(sync),
	    "DEVICE C GAYTEMZ (syncthing) 10.0.0.1:0 label\n");
	treat(&dissector_dropbox_lan, "announce", STEPS(dropbox),
	    "DEVICE C 123 (123) 10.0.0.1:0 label\n");
}

static void test_folders(void)
{
	static const struct step link[] = { C("BSYNC\0d2:la6:\xc0\xa8\1\x18"
	    "\xa1\xb5" "1:m4:ping4:peer20:0123456789abcdefghij5:share20:"
	    "01234567890123456789e") };
	static const struct step nowhere[] = { C("BSYNC\0d1:m4:ping"
	    "4:peer20:0123456789abcdefghij5:share20:01234567890123456789e") };
	static const struct step tcp[] = { C("BSYNC\0d1:m4:pinge") };
	static const struct step other[] = { C("BSYNCHRONOUS") };
	static char sealed[601];
	struct step ask[] = { C("REQUEST"), { SERVER, sealed, 600, 0 } };

	treat(&dissector_resilio_udp, "announce", STEPS(link),
	    "DEVICE C 30313233 (resilio) 10.0.0.1:41397 label\n");
	treat(&dissector_resilio_udp, "no port", STEPS(nowhere),
	    "DEVICE C 30313233 (resilio) 10.0.0.1:0 label\n");
	treat(&dissector_resilio, "tcp", STEPS(tcp), "");
	ok(claims(&dissector_resilio, STEPS(other)) == NO, "BSYNC and more");
	memset(sealed, 'Q', sizeof(sealed));
	treat(&dissector_warpinator, "request", STEPS(ask),
	    "DEVICE S 10.0.0.2 (warpinator) 10.0.0.2:4000 label\n");
	ok(claims(&dissector_warpinator, ask, 1) == MAYBE, "no answer yet");
	sealed[7] = ' ';
	ok(claims(&dissector_warpinator, STEPS(ask)) == NO, "no base64");
}

static void test_sessions(void)
{
	static const struct step quick[] = { C("\0\0\0\x1a\x08\1\x12\x16\x08"
	    "\1\x12\x12\x0a\4AB12\x12\4Anna\x18\1\x20\1\x28\1") };
	static const struct step swarm[] = { C("\016Swarm protocol........") };
	static const struct step rdp[] = {
		C("\3\0\0\x2b\x26\xe0\0\0\0\0\0Cookie: mstshash=annak\r\n"
		    "\1\0\x08\0\3\0\0\0") };
	static const struct step other[] = {
		C("\3\0\0\x16\x11\xe0\0\0\0\1\0\xc1\2\1\0\xc2\2\1\2\xc0\1\x0a")
	};
	static const struct step ios[] = {
		C("\0\0\0\x2e<?xml version=\"1.0\"?><plist>QueryType </plist>"),
		S("\0\0\0\x2e<?xml version=\"1.0\"?><plist>QueryType </plist>"),
		C("\0\0\0\x31<?xml version=\"1.0\"?><plist>StartSession "
		    "</plist>") };
	struct opening o = { .port = { 50000, 62078 } };
	static struct run r;

	treat(&dissector_quickshare, "offer", STEPS(quick), "");
	treat(&dissector_delivery_opt, "swarm", STEPS(swarm),
	    "APP C delivery-optimization\n");
	treat(&dissector_rdp, "cookie", STEPS(rdp),
	    "ACCOUNT C annak label\n");
	ok(claims(&dissector_rdp, STEPS(other)) == NO, "S7 is not RDP");
	o.first[CLIENT] = slice_of(ios[0].bytes, ios[0].n);
	ok(dissector_lockdown.claim(&o) == YES, "lockdown at its port");
	ok(claims(&dissector_lockdown, STEPS(ios)) == NO, "and only there");
	play(&r, &dissector_lockdown, STEPS(ios), 0);
	ok(same_facts(&r, "APP C ios-sync\n"), "a session is a sync");
	ok(any_cut(&dissector_lockdown, STEPS(ios)), "cut anywhere");
	ok(be_hostile(&dissector_lockdown, STEPS(ios)) > 0, "no harm");
	save_seed(&dissector_lockdown, "ios", STEPS(ios));
}

int main(void)
{
	test_localsend();
	test_discovery();
	test_folders();
	test_sessions();
	return tap_done();
}
