/* WebSocket after HTTP: frames, masks, packed messages, files, rooms. */
#include "bytes.h"
#include "dissect.h"
#include "pack.h"

extern const struct dissector dissector_http;

#define ASK "GET /ws HTTP/1.1\r\nHost: chat.example\r\nUpgrade: websocket" \
	"\r\nConnection: Upgrade\r\n\r\n"
#define YES_TO(extensions) "HTTP/1.1 101 Switching Protocols\r\n" \
	"Upgrade: websocket\r\n" extensions "\r\n"
#define DEFLATE "Sec-WebSocket-Extensions: permessage-deflate"
#define OPENED "HOST C chat.example\nAPP C websocket\n"

enum { PLAIN = 0, PACKED = 0x40, FINAL = 0x80, TEXT = 1, BINARY = 2 };

static const uint8_t mask[4] = { 0x37, 0xfa, 0x21, 0x3d };

/* Clients mask. */
static void put_frame(struct bytes *t, enum side from, int first,
    const void *payload, size_t n)
{
	const uint8_t *p = payload;

	put_n(t, (uint64_t)first, 1);
	put_n(t, (from == CLIENT ? 0x80u : 0) | (n < 126 ? n :
	    n <= UINT16_MAX ? 126 : 127), 1);
	if (n >= 126)
		put_n(t, n, n <= UINT16_MAX ? 2 : 8);
	if (from == CLIENT)
		put(t, mask, 4);
	for (size_t i = 0; i < n; i++)
		put_n(t, p[i] ^ (from == CLIENT ? mask[i % 4] : 0u), 1);
}

static void put_message(struct bytes *t, enum side from, const char *text)
{
	put_frame(t, from, FINAL | TEXT, text, strlen(text));
}

static void put_packed(struct bytes *t, enum side from, z_stream *z,
    int kind, const void *message, size_t n)
{
	static uint8_t packed[70000];
	size_t m = pack(z, message, n, packed, sizeof(packed));

	put_frame(t, from, FINAL | PACKED | kind, packed, m - 4);
}

/* Played after the handshake, client first. */
static void told(const char *what, const char *yes, const struct bytes *up,
    const struct bytes *down, const char *want)
{
	struct step steps[] = { C(ASK), { SERVER, yes, strlen(yes), 0 },
		{ CLIENT, up->b, up->n, 0 }, { SERVER, down->b, down->n, 0 } };
	static struct run r;

	play(&r, &dissector_http, STEPS(steps), 0);
	ok(same_facts(&r, want), "%s", what);
	ok(any_cut(&dissector_http, STEPS(steps)), "%s: cut anywhere", what);
}

static void test_plain(void)
{
	static struct bytes up, down, none;
	static char big[9000];

	put_message(&up, CLIENT, "{\"type\":\"header\",\"name\":\"plan.pdf\","
	    "\"size\":\"205\"}");
	put_frame(&up, CLIENT, BINARY, big, 100);
	put_frame(&up, CLIENT, 0x89, "ping", 4);
	put_frame(&up, CLIENT, 0, big, 50);
	put_frame(&up, CLIENT, FINAL, big, 25);
	put_frame(&up, CLIENT, FINAL | BINARY, big, 40);
	put_frame(&up, CLIENT, FINAL | BINARY, big, 8191);	/* talk */
	put_frame(&up, CLIENT, FINAL | BINARY, big, 9000);
	put_frame(&down, SERVER, FINAL | BINARY, big, 9000);	/* a screen */
	put_message(&down, SERVER, "{\"file\":{\"name\":\"reply.odt\","
	    "\"size\":300}}");
	put_frame(&down, SERVER, FINAL | BINARY, big, 310);
	told("plain", YES_TO(""), &up, &down, OPENED "FILE C plan.pdf 205\n"
	    "MOVED C plan.pdf 100\nMOVED C plan.pdf 50\nMOVED C plan.pdf 25\n"
	    "MOVED C plan.pdf 30\nMOVED C 9000\n"
	    "FILE S reply.odt 300\nMOVED S reply.odt 300\n");
	up.n = 0;
	put_message(&up, CLIENT, "{\"name\":\"a.txt\",\"size\":1}");
	put_frame(&up, CLIENT, BINARY, big, 5000);
	put_frame(&up, CLIENT, 0, big, 5000);
	put_frame(&up, CLIENT, FINAL, big, 9000);
	told("much more than was announced", YES_TO(""), &up, &(struct bytes){
	    .n = 0 }, OPENED "FILE C a.txt 1\nMOVED C a.txt 1\n"
	    "MOVED C a.txt 9999\nMOVED C a.txt 9000\n");
	put_message(&none, CLIENT, "{\"name\":\"General talk\",\"size\":9}");
	put_frame(&none, CLIENT, FINAL | BINARY, big, 9);
	told("a name that is no file's", YES_TO(""), &none, &(struct bytes){
	    .n = 0 }, OPENED);
}

static void test_rooms(void)
{
	static struct bytes up, down;

	put_message(&up, CLIENT, "{\"msg\":\"method\",\"method\":\"sendMessage\","
	    "\"params\":[{\"rid\":\"GENERAL\",\"msg\":\"hi\"}]}");
	put_message(&up, CLIENT, "{\"rid\":\"GENERAL\"}");
	put_message(&down, SERVER, "{\"event\":\"posted\",\"data\":"
	    "{\"channel_display_name\":\"Town Square\",\"channel_name\":"
	    "\"town-square\"}}");
	told("rooms", YES_TO(""), &up, &down, OPENED "ROOM C GENERAL\n"
	    "ROOM C town-square\n");
}

/* The examples of RFC 7692 7.2.3, and a message that no one has agreed on. */
static void test_examples(void)
{
	static const uint8_t examples[][13] = {
		{ 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00 },
		{ 0xf2, 0x00, 0x11, 0x00, 0x00 },
		{ 0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00 },
		{ 0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9,
		  0xc9, 0x07, 0x00 } };
	static const size_t sizes[] = { 7, 5, 8, 13 };
	static struct bytes down;

	put_message(&down, SERVER, "{\"name\":\"h.txt\",\"size\":99}");
	for (int i = 0; i < 4; i++)
		put_frame(&down, SERVER, FINAL | PACKED | BINARY, examples[i],
		    sizes[i]);
	told("RFC 7692's examples", YES_TO(DEFLATE "\r\n"), &(struct bytes){
	    .n = 0 }, &down, OPENED "FILE S h.txt 99\nMOVED S h.txt 5\n"
	    "MOVED S h.txt 5\nMOVED S h.txt 5\nMOVED S h.txt 5\n");
	told("packed without asking", YES_TO(""), &(struct bytes){ .n = 0 },
	    &down, OPENED);
}

/* 3000 bytes that do not repeat, so that a window of 512 is felt. */
static void numbers(char *text, size_t n)
{
	for (size_t i = 0, v = 0; i < n; i++, v = v * 31 + i)
		text[i] = (char)('!' + v % 90);
}

static void test_packed(void)
{
	static const char announced[] = "{\"name\":\"a.zip\",\"size\":6000}";
	static const char *const what[] = { "one window",
		"a window a message", "small windows" };
	static const char *const yes[] = {
		YES_TO(DEFLATE "\r\n"),
		YES_TO(DEFLATE "; client_no_context_takeover; "
		    "server_max_window_bits=\"9\"\r\n"),
		YES_TO("sec-websocket-extensions: x-a;b, permessage-deflate;"
		    "client_max_window_bits=10\r\n") };
	static char text[3000];

	numbers(text, sizeof(text));
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		static struct bytes up, down;
		z_stream z, s;

		packer(&z, i == 2 ? -10 : -15);
		packer(&s, -9);
		up.n = down.n = 0;
		put_packed(&up, CLIENT, &z, TEXT, announced,
		    sizeof(announced) - 1);
		for (int k = 0; k < 2; k++) {
			if (i == 1)
				deflateReset(&z);
			put_packed(&up, CLIENT, &z, BINARY, text,
			    sizeof(text));
		}
		put_packed(&down, SERVER, &s, TEXT, announced,
		    sizeof(announced) - 1);
		put_packed(&down, SERVER, &s, BINARY, text, sizeof(text));
		told(what[i], yes[i], &up, &down, OPENED
		    "FILE C a.zip 6000\nMOVED C a.zip 3000\n"
		    "MOVED C a.zip 3000\n"
		    "FILE S a.zip 6000\nMOVED S a.zip 3000\n");
		deflateEnd(&z);
		deflateEnd(&s);
	}
}

/* What cannot be unpacked counts as it came, and costs little. */
static void test_bomb(void)
{
	static uint8_t zeros[60 << 20];
	static struct bytes up;
	static struct player p;
	static struct run r;
	z_stream z;
	static uint8_t packed[65536];
	size_t n = pack(packer(&z, -15), zeros, sizeof(zeros), packed,
	    sizeof(packed));

	put_frame(&up, CLIENT, FINAL | PACKED | BINARY, packed, n - 4);
	put_frame(&up, CLIENT, FINAL | BINARY, zeros, 8192);
	player_init(&p, &dissector_http, &r);
	player_feed(&p, CLIENT, (const uint8_t *)ASK, sizeof(ASK) - 1, 0);
	player_feed(&p, SERVER, (const uint8_t *)YES_TO(DEFLATE "\r\n"),
	    sizeof(YES_TO(DEFLATE "\r\n")) - 1, 0);
	player_feed(&p, CLIENT, up.b, up.n, 0);
	ok(p.budget.capped == 1, "a bomb is counted");
	ok(r.moved > 1 << 20 && r.moved < 6 << 20,
	    "60 MiB in %zu bytes: %llu came out", n,
	    (unsigned long long)r.moved);
	ok(strstr(r.log, "MOVED C 8192\n") != NULL,
	    "what comes after it is read");
	ok(p.budget.used_bytes < 16384, "its memory is given back");
	player_end(&p);
	deflateEnd(&z);
}

static void test_holes(void)
{
	static struct bytes plain, packed;
	static char text[3000];
	static struct run r;
	z_stream z;

	packer(&z, -15);
	numbers(text, sizeof(text));
	put_message(&plain, CLIENT, "{\"name\":\"a.b\",\"size\":3600}");
	put_frame(&plain, CLIENT, FINAL | BINARY, text, 3000);
	put_frame(&plain, CLIENT, FINAL | BINARY, text, 600);
	struct step holed[] = { C(ASK), S(YES_TO("")),
		{ CLIENT, plain.b, 1000, 0 },
		{ CLIENT, plain.b + 1500, plain.n - 1500, 500 } };
	play(&r, &dissector_http, STEPS(holed), 0);
	ok(r.moved == 3100, "a hole within a frame: %llu of 3600",
	    (unsigned long long)r.moved);

	put_packed(&packed, CLIENT, &z, BINARY, text, 3000);
	put_message(&packed, CLIENT, "{\"room_id\":\"after\"}");
	struct step unread[] = { C(ASK), S(YES_TO(DEFLATE "\r\n")),
		{ CLIENT, packed.b, 100, 0 },
		{ CLIENT, packed.b + 200, packed.n - 200, 100 } };
	play(&r, &dissector_http, STEPS(unread), 0);
	ok(same_facts(&r, OPENED "ROOM C after\n"), "a hole in what is "
	    "packed: the next message is read");
	unread[3].lost = 5000;
	play(&r, &dissector_http, STEPS(unread), 0);
	ok(same_facts(&r, OPENED), "a hole that takes headers ends it");
	deflateEnd(&z);
}

static void test_treated(void)
{
	static struct bytes up, down;
	static char text[300];
	z_stream z;

	packer(&z, -12);
	put_packed(&up, CLIENT, &z, TEXT,
	    "{\"name\":\"a.zip\",\"size\":600,\"rid\":\"r\"}", 37);
	put_packed(&up, CLIENT, &z, BINARY, text, sizeof(text));
	put_packed(&up, CLIENT, &z, BINARY, text, sizeof(text));
	put_message(&down, SERVER, "{\"channel\":\"C024BE91L\"}");
	put_frame(&down, SERVER, 0x88, "\x03\xe8", 2);
	deflateEnd(&z);
	struct step steps[] = { C(ASK), S(YES_TO(DEFLATE
	    "; client_max_window_bits=12\r\n")), { CLIENT, up.b, up.n, 0 },
	    { SERVER, down.b, down.n, 0 } };
	treat(&dissector_http, "websocket", STEPS(steps), OPENED "ROOM C r\n"
	    "FILE C a.zip 600\nMOVED C a.zip 300\nMOVED C a.zip 300\n"
	    "ROOM C C024BE91L\n");
	ok(grows_linearly(&dissector_http, steps, 3, (struct step){ SERVER,
	    "\x82\x7e\x00\x80" "0123456789abcdef0123456789abcdef0123456789ab"
	    "cdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789ab"
	    "cdef0123456789abcdef", 132, 0 }), "linear");
}

int main(void)
{
	test_plain();
	test_rooms();
	test_examples();
	test_packed();
	test_bomb();
	test_holes();
	test_treated();
	return tap_done();
}
