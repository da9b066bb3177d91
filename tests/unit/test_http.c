/* HTTP/1.x: the host of the first request. */
#include "dissect.h"

extern const struct dissector dissector_http;

static void facts(const char *what, const char *request, const char *want)
{
	struct step steps[] = { { CLIENT, request, strlen(request), 0 } };
	static struct run r;

	play(&r, &dissector_http, STEPS(steps), 0);
	ok(same_facts(&r, want), "%s", what);
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
	return tap_done();
}
