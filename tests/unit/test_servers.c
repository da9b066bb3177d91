/*
 * test_servers.c - habits of HTTP/2 servers beside those of nginx and Go:
 * what lies between two flushes, and where an object ends.
 */
#include "lab.h"

/* Frames of `frame` bytes, in runs of `run` bytes, each one a write. */
static void serve(struct lab *l, uint32_t header, uint32_t size,
    uint32_t frame, uint32_t run)
{
	uint32_t sent = 0;

	while (sent < size) {
		uint32_t part = size - sent < run ? size - sent : run;

		data(l, DOWN, (sent ? 0 : header) + part +
		    9 * ((part + frame - 1) / frame));
		sent += part;
	}
}

static void two_requests(struct lab *l)
{
	l->now += l->rtt_us;
	data(l, UP, 45);
	data(l, UP, 45);
	l->now += l->rtt_us;
}

/* [16384][16384][16384][16384][36], and END_STREAM alone. */
static void node(void)
{
	struct lab l;

	h2_open(&l, &tls);
	ask(&l, 45);
	data(&l, DOWN, 43);
	serve(&l, 0, 300000, 16384, 65536);
	data(&l, DOWN, 9);
	two_requests(&l);
	data(&l, DOWN, 43);
	serve(&l, 0, 1091604, 16384, 65536);
	data(&l, DOWN, 9);
	data(&l, DOWN, 1474);
	data(&l, DOWN, 9);
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 1091604, 100),
	    "a write of several frames of 16384 ends nothing: %d", l.n);
}

/* A frame and its header fill a record. */
static void apache(void)
{
	struct lab l;

	h2_open(&l, &tls);
	ask(&l, 45);
	serve(&l, 122, 300000, 16375, 7 * 16375);
	two_requests(&l);
	serve(&l, 41, 700000, 16375, 8 * 16375);
	serve(&l, 41, 90000, 16375, 8 * 16375);
	lab_close(&l);
	ok(l.n == 3 && found_size(&l, 700000, 600) &&
	    found_size(&l, 90000, 200),
	    "frames that fill records are whole frames: %d", l.n);
}

int main(void)
{
	node();
	apache();
	return tap_done();
}
