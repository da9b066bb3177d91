/* HTTP/2 in clear: the same facts as of HTTP/1, from streams. */
#include <nghttp2/nghttp2.h>

#include "dissect.h"

extern const struct dissector dissector_http;

enum { END_STREAM = 1, END_HEADERS = 4, PADDED = 8, PRIORITY = 32 };
enum { DATA = 0, HEADERS = 1, RST = 3, SETTINGS = 4, PUSH = 5,
	CONTINUATION = 9 };

#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

/* One side of a connection, written as a peer would. */
struct writer {
	nghttp2_hd_deflater *hpack;
	uint8_t b[DATAGRAM_MAX];
	size_t n;
};

static struct writer sides[2];

static void put(struct writer *w, const void *bytes, size_t n)
{
	memcpy(w->b + w->n, bytes, n);
	w->n += n;
}

static void frame(struct writer *w, int type, int flags, uint32_t stream,
    const void *bytes, size_t n)
{
	uint8_t head[9] = { (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n,
		(uint8_t)type, (uint8_t)flags, 0, 0, (uint8_t)(stream >> 8),
		(uint8_t)stream };

	put(w, head, 9);
	put(w, bytes, n);
}

/* "name: value\n" lines, packed. */
static size_t pack(struct writer *w, uint8_t block[2048], const char *lines)
{
	static char text[2048];
	nghttp2_nv nv[16];
	size_t n = 0;
	ssize_t len;

	snprintf(text, sizeof(text), "%s", lines);
	for (char *s = strtok(text, "\n"); s; s = strtok(NULL, "\n")) {
		char *value = strstr(s + 1, ": ");

		*value = '\0';
		nv[n++] = (nghttp2_nv){ (uint8_t *)s, (uint8_t *)value + 2,
			strlen(s), strlen(value + 2), 0 };
	}
	len = nghttp2_hd_deflate_hd(w->hpack, block, 2048, nv, n);
	return len < 0 ? 0 : (size_t)len;
}

static void headers(struct writer *w, uint32_t stream, int flags,
    const char *lines)
{
	uint8_t block[2048];
	size_t n = pack(w, block, lines);

	frame(w, HEADERS, flags | END_HEADERS, stream, block, n);
}

static void begin_one(struct writer *w)
{
	if (w->hpack != NULL)
		nghttp2_hd_deflate_del(w->hpack);
	w->n = 0;
	if (nghttp2_hd_deflate_new(&w->hpack, 4096) != 0)
		errx(1, "no deflater");
}

static void begin(void)
{
	begin_one(&sides[CLIENT]);
	begin_one(&sides[SERVER]);
	put(&sides[CLIENT], PREFACE, sizeof(PREFACE) - 1);
	frame(&sides[CLIENT], SETTINGS, 0, 0, "\0\3\0\0\0\144", 6);
	frame(&sides[SERVER], SETTINGS, 0, 0, "", 0);
}

static struct step said(enum side side)
{
	return (struct step){ side, sides[side].b, sides[side].n, 0 };
}

static void test_get(void)
{
	struct writer *c = &sides[CLIENT], *s = &sides[SERVER];
	struct step steps[2];

	begin();
	headers(c, 1, END_STREAM, ":method: GET\n:scheme: http\n"
	    ":authority: files.example:8080\n:path: /f/q3%20plan.pdf?v=2\n");
	headers(c, 3, END_STREAM, ":method: GET\n:scheme: http\n"
	    ":authority: files.example:8080\n:path: /api/list\n");
	headers(c, 5, END_STREAM, ":method: HEAD\n:scheme: http\n"
	    ":authority: files.example:8080\n:path: /f/b.zip\n");
	headers(s, 1, 0, ":status: 103\n");
	headers(s, 1, 0, ":status: 200\ncontent-type: application/pdf\n"
	    "content-length: 12\n");
	headers(s, 3, 0, ":status: 200\ncontent-type: application/json\n");
	frame(s, DATA, 0, 1, "hello ", 6);
	frame(s, DATA, PADDED | END_STREAM, 3, "\3{}\0\0\0", 6);
	frame(s, DATA, PADDED, 1, "\2world\0\0", 8);
	frame(s, DATA, PADDED, 1, "\0", 1);
	frame(s, DATA, 0, 1, ".", 1);
	headers(s, 1, END_STREAM, "x-sum: 1\n");
	headers(s, 5, END_STREAM, ":status: 200\n"
	    "content-type: application/zip\ncontent-length: 9999\n");
	steps[0] = said(CLIENT);
	steps[1] = said(SERVER);
	treat(&dissector_http, "http2-get", STEPS(steps),
	    "HOST C files.example\nFILE S q3 plan.pdf 12\n"
	    "MOVED S q3 plan.pdf 6\nMOVED S q3 plan.pdf 5\n"
	    "MOVED S q3 plan.pdf 1\n");
}

/* A form whose boundary is cut by a frame, another upload in between. */
static void test_uploads(void)
{
	struct writer *c = &sides[CLIENT];
	uint8_t block[2048], first[] = { 2, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0 };
	struct step steps[1];
	size_t n;

	begin();
	headers(c, 1, 0, ":method: POST\n:scheme: http\n:authority: chat.x\n"
	    ":path: /api/v4/files\n"
	    "content-type: multipart/form-data; boundary=XyZ\n");
	n = pack(c, block, ":method: PUT\n:path: /dav/b.zip\n"
	    "content-length: 4\n");
	memcpy(first + 6, block, 3);
	frame(c, HEADERS, PADDED | PRIORITY, 3, first, sizeof(first));
	frame(c, CONTINUATION, END_HEADERS, 3, block + 3, n - 3);
#define FORM1 "--XyZ\r\nContent-Disposition: form-data; name=\"files\"; " \
	"filename=\"a.xlsx\"\r\n\r\nnot --XyZ yet\r\n-"
	frame(c, DATA, 0, 1, FORM1, sizeof(FORM1) - 1);
	frame(c, DATA, END_STREAM, 3, "1234", 4);
	frame(c, DATA, 0, 1, "-Xy\r\r\n--XyZ", 11);
	frame(c, DATA, END_STREAM, 1, "--\r\nend", 7);
	steps[0] = said(CLIENT);
	treat(&dissector_http, "http2-form", STEPS(steps), "HOST C chat.x\n"
	    "FILE C b.zip 4\nFILE C a.xlsx\nMOVED C a.xlsx 13\n"
	    "MOVED C b.zip 4\nMOVED C a.xlsx 7\n");
}

/* gRPC moves messages, whatever their size. */
static void test_grpc(void)
{
	struct writer *c = &sides[CLIENT], *s = &sides[SERVER];
	static uint8_t big[16384];
	static struct run r;
	struct step steps[2];

	begin();
	headers(c, 1, 0, ":method: POST\n:scheme: http\n:authority: g\n"
	    ":path: /pkg.v1.Files/Put.It\ncontent-type: application/grpc\n"
	    "te: trailers\n");
	headers(s, 1, 0, ":status: 200\ncontent-type: application/grpc\n");
	for (int i = 0; i < 3; i++) {
		frame(c, DATA, i == 2, 1, big, sizeof(big));
		frame(s, DATA, 0, 1, big, 9000);
	}
	headers(s, 1, END_STREAM, "grpc-status: 0\n");
	steps[0] = said(CLIENT);
	steps[1] = said(SERVER);
	play(&r, &dissector_http, STEPS(steps), 0);
	ok(same_facts(&r, "HOST C g\n") && r.verdict == MORE,
	    "gRPC is no file");
}

static void test_upgrade(void)
{
	static const char asked[] = "GET /a.pdf HTTP/1.1\r\nHost: h.example\r\n"
	    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
	    "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n";
	static const char yes[] = "HTTP/1.1 101 Switching Protocols\r\n"
	    "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
	struct writer *s = &sides[SERVER];
	struct step steps[4];

	begin();
	headers(s, 1, 0, ":status: 200\ncontent-type: application/pdf\n");
	frame(s, DATA, END_STREAM, 1, "%PDF", 4);
	steps[0] = (struct step){ CLIENT, asked, sizeof(asked) - 1, 0 };
	steps[1] = (struct step){ SERVER, yes, sizeof(yes) - 1, 0 };
	steps[2] = said(CLIENT);
	steps[3] = said(SERVER);
	treat(&dissector_http, "http2-upgrade", STEPS(steps),
	    "HOST C h.example\nFILE S a.pdf\nMOVED S a.pdf 4\n");
}

/* Holes: in content harmless; elsewhere they end their side only. */
static void test_holes(void)
{
	struct writer *c = &sides[CLIENT], *s = &sides[SERVER];
	static uint8_t big[1000];
	static struct run r;
	struct step steps[5];
	size_t at;

	begin();
	headers(c, 1, 0, ":method: PUT\n:path: /a.zip\n:authority: h\n");
	frame(c, DATA, END_STREAM, 1, big, sizeof(big));
	headers(s, 1, 0, ":status: 200\ncontent-disposition: attachment; "
	    "filename=\"r.pdf\"\n");
	at = s->n;
	frame(s, DATA, 0, 1, big, sizeof(big));
	frame(s, DATA, END_STREAM, 1, "abc", 3);
	steps[0] = said(CLIENT);
	steps[1] = (struct step){ SERVER, s->b, at + 9 + 100, 0 };
	steps[2] = (struct step){ SERVER, s->b + at + 9 + 500,
		s->n - at - 509, 400 };
	steps[3] = (struct step){ SERVER, "junk", 4, 7 };
	steps[4] = (struct step){ CLIENT, "junk", 4, 7 };
	play(&r, &dissector_http, steps, 3, 0);
	ok(same_facts(&r, "HOST C h\nFILE C a.zip\nMOVED C a.zip 1000\n"
	    "FILE S r.pdf\nMOVED S r.pdf 100\nMOVED S r.pdf 500\n"
	    "MOVED S r.pdf 3\n"), "a hole in content");
	play(&r, &dissector_http, steps, 4, 0);
	ok(r.verdict == MORE, "one side is lost: the other is read on");
	play(&r, &dissector_http, steps, 5, 0);
	ok(r.verdict == DONE, "both are lost: no more");
}

/* More streams than are kept: those that idle go, and it is counted. */
static void test_streams(void)
{
	struct writer *c = &sides[CLIENT];
	static struct player p;
	static struct run r;
	struct budget seen;

	begin();
	headers(c, 1, 0, ":method: PUT\n:path: /a.zip\n:authority: h\n");
	for (uint32_t i = 3; i < 303; i += 2) {
		headers(c, i, 0, ":method: PUT\n:path: /b.zip\n"
		    ":authority: h\n");
		frame(c, DATA, 0, 1, "x", 1);
	}
	player_init(&p, &dissector_http, &r);
	player_feed(&p, CLIENT, c->b, c->n, 0);
	seen = p.budget;
	player_end(&p);
	ok(r.moved == 150, "the one in use stays known: %llu",
	    (unsigned long long)r.moved);
	ok(seen.evicted == 51, "the oldest go: %llu",
	    (unsigned long long)seen.evicted);
	frame(c, DATA, 0, 3, c->b, 500);
	player_init(&p, &dissector_http, &r);
	player_feed(&p, CLIENT, c->b, c->n, 0);
	player_end(&p);
	ok(r.moved == 650, "what those still send counts: %llu",
	    (unsigned long long)r.moved);
	player_init(&p, &dissector_http, &r);
	p.budget.max_bytes = 20000;
	player_feed(&p, CLIENT, c->b, c->n, 0);
	seen = p.budget;
	player_end(&p);
	ok(seen.refused > 0 && seen.used_bytes <= 20000, "little memory");
	player_init(&p, &dissector_http, &r);
	p.budget.max_bytes = 100;
	ok(player_feed(&p, CLIENT, c->b, c->n, 0) == DONE, "no memory");
	player_end(&p);
}

static void test_refused(void)
{
	static const struct step other[] = { C(PREFACE "GET / HTTP/1.1\r\n") };
	static const struct step push[] = { C(PREFACE),
		C("\0\0\0\4\0\0\0\0\0" "\0\0\1\11\4\0\0\0\1\202") };
	static const struct step half[] = { C("PRI * HT") };
	static struct run r;

	play(&r, &dissector_http, STEPS(other), 0);
	ok(r.verdict == NOT_MINE, "a preface alone does not make it");
	play(&r, &dissector_http, STEPS(push), 0);
	ok(r.verdict == MORE && r.facts == 0, "CONTINUATION out of place");
	ok(claims(&dissector_http, STEPS(half)) == MAYBE, "half a preface");
}

int main(void)
{
	test_get();
	test_uploads();
	test_grpc();
	test_upgrade();
	test_holes();
	test_streams();
	test_refused();
	return tap_done();
}
