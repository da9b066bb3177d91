/* HTTP/1.x: the host of the first request, and the files that move. */
#include "bytes.h"
#include "dissect.h"

extern const struct dissector dissector_http;

static void facts(const char *what, const char *request, const char *want)
{
	struct step steps[] = { { CLIENT, request, strlen(request), 0 } };
	static struct run r;

	play(&r, &dissector_http, STEPS(steps), 0);
	ok(same_facts(&r, want), "%s", what);
}

#define NTLM3 "TlRMTVNTUAADAAAAAAAAAEAAAAAAAAAAQAAAAAIAAgBAAAAABAAEAEIAAAAH" \
	"AAcARgAAAAAAAABAAAAAAgAAAEVYYW5uYUFOTkEtUEM="

/* Only the server's yes makes a login of what the client says. */
static void test_ntlm(void)
{
	static const struct step login[] = {
		C("GET /a HTTP/1.1\r\nHost: s\r\n"
		    "Authorization: NTLM " NTLM3 "\r\n\r\n"),
		S("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"),
		C("GET /a HTTP/1.1\r\nHost: s\r\n"
		    "Authorization: Negotiate " NTLM3 "\r\n\r\n"),
		S("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
		C("GET /b HTTP/1.1\r\nAuthorization: Basic QTpi\r\n\r\n"),
		S("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
	};
	static struct run r;

	play(&r, &dissector_http, STEPS(login), 0);
	ok(same_facts(&r, "HOST C s\nBINDING C EX\\anna (ANNA-PC) "
	    "accepted\n"),
	    "NTLM: accepted once, told once");
}

static void test_uploads(void)
{
	static const struct step put[] = {
		C("PUT /dav/a%20plan.pdf HTTP/1.1\r\nHost: h.example\r\n"
		    "Content-Length: 11\r\n\r\nhello world"),
		S("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
		C("PUT /b.zip HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "5;x=1\r\nhello\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n"
		    "DELETE /b.zip HTTP/1.1\r\n\r\n"),
	};
	static const struct step form[] = {
		C("POST /api/v4/files HTTP/1.1\r\nHost: chat.example\r\n"
		    "Content-Type: multipart/form-data; boundary=XyZ\r\n"
		    "Content-Length: 182\r\n\r\n"
		    "--XyZ\r\nContent-Disposition: form-data; name=\"id\"\r\n"
		    "\r\nabc\r\n--XyZ\r\nContent-Disposition: form-data; "
		    "name=\"files\"; filename=\"q3 report.xlsx\"\r\n"
		    "Content-Type: x/y\r\n\r\nnot --XyZ yet\r\n--XyZ--\r\n"),
	};
	static const struct step matrix[] = {
		C("POST /_matrix/media/v3/upload?filename=cat.jpg HTTP/1.1\r\n"
		    "Host: m.example\r\nContent-Type: image/jpeg\r\n"
		    "Content-Length: 4\r\n\r\n1234"),
	};
	static const struct step talk[] = {
		C("POST /api HTTP/1.1\r\nHost: t.example\r\n"
		    "Content-Type: application/json\r\nContent-Length: 2\r\n"
		    "\r\n{}") };
	static const struct step dav[] = { C("PROPFIND / HTTP/1.1\r\n\r\n") };

	treat(&dissector_http, "put", STEPS(put), "HOST C h.example\n"
	    "FILE C a plan.pdf 11\nMOVED C a plan.pdf 11\n"
	    "FILE C b.zip\nMOVED C b.zip 5\nMOVED C b.zip 10\n");
	treat(&dissector_http, "form", STEPS(form), "HOST C chat.example\n"
	    "FILE C q3 report.xlsx\nMOVED C q3 report.xlsx 13\n");
	treat(&dissector_http, "matrix", STEPS(matrix), "HOST C m.example\n"
	    "FILE C cat.jpg 4\nMOVED C cat.jpg 4\n");
	treat(&dissector_http, "talk", STEPS(talk), "HOST C t.example\n");
	treat(&dissector_http, "webdav", STEPS(dav), "APP C webdav\n");
}

static void test_downloads(void)
{
	static const struct step get[] = {
		C("HEAD /a.pdf HTTP/1.1\r\nHost: h.example\r\n\r\n"
		    "GET /x/a.pdf?v=2 HTTP/1.1\r\n\r\n"
		    "GET /page HTTP/1.1\r\n\r\nGET /api/7 HTTP/1.1\r\n\r\n"),
		S("HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"
		    "Content-Length: 900\r\n\r\n"
		    "HTTP/1.1 100 Continue\r\n\r\n"
		    "HTTP/1.1 206 Partial\r\nContent-Type: application/pdf\r\n"
		    "Content-Length: 4\r\n\r\n1234"
		    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
		    "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
		    "Content-Disposition: inline; "
		    "filename*=UTF-8''caf%C3%A9.png\r\n\r\nto the end") };
	struct step holed[] = { C("GET /a.zip HTTP/1.1\r\n\r\n"),
		S("HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\n"
		    "Content-Length: 1000\r\n\r\n12345678"),
		{ SERVER, "abc", 3, 900 },
		{ SERVER, "HTTP/1.1 200 OK\r\nContent-Disposition: attachment; "
		    "filename=\"z\"\r\nContent-Length: 3\r\n\r\nabc", 88, 200 } };
	static struct run r;

	treat(&dissector_http, "get", STEPS(get), "HOST C h.example\n"
	    "FILE S a.pdf 4\nMOVED S a.pdf 4\nFILE S caf\303\251.png\n"
	    "MOVED S caf\303\251.png 10\n");
	play(&r, &dissector_http, STEPS(holed), 0);
	ok(same_facts(&r, "FILE S a.zip 1000\nMOVED S a.zip 8\n"
	    "MOVED S a.zip 3\nFILE S z 3\nMOVED S z 3\n"), "holes");
}

/* Content that is packed counts as it came: nothing is unpacked for it. */
static void test_coded(void)
{
	static const struct step coded[] = {
		C("GET /a.csv HTTP/1.1\r\nHost: h\r\n"
		    "Accept-Encoding: gzip\r\n\r\n"
		    "PUT /b.csv HTTP/1.1\r\nContent-Encoding: deflate\r\n"
		    "Content-Length: 5\r\n\r\n12345"),
		S("HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n"
		    "Content-Encoding: gzip\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n"
		    "17\r\n\x1f\x8b\x08\0\0\0\0\0\x02\x03\x4b\x4c\x4a\x4e\x49"
		    "\xe5\x02\0\x12\x34\x56\x78\x06\r\n0\r\n\r\n"
		    "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n") };

	treat(&dissector_http, "coded", STEPS(coded), "HOST C h\n"
	    "FILE C b.csv 5\nMOVED C b.csv 5\n"
	    "FILE S a.csv\nMOVED S a.csv 23\n");
}

/* Nobody has to tell a length: long content is a file all the same. */
static void test_chunked(void)
{
	static const char head[] = "POST /up HTTP/1.1\r\nHost: h\r\n"
	    "Content-Type: application/octet-stream\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n";
	static struct bytes b;
	static struct run r;

	for (int chunks = 3; chunks <= 5; chunks += 2) {
		struct step post[1];

		b.n = 0;
		put(&b, head, sizeof(head) - 1);
		for (int i = 0; i < chunks; i++) {
			put(&b, "7d0\r\n", 5);
			for (int j = 0; j < 2000; j++)
				put_n(&b, 'x', 1);
			put(&b, "\r\n", 2);
		}
		put(&b, "0\r\n\r\n", 5);
		post[0] = (struct step){ CLIENT, b.b, b.n, 0 };
		play(&r, &dissector_http, STEPS(post), 0);
		ok(same_facts(&r, chunks == 3 ? "HOST C h\n" :
		    "HOST C h\nFILE C up\nMOVED C up 10000\n"),
		    "%d chunks of 2000 bytes", chunks);
	}
}

int main(void)
{
	struct step get[] = { C("GET /a?b HTTP/1.1\r\nAccept: */*\r\n"
	    "hOsT:  files.example:8080 \r\n\r\n") };
	struct step server[] = { S("HTTP/1.1 200 OK\r\n\r\n") };
	struct step rtsp[] = { C("OPTIONS rtsp://x/ RTSP/1.0\r\n\r\n") };
	struct step other[] = { C("HELO x\r\n") };
	struct step part[] = { C("PROP") };
	struct run r;

	treat(&dissector_http, "a request", STEPS(get),
	    "HOST C files.example\n");
	facts("a proxy request", "GET http://u@web.example:81/x HTTP/1.1\r\n"
	    "Host: other.example\r\n\r\n", "HOST C web.example\n");
	facts("a tunnel", "CONNECT mail.example:443 HTTP/1.1\r\n"
	    "Host: proxy.example\r\n\r\n", "HOST C mail.example\n");
	facts("an IPv6 host", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n",
	    "HOST C 2001:db8::1\n");
	facts("a websocket", "GET /chat HTTP/1.1\r\nHost: ws.example\r\n"
	    "Upgrade: websocket\r\n\r\n",
	    "HOST C ws.example\nAPP C websocket\n");
	facts("no host", "GET / HTTP/1.0\r\n\r\n", "");
	facts("a host with a control character",
	    "GET / HTTP/1.1\r\nHost: a\tb\r\n\r\n", "");
	ok(claims(&dissector_http, STEPS(other)) == NO, "SMTP is not HTTP");
	ok(claims(&dissector_http, STEPS(part)) == MAYBE, "PROP...");
	ok(claims(&dissector_http, STEPS(server)) == MAYBE, "an answer");
	play(&r, &dissector_http, STEPS(rtsp), 0);
	ok(r.verdict == NOT_MINE, "RTSP has the same methods");
	test_ntlm();
	test_uploads();
	test_chunked();
	test_downloads();
	test_coded();
	return tap_done();
}
