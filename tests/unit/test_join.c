/*
 * test_join.c - parts into files.
 */
#include "infer/join.h"

#include <string.h>

#include "tap.h"

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
	ok(joins(327680 * 16, 5000, 1000), "the last part may be smaller");
	ok(!joins(3000000, 5000, 1000), "but not after an unusual size");
	ok(!joins(327680 * 16, 5000, 1500000), "and not late");
}

struct told {
	int n;
	struct event got[16];
};

static void tell(const struct event *ev, void *arg)
{
	struct told *t = arg;

	if (t->n < 16)
		t->got[t->n++] = *ev;
}

/* A transfer that ends after ms, of the n-th flow of the client. */
static struct event moved(uint64_t bytes, int64_t ms, uint64_t flow)
{
	return (struct event){ .kind = EV_TRANSFER, .flow = flow,
		.start_us = ms * 1000 - 150000, .at_us = ms * 1000,
		.up = bytes, .down = bytes + 500, .largest = bytes,
		.count = 1, .count_lo = 1, .count_hi = 1,
		.method = METHOD_TLS_RECORDS, .sureness = 95,
		.client.b = { [15] = 1 }, .server.b = { [15] = 2 } };
}

/* Sizes of transfers 200 ms apart; how many files are they? */
static struct told play(const uint64_t *bytes, int n, uint8_t flags)
{
	struct told t = {0};
	struct join *j = join_new(4, tell, &t);

	for (int k = 0; k < n; k++) {
		struct event ev = moved(bytes[k], 200 * k, (uint64_t)k % 3);

		ev.flags = flags;
		join_until(j, ev.at_us);
		if (!join_takes(j, &ev))
			tell(&ev, &t);
	}
	join_until(j, INT64_MAX - 1);
	join_free(j);
	return t;
}

static void several_flows(void)
{
	static const uint64_t ranges[] = { 1000000, 1000210, 999900, 1000050,
		321000 };
	static const uint64_t chunks[] = { 327680 * 8 + 190, 700000 };
	static const uint64_t files[] = { 1000000, 1200000, 900000, 1500000,
		321000 };
	static const uint64_t chance[] = { 327680 * 8 - 900, 700000 };
	struct told t = play(ranges, 5, 0);

	ok(t.n == 1 && t.got[0].up == 4321160 && t.got[0].count == 1 &&
	    t.got[0].count_hi == 5, "ranges on three connections: one file");
	ok(t.n == 1 && t.got[0].down == 4321160 + 5 * 500 &&
	    t.got[0].largest == 4321160 && t.got[0].start_us == -150000 &&
	    t.got[0].at_us == 800000, "with the sums and times of all");
	t = play(chunks, 2, EVENT_UPLOAD);
	ok(t.n == 1, "an upload in chunks of a usual size");
	t = play(chance, 2, EVENT_UPLOAD);
	ok(t.n == 2, "not one that happens to be near to it");
	t = play(files, 5, 0);
	ok(t.n == 5 && t.got[4].count_hi == 1, "other sizes: other files: %d",
	    t.n);
}

static void two_of_a_size(void)
{
	static const uint64_t files[] = { 392391, 392716 };
	static const uint64_t halves[] = { 1048576, 1048550 };
	static const uint64_t range[] = { 1048517, 635167 };
	struct told t = play(files, 2, 0);

	ok(t.n == 1 && t.got[0].count == 2 && t.got[0].count_lo == 1 &&
	    t.got[0].up == 785107, "two of an unusual size: rather two files");
	t = play(halves, 2, 0);
	ok(t.n == 1 && t.got[0].count == 1, "of a usual one: parts of one");
	t = play(range, 2, 0);
	ok(t.n == 1 && t.got[0].count == 1,
	    "sizes are too small by a header's uncertainty");
}

static void no_parts(void)
{
	struct told t = {0};
	struct join *j = join_new(4, tell, &t);
	struct event ev = moved(400000, 0, 1);

	ev.flags = EVENT_PROGRESS;
	ok(!join_takes(j, &ev), "what is still growing is no part");
	ev = moved(50000, 0, 1);
	ok(!join_takes(j, &ev), "nor is what nobody would cut");
	ev = moved(400000, 0, 1);
	ev.method = METHOD_CLEAR;
	ok(!join_takes(j, &ev), "nor what was read in clear");
	ev = moved(400000, 70000, 1);
	ev.start_us = 0;
	ok(!join_takes(j, &ev), "nor what took so long that all would wait");
	ev = moved(400000, 0, 1);
	ok(join_takes(j, &ev) && t.n == 0, "anything else may be");
	join_until(j, 1000000);
	ok(t.n == 0, "for a while");
	join_until(j, 4000000);
	ok(t.n == 1 && memcmp(&t.got[0], &ev, sizeof(ev)) == 0,
	    "and is told as it was");
	ev = moved(400100, 3000, 2);
	ok(join_takes(j, &ev), "what comes later is another");
	for (int n = 0; n < 20; n++) {
		struct event more = moved(400000, 3100, 1);

		more.server.b[14] = (uint8_t)n;
		join_takes(j, &more);
	}
	ok(t.n >= 2, "memory is bounded: the oldest is told: %d", t.n);
	join_free(j);
}

/* Two connections side by side: the short last part ends first. */
static void last_part_first(void)
{
	struct told t = {0};
	struct join *j = join_new(4, tell, &t);
	const uint64_t bytes[] = { 2000000, 2000100, 2000080, 300000,
		2000050 };
	const int64_t end[] = { 1000, 1010, 1900, 2100, 2700 };

	for (int k = 0; k < 5; k++) {
		struct event ev = moved(bytes[k], end[k], (uint64_t)k);

		ev.start_us = k < 2 ? 0 : k == 2 ? 1001000 : 1901000;
		join_takes(j, &ev);
	}
	join_until(j, INT64_MAX - 1);
	ok(t.n == 1 && t.got[0].up == 8300230,
	    "the last part may end before the one beside it: %d", t.n);
	join_free(j);
}

int main(void)
{
	chains();
	several_flows();
	two_of_a_size();
	last_part_first();
	no_parts();
	return tap_done();
}
