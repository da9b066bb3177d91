/*
 * test_acks.c - what was missed of one side, told from the other side's
 * acknowledgements.
 */
#include "lab.h"

static void request_missed(void)
{
	struct lab l;

	tls13_open(&l);
	ask(&l, 97);
	data(&l, DOWN, 350 + 50000);
	l.now += 2 * l.rtt_us;
	l.seq[UP] += 119;			/* nobody saw it */
	data(&l, DOWN, 350 + 70000);
	ask(&l, 97);
	data(&l, DOWN, 350 + 90000);
	lab_close(&l);
	ok(l.n == 3 && found_size(&l, 50000, 100) &&
	    found_size(&l, 70000, 100) && found_size(&l, 90000, 100),
	    "a request that was missed ends the answer before it: %d", l.n);
}

static void request_missed_in_silence(void)
{
	struct lab l;

	tls13_open(&l);
	ask(&l, 97);
	data(&l, DOWN, 350 + 50000);
	l.now += 9000000;
	l.seq[UP] += 119;			/* the tap missed a request */
	data(&l, DOWN, 350 + 70000);
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 70000, 100),
	    "an answer counts though its request was missed: %d", l.n);
}

/* Windows are opened all the time, a round trip after what was sent. */
static void updates_missed(void)
{
	struct lab l;

	h2_open(&l, &tls);
	ask(&l, 45);
	nginx(&l, 233, 98304);
	l.now += l.rtt_us;
	l.seq[UP] += 2 * (13 + 22) - 22;	/* in one record */
	nginx(&l, 0, 81920);
	lab_close(&l);
	ok(l.n == 1 && found_size(&l, 98304 + 81920, 100),
	    "WINDOW_UPDATEs that were missed end nothing: %d", l.n);
}

static void end_missed(void)
{
	struct lab l;

	tls13_open(&l);
	ask(&l, 97);
	data(&l, DOWN, 350 + 48802);
	l.seq[DOWN] += 16384 + 22;		/* nobody saw it */
	ask(&l, 97);
	data(&l, DOWN, 350 + 70000);
	lab_close(&l);
	ok(l.n == 2 && found_size(&l, 48802 + 16384, 100) &&
	    found_size(&l, 70000, 100),
	    "the end of an answer is known by the next request: %d", l.n);
}

/* Two taps, one of them late: answers come behind the next request. */
static void late_tap(void)
{
	uint32_t before, after;
	struct lab l;

	tls13_open(&l);
	ask(&l, 97);
	for (int n = 0; n < 3; n++) {
		before = l.seq[DOWN];
		l.seq[DOWN] += 3000 + 22;	/* not seen yet */
		ask(&l, 97);
		after = l.seq[DOWN];
		l.seq[DOWN] = before;
		l.lag = 97 + 22;		/* sent before it */
		data(&l, DOWN, 3000);
		l.lag = 0;
		l.seq[DOWN] = after;
	}
	data(&l, DOWN, 350 + 70000);
	lab_close(&l);
	ok(l.n == 1 && found_size(&l, 70000, 100) && l.requests == 4,
	    "answers that come behind the next request: %d, %u requests", l.n,
	    l.requests);
}

int main(void)
{
	request_missed();
	request_missed_in_silence();
	updates_missed();
	end_missed();
	late_tap();
	return tap_done();
}
