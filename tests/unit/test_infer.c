/*
 * test_infer.c - each rule of sensor/infer/ with its opposite, on record
 * sequences made by hand.
 */
#include "infer/infer.h"
#include "infer/walk.h"

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
	uint64_t sent[2];
};

static void note(const struct found *f, void *arg)
{
	struct lab *l = arg;

	if (!f->progress && l->n < 64)
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
		.ack = l->seq[!d], .wire_len = n, .flags = flags };
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
	return tap_done();
}
