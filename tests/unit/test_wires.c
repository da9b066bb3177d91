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

static void datagrams(struct lab *l, int n, bool chunks)
{
	static uint8_t bytes[1250] = { 0x40 };

	for (int k = 0; k < n; k++) {		/* alone: in chunks of 32 KiB */
		segment(l, DOWN, l->seq[DOWN], bytes,
		    chunks && k % 27 == 26 ? 600 : 1250, 0);
		l->now += 100;
	}
}

static void quic_open(struct lab *l)
{
	static const struct infer_start how = { .wire = WIRE_QUIC };

	lab_open(l, &how);
}

static void quic_ask(struct lab *l, int n)
{
	static uint8_t bytes[400] = { 0x40 };

	l->now += l->rtt_us;
	while (n-- > 0) {
		segment(l, UP, l->seq[UP], bytes, 400, 0);
		l->seq[UP] += 400;
	}
	l->now += l->rtt_us;
}

static void quic_two(void)
{
	struct lab l;

	quic_open(&l);
	quic_ask(&l, 2);
	datagrams(&l, 400, false);		/* 200 each, side by side */
	datagrams(&l, 540, true);		/* 540 alone */
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 200 * 1221, 25000) == 1 &&
	    found_size(&l, 740 * 1221 - 20 * 650, 30000) == 1,
	    "QUIC: one of two went on alone: %d", l.n);
}

/* Two that end together, of a server that is known to read in chunks. */
static void quic_two_equal(void)
{
	struct lab l;

	quic_open(&l);
	quic_ask(&l, 1);
	datagrams(&l, 27 * 5, true);
	quic_ask(&l, 2);
	datagrams(&l, 600, false);
	lab_close(&l);
	ok(l.n == 3 && found_size(&l, 300 * 1221, 500) == 2,
	    "QUIC: two that ended within a chunk: %d", l.n);
}

static void quic_not_two(void)
{
	struct lab l;

	quic_open(&l);
	quic_ask(&l, 2);
	datagrams(&l, 600, false);
	lab_close(&l);
	ok(l.n == 1, "QUIC: of a server with other habits, not known: %d",
	    l.n);
}

/* Half a chunk apart: the end of another, not one that went on alone. */
static void quic_short_in_company(void)
{
	struct lab l;
	static uint8_t bytes[600] = { 0x40 };

	quic_open(&l);
	quic_ask(&l, 2);
	for (int n = 0; n < 6; n++) {		/* side by side */
		datagrams(&l, 47, false);
		segment(&l, DOWN, l.seq[DOWN], bytes, 600, 0);
	}
	datagrams(&l, 270, true);
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 6 * 47 * 1221 / 2, 20000) == 1,
	    "QUIC: short datagrams of two are not those of one: %d", l.n);
}

/* Six smaller ones beside two: what they had is not theirs. */
static void quic_furniture(void)
{
	struct lab l;
	uint64_t sum = 0;

	quic_open(&l);
	quic_ask(&l, 8);
	datagrams(&l, 400, false);
	datagrams(&l, 540, true);
	lab_close(&l);
	for (int n = 0; n < l.n; n++)
		sum += l.got[n].bytes;
	ok(l.n == 3 && found_size(&l, 400 * 1221 / 2, 20000) == 0 &&
	    l.got[2].count == 6 && near(sum, 940 * 1221 - 20 * 650, 0.01),
	    "QUIC: smaller ones beside two: %d, %lu in all", l.n,
	    (unsigned long)sum);
}

int main(void)
{
	opaque();
	opaque_parts();
	quic();
	quic_two();
	quic_two_equal();
	quic_not_two();
	quic_short_in_company();
	quic_furniture();
	return tap_done();
}
