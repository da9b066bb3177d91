/*
 * test_join.c - parts into files.
 */
#include "infer/join.h"

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

int main(void)
{
	chains();
	across_flows();
	return tap_done();
}
