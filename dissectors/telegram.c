/*
 * telegram.c - MTProto transports that can be told by their first bytes.
 *
 * core.telegram.org/mtproto/mtproto-transports: abridged (ef), intermediate
 * (ee ee ee ee), padded intermediate (dd dd dd dd) and full (length, 0).
 * Each is checked against the length that follows and, where it is there,
 * the all-zero key id of an unencrypted first message.  The obfuscated form
 * (64 random bytes) cannot be told from noise; names and addresses must.
 */
#include <netinet/in.h>

#include "wire.h"

/* auth_key_id 0, message id, then a length that fits what is left. */
static bool is_plain_message(struct slice s)
{
	uint64_t key = slice_u64(&s);
	uint32_t n;

	slice_u64(&s);
	n = slice_le32(&s);
	return !slice_short(s) && key == 0 && n >= 20 && n <= 1024;
}

/* An encrypted one has a key id and 128-bit key: only the size tells. */
static bool fits(uint32_t n, struct slice rest)
{
	return is_plain_message(rest) || (n == rest.n && n >= 40 && n % 4 == 0);
}

static bool is_abridged(struct slice s)
{
	uint32_t words;

	if (slice_u8(&s) != 0xef)
		return false;
	words = slice_u8(&s);
	if (words == 0x7f)
		words = slice_le16(&s) | (uint32_t)slice_u8(&s) << 16;
	return !slice_short(s) && words && fits(words * 4, s);
}

static bool is_intermediate(struct slice s)
{
	uint32_t magic = slice_u32(&s), n = slice_le32(&s);

	if (slice_short(s))
		return false;
	if (magic == 0xdddddddd)
		return is_plain_message(s) || (n >= s.n && n < s.n + 16 &&
		    n >= 40);
	return magic == 0xeeeeeeee && fits(n, s);
}

static bool is_full(struct slice s)
{
	uint32_t n = slice_le32(&s), sequence = slice_le32(&s);

	return !slice_short(s) && sequence == 0 && n >= 40 && n < 1024 &&
	    is_plain_message(s);
}

static enum claim telegram_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT];

	if (o->midstream || s.n == 0)
		return NO;
	if (s.p[0] != 0xef && !could_start(s, "\xee\xee\xee\xee") &&
	    !could_start(s, "\xdd\xdd\xdd\xdd") && (s.n < 8 || s.p[3]))
		return NO;
	if (s.n < 32)
		return MAYBE;
	return is_abridged(s) || is_intermediate(s) || is_full(s) ? YES : NO;
}

static enum verdict telegram_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	(void)d;
	(void)from;
	drop_all(in);
	return DONE;			/* all else is encrypted */
}

const struct dissector dissector_telegram = {
	.name = "telegram",
	.proto = IPPROTO_TCP,
	.claim = telegram_claim,
	.feed = telegram_feed,
};
