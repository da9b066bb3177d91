/*
 * Frames to the decoder, several to one decoder: fragments meet.
 *
 * The input: frames of two bytes of length, one that picks the link type,
 * one that says how much longer the wire's frame was, then the bytes.
 */
#include <stdlib.h>

#include "capture/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static volatile uint8_t sink;

static void look_at(struct slice s)
{
	while (slice_more(s))
		sink ^= slice_u8(&s);
}

/* On the heap, so that a read behind its end is seen. */
static void decode_one(struct decoder *d, int link, uint32_t more,
    struct slice bytes, int64_t at_us)
{
	uint8_t *copy = malloc(bytes.n + 1);
	struct frame f = { at_us, link, (uint32_t)bytes.n + more,
		slice_of(copy, bytes.n) };
	struct packet p;

	if (copy == NULL)
		abort();
	if (bytes.n) {
		memcpy(copy, bytes.p, bytes.n);
		f.bytes.p = copy = realloc(copy, bytes.n);
	}
	if (decode(d, &f, &p) == DECODED) {
		look_at(p.ip);
		look_at(p.payload);
		if (p.payload.n > p.wire_len || p.tunnels > 64)
			abort();
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const int links[] = { 1, 101, 0, 9, 10, 12, 50, 51, 104, 105,
		108, 113, 127, 149, 197, 204, 228, 229, 239, 258, 276, 281,
		282 };
	struct slice rest = slice_of(bytes, n);
	struct decoder *d = decoder_new();
	int64_t at_us = 1700000000000000;

	if (d == NULL)
		abort();
	while (slice_more(rest)) {
		size_t length = slice_u16(&rest);
		int link = links[slice_u8(&rest) % (sizeof(links) /
		    sizeof(links[0]))];
		uint32_t more = slice_u8(&rest) * 100u;

		if (slice_short(rest))
			break;
		if (length > rest.n)
			length = rest.n;
		decode_one(d, link, more, slice_take(&rest, length), at_us);
		at_us += 1000;
	}
	decoder_free(d);
	return 0;
}
