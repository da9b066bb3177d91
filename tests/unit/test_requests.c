/*
 * test_requests.c - how many requests a flow had, counted from outside.
 */
#include "lab.h"

static void messages_are_none(void)
{
	struct lab l;

	tls13_open(&l);
	ask(&l, 650);			/* the upgrade to a WebSocket */
	data(&l, DOWN, 190);
	data(&l, UP, 6);		/* Pong */
	for (int n = 0; n < 8; n++) {
		ask(&l, 237);
		data(&l, DOWN, 40);
	}
	lab_close(&l);
	ok(l.requests == 1, "a WebSocket's messages are no requests: %u",
	    l.requests);
}

static void bodies_are_none(void)
{
	struct lab l;

	tls13_open(&l);
	for (int n = 0; n < 3; n++) {
		ask(&l, 143);
		data(&l, DOWN, 25);		/* 100 Continue */
		ask(&l, 1078);
		data(&l, DOWN, 534);
		data(&l, DOWN, 5);
	}
	lab_close(&l);
	ok(l.requests == 3, "a body behind its header is no request: %u",
	    l.requests);
}

/* A proxy that passes on what it reads, 4096 at a time, and marks the end. */
static void pieces_are_one_answer(void)
{
	static const uint32_t last[] = { 3276, 137, 668, 2000 };
	struct lab l;

	h2_open(&l, &tls);
	for (int n = 0; n < 4; n++) {
		ask(&l, 52);			/* room for two requests */
		data(&l, DOWN, 22 + 4096 + 9);
		if (n > 1)
			data(&l, DOWN, 4096 + 9);
		data(&l, DOWN, last[n]);
		data(&l, DOWN, 9);
	}
	lab_close(&l);
	ok(l.requests == 4, "an answer in pieces is one: %u", l.requests);
}

int main(void)
{
	messages_are_none();
	bodies_are_none();
	pieces_are_one_answer();
	return tap_done();
}
