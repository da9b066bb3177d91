/*
 * test_walk.c - a walker that lost its place, on packets of which the first
 * 134 bytes were captured: what it looks at, and what it passes over.
 */
#include "infer/walk.h"
#include "tap.h"

enum { CUT = 134, LONG_BLIND = 64, FROM = 1000 };

static void note(const struct record *r, void *arg)
{
	if (r->type != 0)
		*(struct record *)arg = *r;
}

static struct walk lost(uint16_t full)
{
	return (struct walk){ .state = WALK_LOST, .next = FROM, .full = full,
		.at = FROM + 9000, .lost_at = FROM, .lost_from = FROM,
		.gap = FROM, .blind = LONG_BLIND };
}

int main(void)
{
	uint8_t bytes[CUT] = { 0 };
	struct segment s = { .seq = FROM, .wire_len = 1400,
		.new_bytes = 1400, .data = slice_of(bytes, CUT) };
	struct walk bulk = lost(16384), small = lost(4000);
	struct record r = { .type = 0 };

	ok(walk_passes(&bulk, &s), "nothing in it can be a header");
	memcpy(bytes + 70, (uint8_t[]){ 23, 3, 3, 0x40, 0x11 }, 5);
	ok(!walk_passes(&bulk, &s), "a header in the middle is looked at");
	walk(&bulk, &s, note, &r);
	ok(r.type == 23 && r.len == 0x4011 && bulk.state == WALK_SYNCED,
	    "and found, however long none was seen");
	ok(walk_passes(&small, &s), "not where records never were large");
	memcpy(bytes, bytes + 70, 5);
	ok(!walk_passes(&small, &s), "but where a segment begins with one");
	return tap_done();
}
