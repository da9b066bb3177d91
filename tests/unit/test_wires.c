/*
 * test_wires.c - transfers where no TLS record is to be seen: QUIC, and
 * protocols that are opaque.
 */
#include "lab.h"

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
	opaque();
	opaque_parts();
	quic();
	quic_two();
	return tap_done();
}
