/*
 * test_group.c - objects that share an HTTP/2 connection: told apart where
 * the server's habits show them, left together where not.
 */
#include "lab.h"

static void exact_on_http2(void)
{
	struct lab l;

	h2_open(&l, &tls);
	ask(&l, 45);
	nginx(&l, 233, 120663);
	ask(&l, 45);
	nginx(&l, 233, 351297);
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 351297, 0) == 1,
	    "the header learned, a size is exact: %lu",
	    (unsigned long)l.got[l.n - 1].bytes);
}

/* Two chunks whose records the socket cut in the wrong place. */
static void torn_write(void)
{
	struct lab l;

	h2_open(&l, &tls);
	ask(&l, 45);
	nginx(&l, 123, 351297);
	ask(&l, 212);			/* room for several requests */
	data(&l, DOWN, 123 + 32768 + 4 * 9);
	data(&l, DOWN, 16312);
	data(&l, DOWN, 2 * (32768 + 4 * 9) - 16312);
	data(&l, DOWN, 5000 + 9);
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 3 * 32768 + 5000, 30) == 1,
	    "a short record inside a write ends nothing: %d", l.n);
}

static void asked_together(void)
{
	struct lab l;

	h2_open(&l, &tls);
	ask(&l, 45);
	nginx(&l, 230, 60986);			/* shows its habits */
	l.now += l.rtt_us;
	data(&l, UP, 45);
	data(&l, UP, 45);
	data(&l, UP, 45);
	l.now += l.rtt_us;
	nginx(&l, 231, 249382);
	nginx(&l, 231, 205504);
	nginx(&l, 231, 39104);
	lab_close(&l);
	ok(l.n == 4, "three asked for together are three: %d", l.n);
	ok(found_size(&l, 249382, 30) && found_size(&l, 205504, 30) &&
	    found_size(&l, 39104, 30), "each of its size");
}

static void one_is_not_taken_apart(void)
{
	struct lab l;

	h2_open(&l, &tls);
	ask(&l, 45);
	for (int n = 0; n < 20; n++)		/* as a slow backend writes */
		data(&l, DOWN, 3000 + (uint32_t)n * 777);
	lab_close(&l);
	ok(l.n == 1 && near(l.got[0].bytes, 20 * 3000 + 190 * 777, 0.01),
	    "short records alone do not make one response many: %d", l.n);
}

static void two_in_turn(void)
{
	struct lab l;

	h2_open(&l, &tls);
	ask(&l, 45);
	nginx(&l, 233, 200000);
	l.now += l.rtt_us;
	data(&l, UP, 45);
	data(&l, UP, 45);
	l.now += l.rtt_us;
	data(&l, DOWN, 233 + 32768 + 36);
	data(&l, DOWN, 234 + 32768 + 36);
	for (int n = 0; n < 4; n++) {
		data(&l, DOWN, 32768 + 36);	/* the one */
		data(&l, DOWN, 32768 + 36);	/* the other */
	}
	data(&l, DOWN, 10000 + 18);		/* the one ends */
	data(&l, DOWN, 32768 + 36);
	data(&l, DOWN, 5000 + 9);
	lab_close(&l);
	ok(l.n == 3 && found_size(&l, 5 * 32768 + 10000, 30) == 1 &&
	    found_size(&l, 6 * 32768 + 5000, 30) == 1,
	    "two dealt out in turn: %d", l.n);
}

static void api_between(void)
{
	struct lab l;

	h2_open(&l, &tls);
	ask(&l, 45);
	nginx(&l, 233, 100000);
	l.now += l.rtt_us;
	data(&l, UP, 45);
	l.now += l.rtt_us;
	data(&l, DOWN, 233 + 32768 + 36);
	data(&l, DOWN, 32768 + 36);
	data(&l, UP, 200);			/* a call, meanwhile */
	l.lag = 200 + TAG + 5;
	for (int n = 0; n < 8; n++)
		data(&l, DOWN, 32768 + 36);
	l.lag = 0;
	data(&l, DOWN, 392);			/* its answer */
	data(&l, DOWN, 9);			/* END_STREAM */
	data(&l, DOWN, 32768 + 36);
	data(&l, DOWN, 7000 + 9);
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 11 * 32768 + 7000, 500) == 1,
	    "a call during a download is taken out of it");
}

/*
 * The end of a file is no response of its own where all that were asked for
 * have begun: the one that follows, marked as an end, is.
 */
static void end_not_aside(void)
{
	struct lab l;

	h2_open(&l, &tls);
	ask(&l, 45);
	nginx(&l, 130, 100000);
	l.now += l.rtt_us;
	data(&l, UP, 30);
	l.now += l.rtt_us;
	data(&l, DOWN, 130 + 32768 + 36);
	data(&l, UP, 30);			/* a call, meanwhile */
	l.lag = 30 + TAG + 5;
	for (int n = 0; n < 8; n++)
		data(&l, DOWN, 32768 + 36);
	l.lag = 0;
	data(&l, DOWN, 326);			/* the file's end */
	data(&l, DOWN, 2463);			/* the call's answer */
	data(&l, DOWN, 9);
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 9 * 32768 + 317, 30) == 1,
	    "the end of a file is no answer to a call: %lu",
	    (unsigned long)l.got[l.n - 1].bytes);
}

/* The server answers before the client has shown that it is HTTP/2. */
static void known_late(void)
{
	struct lab l;

	tls13_open(&l);
	data(&l, UP, 90);			/* preface and request */
	l.now += l.rtt_us;
	data(&l, DOWN, 179);			/* SETTINGS, header */
	data(&l, DOWN, 16384);
	data(&l, UP, 9);			/* SETTINGS ACK */
	data(&l, DOWN, 16384 + 36);
	data(&l, UP, 45);			/* another request */
	l.lag = 45 + TAG + 5;
	for (int n = 0; n < 8; n++)
		data(&l, DOWN, 32768 + 36);
	l.lag = 0;
	data(&l, DOWN, 10000 + 18);
	nginx(&l, 130, 200000);
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 9 * 32768 + 10000, 200) == 1 &&
	    found_size(&l, 200000, 30) == 1,
	    "what came before HTTP/2 was known is of the first: %lu",
	    (unsigned long)l.got[0].bytes);
}

static void go_server(void)
{
	struct lab l;

	h2_open(&l, &tls);
	ask(&l, 45);
	data(&l, DOWN, 33);			/* HEADERS alone */
	for (int n = 0; n < 5; n++)
		data(&l, DOWN, 16384 + 9);
	data(&l, DOWN, 12156 + 9);
	data(&l, DOWN, 9);
	lab_close(&l);
	ok(l.n == 1 && found_size(&l, 5 * 16384 + 12156, 20),
	    "headers of their own are known: %lu",
	    (unsigned long)l.got[0].bytes);
}

static void answer_not_updates(void)
{
	struct lab l;

	h2_open(&l, &tls);
	for (int n = 0; n < 2; n++) {
		ask(&l, 60);
		data(&l, UP, 40000);
		l.now += l.rtt_us;
		data(&l, DOWN, 13 * 19);	/* a response of such a size */
	}
	lab_close(&l);
	ok(l.n == 2, "a response as long as 19 updates ends an upload: %d",
	    l.n);
}

static void upload_resumes(void)
{
	struct lab l;

	h2_open(&l, &tls);
	ask(&l, 60);
	data(&l, UP, 6 * 16384);
	data(&l, DOWN, 300);			/* to something else */
	l.now += 20000;
	data(&l, UP, 6 * 16384 + 500);
	l.now += l.rtt_us;
	data(&l, DOWN, 300);
	lab_close(&l);
	ok(l.n == 1, "an upload whose records are full goes on: %d", l.n);
}

/* A request whose fields are all in the tables: 22 bytes, not a frame. */
static void small_requests(void)
{
	struct lab l;

	h2_open(&l, &tls);
	ask(&l, 60);
	nginx(&l, 130, 100000);
	for (int n = 0; n < 3; n++) {
		l.now += 400000;
		ask(&l, n ? 26 : 22);
		data(&l, DOWN, 9000);
	}
	lab_close(&l);
	ok(l.n == 4 && found_size(&l, 100000, 50) == 1,
	    "a request is as small as two control frames: %d", l.n);
}

static void windows_open(void)
{
	struct lab l;

	h2_open(&l, &tls);
	ask(&l, 60);
	nginx(&l, 130, 65536);
	l.now += 2000;
	data(&l, UP, 26);
	nginx(&l, 0, 65536);
	lab_close(&l);
	ok(l.n == 1, "two WINDOW_UPDATEs are no request: %d", l.n);
}

static void busy_api(void)
{
	struct lab l;

	h2_open(&l, &tls);
	for (int n = 0; n < 60; n++) {		/* five a second, for 12 s */
		l.now += 140000;
		ask(&l, 60);
		data(&l, DOWN, n % 10 == 5 ? 120000 : 900);
	}
	lab_close(&l);
	ok(l.n == 6, "API calls on HTTP/2 make no call: %d", l.n);
}

int main(void)
{
	exact_on_http2();
	torn_write();
	asked_together();
	one_is_not_taken_apart();
	two_in_turn();
	api_between();
	end_not_aside();
	known_late();
	go_server();
	answer_not_updates();
	upload_resumes();
	small_requests();
	windows_open();
	busy_api();
	return tap_done();
}
