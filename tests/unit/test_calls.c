/*
 * test_calls.c - what is a call and no file, and what is a file though it
 * comes as quickly.
 */
#include "lab.h"

static void call(void)
{
	struct lab l;

	tls13_open(&l);
	for (int n = 0; n < 600; n++) {		/* 12 s, 50 frames a s */
		data(&l, UP, 160);
		l.now += 10000;
		l.lag = n % 4 ? 0 : 182;	/* they cross, at times */
		data(&l, DOWN, 900);
		l.lag = 0;
		l.now += 10000;
		if (n % 50 == 0)		/* a key frame */
			data(&l, DOWN, 60000);
	}
	lab_close(&l);
	ok(l.n == 0, "a call over TLS is no transfer: %d", l.n);
}

static void not_a_call(void)
{
	struct lab l;

	tls13_open(&l);
	for (int n = 0; n < 40; n++) {		/* eight files a second */
		ask(&l, 97);
		data(&l, DOWN, 350 + 90000);
		l.now += 80000;
	}
	lab_close(&l);
	ok(l.n == 40, "files in quick succession are no call: %d", l.n);
}

/* Four a second, a few kB each: nobody waits for the other in a call. */
static void many_small(void)
{
	struct lab l;

	tls13_open(&l);
	for (int n = 0; n < 40; n++) {
		ask(&l, 97);
		data(&l, DOWN, 350 + 6000);
		l.now += 200000;
	}
	lab_close(&l);
	ok(l.n == 40, "small files asked for in turn are no call: %d", l.n);
}

/* Whether it was a call does not wait for the flow to be forgotten. */
static void told_soon(void)
{
	struct lab l;
	int closed;

	tls13_open(&l);
	ask(&l, 97);
	data(&l, DOWN, 350 + 90000);
	segment(&l, UP, l.seq[UP], NULL, 0, TCP_FIN | TCP_ACK);
	ok(l.n == 0, "closed by one side only, an answer may go on");
	segment(&l, DOWN, l.seq[DOWN], NULL, 0, TCP_FIN | TCP_ACK);
	closed = l.n;
	lab_close(&l);
	ok(closed == 1 && l.n == 1, "told once, when both sides have closed");

	tls13_open(&l);
	ask(&l, 97);
	data(&l, DOWN, 350 + 90000);
	ask(&l, 97);
	l.now += 3000000;			/* too quiet for a call */
	data(&l, DOWN, 200);
	ok(l.n == 1, "told when the seconds left cannot make it a call: %d",
	    l.n);
	lab_close(&l);
}

int main(void)
{
	call();
	not_a_call();
	many_small();
	told_soon();
	return tap_done();
}
