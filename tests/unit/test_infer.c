/*
 * test_infer.c - each rule of sensor/infer/ with its opposite, on record
 * sequences made by hand.  Calls are in test_calls.c, what was missed in
 * test_acks.c.
 */
#include "lab.h"

static void one_after_another(void)
{
	struct lab l;

	tls13_open(&l);
	ask(&l, 97);
	data(&l, DOWN, 300 + 100000);
	ask(&l, 97);
	data(&l, DOWN, 300 + 250000);
	lab_close(&l);
	ok(l.n == 2, "two requests, two downloads: %d", l.n);
	ok(near(l.got[0].bytes, 100000, 0.002) && l.got[0].dir == DOWN,
	    "the first is %lu bytes", (unsigned long)l.got[0].bytes);
	ok(near(l.got[1].bytes, 250000, 0.002), "the second is %lu bytes",
	    (unsigned long)l.got[1].bytes);
}

static void small_is_not_reported(void)
{
	struct lab l;

	tls13_open(&l);
	for (int n = 0; n < 20; n++) {
		ask(&l, 200);
		data(&l, DOWN, 2000);
	}
	lab_close(&l);
	ok(l.n == 0, "small answers are no transfers, however many");
}

static void certificate_is_no_object(void)
{
	struct lab l;

	lab_open(&l, &tls);
	record(&l, UP, 22, 512);
	record(&l, DOWN, 22, 122);
	record(&l, DOWN, 20, 1);
	record(&l, DOWN, 23, 16000);	/* a long chain of certificates */
	record(&l, UP, 20, 1);
	record(&l, UP, 23, 69);
	ask(&l, 97);
	data(&l, DOWN, 500);
	lab_close(&l);
	ok(l.n == 0, "a certificate chain is not a download");
}

static void upload(void)
{
	struct lab l;

	tls13_open(&l);
	ask(&l, 150);
	data(&l, UP, 80000);
	l.now += l.rtt_us;
	data(&l, DOWN, 400);
	ask(&l, 150);
	data(&l, UP, 40000);
	l.now += l.rtt_us;
	data(&l, DOWN, 400);
	lab_close(&l);
	ok(l.n == 2 && l.got[0].dir == UP && l.got[1].dir == UP,
	    "two uploads: %d", l.n);
	ok(near(l.got[0].bytes, 80000, 0.002) &&
	    near(l.got[1].bytes, 40000, 0.002), "their sizes");
}

static void window_updates_are_no_answer(void)
{
	struct lab l;

	tls13_open(&l);
	record(&l, UP, 23, 9 + TAG);	/* SETTINGS ACK: this is HTTP/2 */
	ask(&l, 60);
	for (int n = 0; n < 8; n++) {
		data(&l, UP, 32768);
		record(&l, DOWN, 23, 13 * 4 + TAG);
	}
	data(&l, UP, 1000);
	l.now += l.rtt_us;
	data(&l, DOWN, 300);
	lab_close(&l);
	ok(l.n == 1 && near(l.got[0].bytes, 8 * 32768 + 1000, 0.003),
	    "window updates do not end an upload");
}

static void survives(const char *what, uint32_t snap, int drop, int only)
{
	struct lab l;
	int good = 0;

	lab_open(&l, &tls);
	l.snap = snap;
	l.drop = drop;
	l.only = only;
	handshake13(&l);
	for (uint32_t n = 0; n < 10; n++) {
		ask(&l, 97);
		data(&l, DOWN, 300 + 60000 + n * 20000);
		if (only == UP) {
			/* its ACKs are all the tap sees of the answer */
			segment(&l, UP, l.seq[UP], NULL, 0, TCP_ACK);
		}
	}
	lab_close(&l);
	for (int n = 0; n < l.n; n++)
		good += n < 10 && near(l.got[n].bytes,
		    60000 + (uint64_t)n * 20000, 0.02);
	ok(l.n == 10 && good == 10, "%s: %d transfers, %d of right size",
	    what, l.n, good);
}

static void midstream(void)
{
	static const struct infer_start late = { .wire = WIRE_TLS,
		.midstream = true };
	struct lab l;

	lab_open(&l, &late);
	data(&l, DOWN, 50000);
	ask(&l, 97);
	data(&l, DOWN, 300 + 90000);
	lab_close(&l);
	ok(l.n >= 1 && near(l.got[l.n - 1].bytes, 90000, 0.005),
	    "begun in the middle: the next object is whole");
}

static void tls12(void)
{
	struct lab l;

	lab_open(&l, &tls);
	record(&l, UP, 22, 512);
	record(&l, DOWN, 22, 78);
	record(&l, DOWN, 22, 4000);
	record(&l, UP, 22, 37);
	record(&l, UP, 20, 1);
	record(&l, UP, 22, 40);
	record(&l, DOWN, 20, 1);
	record(&l, DOWN, 22, 40);
	record(&l, UP, 23, 100 + 24);
	l.now += l.rtt_us;
	for (int n = 0; n < 60; n++)
		record(&l, DOWN, 23, 16384 + 24);
	record(&l, DOWN, 23, 350 + 24);
	lab_close(&l);
	ok(l.n == 1 && found_size(&l, 60 * 16384, 10),
	    "TLS 1.2: 24 bytes a record: %lu",
	    (unsigned long)l.got[0].bytes);
}

static void tickets(void)
{
	struct lab l;

	tls13_open(&l);
	ask(&l, 97);
	data(&l, DOWN, 265);
	data(&l, DOWN, 265);
	data(&l, DOWN, 350 + 60000);
	lab_close(&l);
	ok(l.n == 1 && found_size(&l, 60000, 10),
	    "session tickets are no content: %lu",
	    (unsigned long)l.got[0].bytes);
}

static void tickets_during_upload(void)
{
	struct lab l;

	tls13_open(&l);
	ask(&l, 140);
	data(&l, UP, 65536);
	l.lag = 2000;				/* the last is on its way */
	data(&l, DOWN, 265);
	data(&l, UP, 49152);
	data(&l, DOWN, 265);
	data(&l, UP, 1503);
	l.lag = 0;
	l.now += l.rtt_us;
	data(&l, DOWN, 180);
	lab_close(&l);
	ok(l.n == 1 && found_size(&l, 116191, 10),
	    "session tickets do not end an upload: %d", l.n);
}

static void web_socket(void)
{
	struct lab l;

	tls13_open(&l);
	ask(&l, 650);
	data(&l, DOWN, 190);
	for (int n = 0; n < 2; n++) {
		l.now += 300000;
		data(&l, UP, 50000);
		l.now += l.rtt_us;
		data(&l, DOWN, 20);		/* the server's receipt */
	}
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 50000, 700) == 2,
	    "two files in a WebSocket, receipts between: %d", l.n);
}

static void reordered(void)
{
	static uint8_t bytes[2 * MSS] = { 23, 3, 3, 0x40, 0x11 };
	struct lab l;
	uint32_t seq;

	tls13_open(&l);
	ask(&l, 97);
	seq = l.seq[DOWN];			/* a record of 16401 */
	segment(&l, DOWN, seq + MSS, bytes + MSS, MSS, TCP_ACK);
	segment(&l, DOWN, seq, bytes, MSS, TCP_ACK);
	l.seq[DOWN] += 2 * MSS;
	memset(bytes, 0, 5);
	for (uint32_t left = 16406 - 2 * MSS; left > 0;) {
		uint32_t n = left < MSS ? left : MSS;

		segment(&l, DOWN, l.seq[DOWN], bytes, n, TCP_ACK);
		l.seq[DOWN] += n;
		left -= n;
	}
	data(&l, DOWN, 40000);
	lab_close(&l);
	ok(l.n == 1 && near(l.got[0].bytes, 56384, 0.01),
	    "a header that came late is used: %lu",
	    (unsigned long)l.got[0].bytes);
}

/* Headers begin segments rarely; what is not followed is of its own turn. */
static void out_of_sight(void)
{
	static const uint8_t body[MSS];
	struct lab l;

	tls13_open(&l);
	ask(&l, 97);
	data(&l, DOWN, 350 + 3000000);
	for (int n = 0; n < 1000; n++) {
		segment(&l, DOWN, l.seq[DOWN], body, MSS, TCP_ACK);
		l.seq[DOWN] += MSS;
		l.sent[DOWN] += MSS;
	}
	ask(&l, 97);
	data(&l, DOWN, 350 + 70000);
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 3000000 + 1000 * MSS, 2500) &&
	    found_size(&l, 70000, 300),
	    "bytes whose headers are out of sight: %d, %lu, %lu", l.n,
	    (unsigned long)l.got[0].bytes, (unsigned long)l.got[1].bytes);
}

/* Given up: what is on its way is met by a reset each. */
static void reset(void)
{
	struct lab l;

	tls13_open(&l);
	ask(&l, 97);
	data(&l, DOWN, 350 + 100000);
	for (int n = 0; n < 10; n++) {
		segment(&l, UP, l.seq[UP], NULL, 0, TCP_RST);
		data(&l, DOWN, 16384);
	}
	lab_close(&l);
	ok(l.n == 1 && near(l.got[0].bytes, 263840, 0.001),
	    "one download, though given up: %d", l.n);
}

static void long_transfer(void)
{
	static int told;
	struct lab l;

	told = 0;
	tls13_open(&l);
	ask(&l, 97);
	for (int n = 0; n < 200; n++) {
		data(&l, DOWN, 160000);
		l.now += 1000000;
		told += l.progress;
		l.progress = 0;
	}
	lab_close(&l);
	ok(told == 3 && l.n == 1, "200 s: progress %d times, one at the end",
	    told);
}

/* Neither the server's ACKs nor its next answer are of the object before. */
static void over_when_its_bytes_are(void)
{
	struct lab l;
	int64_t end_us;

	tls13_open(&l);
	ask(&l, 97);
	data(&l, DOWN, 350 + 90000);
	end_us = l.now;
	for (int n = 0; n < 3; n++) {		/* keep-alives */
		l.now += 1000000;
		segment(&l, DOWN, l.seq[DOWN], NULL, 0, TCP_ACK);
	}
	ask(&l, 97);
	data(&l, DOWN, 350 + 70000);
	lab_close(&l);
	ok(l.n == 2 && l.got[0].end_us < end_us,
	    "an object is over when its last byte has come");
}

int main(void)
{
	ok(infer_size() <= 256, "%zu bytes of state a flow", infer_size());
	one_after_another();
	small_is_not_reported();
	certificate_is_no_object();
	upload();
	window_updates_are_no_answer();
	over_when_its_bytes_are();
	survives("clean", 0, 0, -1);
	survives("snaplen 60", 60, 0, -1);
	survives("one segment in 53 missing", 0, 53, -1);
	survives("server side only", 0, 0, DOWN);
	survives("client side only", 0, 0, UP);
	midstream();
	tls12();
	tickets();
	tickets_during_upload();
	web_socket();
	reordered();
	out_of_sight();
	reset();
	long_transfer();
	return tap_done();
}
