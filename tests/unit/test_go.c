/*
 * test_go.c - objects that share a connection of Go's HTTP/2 server, which
 * serves its streams two frames at a time.
 */
#include "lab.h"

static void frames(struct lab *l, int n)
{
	while (n-- > 0)
		data(l, DOWN, 16384 + 9);
}

/* HTTP/2, the server's frames known, n requests sent together. */
static void go_open(struct lab *l, int n)
{
	h2_open(l, &tls);
	ask(l, 45);
	data(l, DOWN, 57);
	frames(l, 2);
	data(l, DOWN, 500 + 9);
	data(l, DOWN, 9);
	l->now += l->rtt_us;
	while (n-- > 0)
		data(l, UP, 45);
	l->now += l->rtt_us;
}

static void headers_open(void)
{
	struct lab l;

	go_open(&l, 2);
	data(&l, DOWN, 57);
	frames(&l, 4);				/* the first alone */
	data(&l, DOWN, 34);
	frames(&l, 4);				/* two and two */
	data(&l, DOWN, 14967 + 9);
	frames(&l, 2);
	data(&l, DOWN, 9);			/* the end of the first */
	frames(&l, 9);
	data(&l, DOWN, 6041 + 9);
	data(&l, DOWN, 9);
	lab_close(&l);
	ok(l.n == 3 && found_size(&l, 6 * 16384 + 14967, 60) &&
	    found_size(&l, 13 * 16384 + 6041, 60),
	    "headers while another is served begin a second: %d", l.n);
}

static void turns_of_two(void)
{
	struct lab l;

	go_open(&l, 2);
	data(&l, DOWN, 57 + 34);		/* two headers in one */
	frames(&l, 5);				/* two, two, and one */
	data(&l, DOWN, 6969 + 9);
	frames(&l, 2);
	data(&l, DOWN, 9);
	frames(&l, 2);
	data(&l, DOWN, 12672 + 9);
	data(&l, DOWN, 9);
	lab_close(&l);
	ok(l.n == 3 && found_size(&l, 3 * 16384 + 6969, 60) &&
	    found_size(&l, 6 * 16384 + 12672, 60),
	    "a turn is two frames: %d", l.n);
}

static void small_between(void)
{
	struct lab l;

	go_open(&l, 3);
	data(&l, DOWN, 57);
	data(&l, DOWN, 31);
	frames(&l, 2);
	data(&l, DOWN, 6347 + 9);
	frames(&l, 1);
	data(&l, DOWN, 34 + 16384 + 9);		/* a header held back */
	data(&l, DOWN, 9 + 16384 + 9);		/* and an end */
	frames(&l, 1);
	data(&l, DOWN, 7025 + 9);
	frames(&l, 4);
	data(&l, DOWN, 9);
	data(&l, DOWN, 1000 + 9);
	data(&l, DOWN, 9);
	lab_close(&l);
	ok(l.n == 4 && found_size(&l, 6347, 60) &&
	    found_size(&l, 4 * 16384 + 7025, 60) &&
	    found_size(&l, 6 * 16384 + 1000, 60),
	    "what is held back comes ahead of a frame: %d", l.n);
}

/* The third was not asked for: the second had not ended. */
static void no_more_than_asked(void)
{
	struct lab l;

	go_open(&l, 1);
	data(&l, DOWN, 57);
	frames(&l, 3);
	data(&l, DOWN, 9000);			/* a slow disk */
	frames(&l, 4);
	data(&l, DOWN, 500 + 9);
	data(&l, DOWN, 9);
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 7 * 16384 + 9500, 60),
	    "no more objects than requests: %d", l.n);
}

int main(void)
{
	headers_open();
	turns_of_two();
	small_between();
	no_more_than_asked();
	return tap_done();
}
