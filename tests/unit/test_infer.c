/*
 * test_infer.c - each rule of sensor/infer/ with its opposite, on record
 * sequences made by hand.
 */
#include "infer/join.h"

#include "tap.h"

enum { MSS = 1448, TAG = 17 };

struct lab {				/* one flow and what came out of it */
	struct infer *i;
	struct infer_room *room;
	struct found got[64];
	int n;
	int64_t now;
	uint32_t seq[2];		/* next byte of each side */
	uint32_t rtt_us;
	uint32_t snap;			/* payload bytes captured, 0: all */
	int drop;			/* 1 in n segments, 0: none */
	int only;			/* one direction seen, -1: both */
	unsigned int count;
	int progress;			/* reports of it */
	uint32_t lag;			/* what the server has not got yet */
	uint64_t sent[2];
};

static void note(const struct found *f, void *arg)
{
	struct lab *l = arg;

	if (f->progress)
		l->progress++;
	else if (l->n < 64)
		l->got[l->n++] = *f;
}

static void lab_open(struct lab *l, const struct infer_start *how)
{
	struct infer_start with = *how;

	*l = (struct lab){ .now = 1000000000000, .only = -1,
		.seq = { 1000, 0xfffff000 }, .rtt_us = 20000 };
	l->room = infer_room_new(4);
	with.room = l->room;
	l->i = calloc(1, infer_size());
	infer_init(l->i, &with);
}

static void lab_close(struct lab *l)
{
	struct infer_stats st;

	infer_end(l->i, note, l);
	st = infer_stats(l->i);
	if (st.reported + st.media + st.small != st.volume)
		ok(false, "sums: the parts are the volume");
	free(l->i);
	infer_room_free(l->room);
}

static void segment(struct lab *l, enum dir d, uint32_t seq,
    const uint8_t *bytes, uint32_t n, uint8_t flags)
{
	struct segment s = { .at_us = l->now, .dir = d, .seq = seq,
		.ack = l->seq[!d] - (d == DOWN ? l->lag : 0), .wire_len = n, .flags = flags };
	uint32_t cap = l->snap && l->snap < n ? l->snap : n;

	if (l->only >= 0 && (enum dir)l->only != d)
		return;
	if (l->drop && ++l->count % (unsigned int)l->drop == 0)
		return;
	s.data = slice_of(bytes, cap);
	infer_segment(l->i, &s, note, l);
}

/* Send a record, in segments of at most MSS bytes. */
static void record(struct lab *l, enum dir d, uint8_t type, uint32_t len)
{
	static uint8_t bytes[5 + 65536];
	uint32_t n = len + 5;

	bytes[0] = type;
	bytes[1] = bytes[2] = 3;
	bytes[3] = (uint8_t)(len >> 8);
	bytes[4] = (uint8_t)len;
	for (uint32_t at = 0; at < n; at += MSS) {
		uint32_t part = n - at < MSS ? n - at : MSS;

		segment(l, d, l->seq[d], bytes + at, part, TCP_ACK);
		l->seq[d] += part;
		l->now += 100;
	}
	l->sent[d] += n;
}

/* `app` bytes of content in records of at most 16 KiB. */
static void data(struct lab *l, enum dir d, uint32_t app)
{
	while (app > 0) {
		uint32_t part = app < 16384 ? app : 16384;

		record(l, d, 23, part + TAG);
		app -= part;
	}
}

static void ask(struct lab *l, uint32_t app)
{
	l->now += l->rtt_us;
	data(l, UP, app);
	l->now += l->rtt_us;
}

static void handshake13(struct lab *l)
{
	record(l, UP, 22, 512);
	l->now += l->rtt_us;
	record(l, DOWN, 22, 122);
	record(l, DOWN, 20, 1);
	record(l, DOWN, 23, 36);
	record(l, DOWN, 23, 1150);
	record(l, DOWN, 23, 96);
	record(l, DOWN, 23, 69);
	record(l, UP, 20, 1);
	record(l, UP, 23, 69);
}

static const struct infer_start tls = { .wire = WIRE_TLS };

static bool near(uint64_t a, uint64_t b, double share)
{
	double e = (double)a - (double)b;

	return (e < 0 ? -e : e) <= share * (double)b;
}

static void one_after_another(void)
{
	struct lab l;

	lab_open(&l, &tls);
	handshake13(&l);
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

	lab_open(&l, &tls);
	handshake13(&l);
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

	lab_open(&l, &tls);
	handshake13(&l);
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

	lab_open(&l, &tls);
	handshake13(&l);
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

static void call(void)
{
	struct lab l;

	lab_open(&l, &tls);
	handshake13(&l);
	for (int n = 0; n < 600; n++) {		/* 12 s, 50 frames a s */
		data(&l, UP, 160);
		l.now += 10000;
		data(&l, DOWN, 900);
		l.now += 10000;
		if (n % 50 == 0)		/* a key frame */
			data(&l, DOWN, 60000);
	}
	lab_close(&l);
	ok(l.n == 0, "a call over TLS is no transfer: %d", l.n);
}

static void opaque(void)
{
	static const struct infer_start bare = { .wire = WIRE_OPAQUE };
	static uint8_t bytes[MSS];
	struct lab l;

	lab_open(&l, &bare);
	for (uint32_t n = 0; n < 100; n++) {
		segment(&l, DOWN, l.seq[DOWN], bytes, 1000, TCP_ACK);
		l.seq[DOWN] += 1000;
		l.now += 100;
	}
	lab_close(&l);
	ok(l.n <= 1, "a one-way stream is at most one transfer");
}

static void quic(void)
{
	static const struct infer_start how = { .wire = WIRE_QUIC };
	static uint8_t bytes[1250] = { 0x40 };
	struct lab l;

	lab_open(&l, &how);
	for (int object = 0; object < 2; object++) {
		segment(&l, UP, l.seq[UP], bytes, 400, 0);
		l.seq[UP] += 400;
		l.now += l.rtt_us;
		for (int n = 0; n < 100; n++) {
			segment(&l, DOWN, l.seq[DOWN], bytes, 1250, 0);
			l.seq[DOWN] += 1250;
			if (n % 2) {
				segment(&l, UP, l.seq[UP], bytes, 30, 0);
				l.seq[UP] += 30;
			}
			l.now += 100;
		}
		l.now += l.rtt_us;
	}
	lab_close(&l);
	ok(l.n == 2 && near(l.got[0].bytes, 100 * (1250 - 29), 0.005),
	    "QUIC: two objects, acknowledgements are no requests");
}

/* HTTP/2 on TLS 1.3: preface, SETTINGS both ways. */
static void h2_open(struct lab *l, const struct infer_start *how)
{
	lab_open(l, how);
	handshake13(l);
	data(l, UP, 64);			/* preface, SETTINGS */
	l->now += l->rtt_us;
	data(l, DOWN, 40);			/* SETTINGS, WINDOW_UPDATE */
	data(l, UP, 9);				/* SETTINGS ACK */
}

/* As nginx does: 32 KiB at a time, frames of 8192, header with the first. */
static void nginx(struct lab *l, uint32_t header, uint32_t size)
{
	uint32_t sent = 0;

	while (sent < size) {
		uint32_t part = size - sent < 32768 ? size - sent : 32768;
		uint32_t frames = (part + 8191) / 8192;

		data(l, DOWN, (sent ? 0 : header) + part + 9 * frames);
		sent += part;
	}
}

static int found_size(const struct lab *l, uint64_t bytes, uint64_t slack)
{
	int n = 0;

	for (int k = 0; k < l->n; k++)
		n += l->got[k].bytes + slack >= bytes &&
		    l->got[k].bytes <= bytes + slack;
	return n;
}

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

	lab_open(&l, &tls);
	handshake13(&l);
	ask(&l, 97);
	data(&l, DOWN, 265);
	data(&l, DOWN, 265);
	data(&l, DOWN, 350 + 60000);
	lab_close(&l);
	ok(l.n == 1 && found_size(&l, 60000, 10),
	    "session tickets are no content: %lu",
	    (unsigned long)l.got[0].bytes);
}

static void web_socket(void)
{
	struct lab l;

	lab_open(&l, &tls);
	handshake13(&l);
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

static void request_missed(void)
{
	struct lab l;

	lab_open(&l, &tls);
	handshake13(&l);
	ask(&l, 97);
	data(&l, DOWN, 350 + 50000);
	l.now += 9000000;
	l.seq[UP] += 119;			/* the tap missed a request */
	data(&l, DOWN, 350 + 70000);
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 70000, 100),
	    "an answer counts though its request was missed: %d", l.n);
}

static void reordered(void)
{
	static uint8_t bytes[2 * MSS] = { 23, 3, 3, 0x40, 0x11 };
	struct lab l;
	uint32_t seq;

	lab_open(&l, &tls);
	handshake13(&l);
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

static void not_a_call(void)
{
	struct lab l;

	lab_open(&l, &tls);
	handshake13(&l);
	for (int n = 0; n < 40; n++) {		/* eight files a second */
		ask(&l, 97);
		data(&l, DOWN, 350 + 90000);
		l.now += 80000;
	}
	lab_close(&l);
	ok(l.n == 40, "files in quick succession are no call: %d", l.n);
}

static void long_transfer(void)
{
	static int told;
	struct lab l;

	told = 0;
	lab_open(&l, &tls);
	handshake13(&l);
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

static void opaque_parts(void)
{
	static const struct infer_start bare = { .wire = WIRE_OPAQUE };
	static const uint32_t part[] = { 131129, 131129, 60183, 42502 };
	static uint8_t bytes[MSS];
	struct lab l;

	lab_open(&l, &bare);
	for (int k = 0; k < 4; k++) {
		for (uint32_t left = part[k]; left > 0;) {
			uint32_t n = left < MSS ? left : MSS;

			segment(&l, UP, l.seq[UP], bytes, n, TCP_ACK);
			l.seq[UP] += n;
			left -= n;
		}
		l.now += l.rtt_us;
		segment(&l, DOWN, l.seq[DOWN], bytes, 86, TCP_ACK);
		l.seq[DOWN] += 86;
		l.now += k == 2 ? 1700000 : 1000;
	}
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 2 * 131129 + 60183, 0) == 1 &&
	    found_size(&l, 42502, 0) == 1,
	    "equal parts and a smaller one are a file: %d", l.n);
}

static struct found part_of(uint64_t bytes, int64_t start_us)
{
	return (struct found){ .bytes = bytes, .wire_bytes = bytes,
		.start_us = start_us, .end_us = start_us + 100000,
		.count = 1, .count_hi = 1, .sureness = 90 };
}

static bool joins(uint64_t a, uint64_t b, int64_t gap_us)
{
	struct chain c = {0};
	struct found first = part_of(a, 1000), next = part_of(b,
	    1000 + 100000 + gap_us);

	return chain_takes(&c, &first) && chain_takes(&c, &next);
}

static void chains(void)
{
	ok(joins(1000000, 1000500, 1000), "equal parts are one file");
	ok(!joins(1000000, 1100000, 1000), "a larger one is another file");
	ok(!joins(1000000, 1000500, 3000000), "and so is a late one");
	ok(joins(327680 * 10, 5000, 1000), "the last part may be smaller");
	ok(!joins(3000000, 5000, 1000), "but not after an unusual size");
	ok(!joins(327680 * 10, 5000, 1500000), "and not late");
}

struct told {
	int n;
	uint64_t bytes[8];
};

static void tell(const struct join_key *k, const struct found *f, void *arg)
{
	struct told *t = arg;

	(void)k;
	if (t->n < 8)
		t->bytes[t->n++] = f->bytes;
}

static void across_flows(void)
{
	struct join *j = join_new(4);
	struct join_key a = { .dir = UP }, b = { .dir = DOWN };
	struct told t = {0};
	struct found f;

	for (int n = 0; n < 3; n++) {
		f = part_of(4 << 20, n * 200000);
		join_see(j, &a, &f, tell, &t);
		f = part_of(50000 + (uint64_t)n * 9000, n * 200000);
		f.dir = DOWN;
		join_see(j, &b, &f, tell, &t);
	}
	ok(t.n == 0, "chains stay open while parts may follow");
	join_idle(j, 60000000, tell, &t);
	ok(t.n == 4, "then one upload and three downloads: %d", t.n);
	ok(t.n && (t.bytes[0] == 3ull * (4 << 20) || t.bytes[3] ==
	    3ull * (4 << 20)), "the upload is the sum of its parts");
	join_end(j, tell, &t);
	join_free(j);
}

static void quic_two(void)
{
	static const struct infer_start how = { .wire = WIRE_QUIC };
	static uint8_t bytes[1250] = { 0x40 };
	struct lab l;

	lab_open(&l, &how);
	for (int n = 0; n < 2; n++) {
		segment(&l, UP, l.seq[UP], bytes, 400, 0);
		l.seq[UP] += 400;
	}
	l.now += l.rtt_us;
	for (int n = 0; n < 400; n++) {		/* 200 each, side by side */
		segment(&l, DOWN, l.seq[DOWN], bytes, 1250, 0);
		l.now += 100;
	}
	for (int n = 0; n < 540; n++) {		/* 540 alone, in chunks */
		segment(&l, DOWN, l.seq[DOWN], bytes,
		    n % 27 == 26 ? 600 : 1250, 0);
		l.now += 100;
	}
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 200 * 1221, 25000) == 1 &&
	    found_size(&l, 740 * 1221 - 20 * 650, 30000) == 1,
	    "QUIC: one of two went on alone: %d", l.n);
}

int main(void)
{
	ok(infer_size() <= 256, "%zu bytes of state a flow", infer_size());
	one_after_another();
	small_is_not_reported();
	certificate_is_no_object();
	upload();
	window_updates_are_no_answer();
	survives("clean", 0, 0, -1);
	survives("snaplen 60", 60, 0, -1);
	survives("one segment in 53 missing", 0, 53, -1);
	survives("server side only", 0, 0, DOWN);
	survives("client side only", 0, 0, UP);
	midstream();
	call();
	opaque();
	quic();
	quic_two();
	exact_on_http2();
	torn_write();
	asked_together();
	one_is_not_taken_apart();
	two_in_turn();
	api_between();
	go_server();
	answer_not_updates();
	upload_resumes();
	tls12();
	tickets();
	web_socket();
	request_missed();
	reordered();
	not_a_call();
	long_transfer();
	opaque_parts();
	chains();
	across_flows();
	return tap_done();
}
