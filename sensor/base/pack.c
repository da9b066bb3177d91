/*
 * pack.c - see pack.h.
 */
#include "base/pack.h"

#include <endian.h>

/* Which of the eight bytes of a word are not zero; the first is bit 0. */
static unsigned int used_bytes(uint64_t word)
{
	const uint64_t low7 = 0x7f7f7f7f7f7f7f7f;
	uint64_t used = ((((word & low7) + low7) | word) & ~low7) >> 7;

	return (unsigned int)(used * 0x0102040810204080 >> 56);
}

/* A mask is mostly one run of bits, of a small number or of a whole double:
 * cheaper to move a run at a time than to look at every byte. */
struct run {
	unsigned int from, n;
};

static struct run first_run(unsigned int mask)
{
	unsigned int from = (unsigned int)__builtin_ctz(mask);

	return (struct run){ from,
		(unsigned int)__builtin_ctz(~(mask >> from)) };
}

/* Writes up to eight bytes more than it says: PACK_MOST has room. */
static size_t pack_eight(uint8_t *out, const uint8_t *in)
{
	uint8_t *mask_at = out++;
	uint64_t word;
	unsigned int mask;

	memcpy(&word, in, sizeof(word));
	word = le64toh(word);
	mask = used_bytes(word);
	*mask_at = (uint8_t)mask;
	while (mask != 0) {
		struct run r = first_run(mask);
		uint64_t bytes = htole64(word >> 8 * r.from);

		memcpy(out, &bytes, sizeof(bytes));
		out += r.n;
		mask &= mask + (1u << r.from);	/* carries through the run */
	}
	return (size_t)(out - mask_at);
}

static bool is_zero(const uint8_t *eight)
{
	uint64_t word;

	memcpy(&word, eight, sizeof(word));
	return word == 0;
}

/* Most of what is packed is zero: this is the hot loop, so four at a time. */
static bool are_zero(const uint8_t *four)
{
	uint64_t words[4];

	memcpy(words, four, sizeof(words));
	return (words[0] | words[1] | words[2] | words[3]) == 0;
}

/* How many of the next words are zero as well, 255 at most. */
static uint8_t zero_run(const uint8_t *in, size_t words)
{
	size_t most = words < UINT8_MAX ? words : UINT8_MAX, n = 0;

	while (n + 4 <= most && are_zero(in + 8 * n))
		n += 4;
	while (n < most && is_zero(in + 8 * n))
		n++;
	return (uint8_t)n;
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

static void unpack_eight(uint8_t *out, unsigned int mask, struct slice *in)
{
	while (mask != 0) {
		struct run r = first_run(mask);
		const uint8_t *p = slice_bytes(in, r.n);

		for (unsigned int i = 0; p != NULL && i < r.n; i++)
			out[r.from + i] = p[i];
		mask &= mask + (1u << r.from);
	}
}

bool unpack(void *to, size_t n, struct slice in)
{
	uint8_t *out = to;
	size_t words = n / 8;

	while (words > 0 && slice_more(in)) {
		unsigned int mask = slice_u8(&in);
		size_t skip = 1;

		if (mask != 0)
			unpack_eight(out, mask, &in);
		else
			skip += slice_u8(&in);
		if (skip > words)
			return false;
		out += 8 * skip;
		words -= skip;
	}
	return words == 0 && !slice_short(in) && !slice_more(in);
}
