/*
 * pack.c - see pack.h.
 */
#include "base/pack.h"

static size_t pack_eight(uint8_t *out, const uint8_t *in)
{
	uint8_t *mask = out++;

	*mask = 0;
	for (unsigned int i = 0; i < 8; i++) {
		*out = in[i];		/* the next one overwrites a zero */
		out += in[i] != 0;
		*mask |= (uint8_t)((in[i] != 0) << i);
	}
	return (size_t)(out - mask);
}

static bool is_zero(const uint8_t *eight)
{
	uint64_t word;

	memcpy(&word, eight, sizeof(word));
	return word == 0;
}

/* How many of the next words are zero as well, 255 at most. */
static uint8_t zero_run(const uint8_t *in, size_t words)
{
	uint8_t n = 0;

	while (n < words && n < UINT8_MAX && is_zero(in + 8 * (size_t)n))
		n++;
	return n;
}

size_t pack(void *to, const void *from, size_t n)
{
	const uint8_t *in = from;
	uint8_t *out = to;

	for (size_t words = n / 8; words > 0; words--, in += 8) {
		uint8_t more;

		if (!is_zero(in)) {
			out += pack_eight(out, in);
			continue;
		}
		more = zero_run(in + 8, words - 1);
		*out++ = 0;
		*out++ = more;
		in += 8 * (size_t)more;
		words -= more;
	}
	return (size_t)(out - (uint8_t *)to);
}

bool unpack(void *to, size_t n, struct slice in)
{
	uint8_t *out = to;
	size_t words = n / 8;

	while (words > 0 && slice_more(in)) {
		unsigned int mask = slice_u8(&in);
		const uint8_t *p;
		size_t skip;

		if (mask == 0) {
			skip = 1 + (size_t)slice_u8(&in);
			if (skip > words)
				return false;
			out += 8 * skip;
			words -= skip;
			continue;
		}
		p = slice_bytes(&in, (size_t)__builtin_popcount(mask));
		for (; p != NULL && mask != 0; mask &= mask - 1)
			out[__builtin_ctz(mask)] = *p++;
		out += 8;
		words--;
	}
	return words == 0 && !slice_short(in) && !slice_more(in);
}
