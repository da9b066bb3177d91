/*
 * quickshare.c - Quick Share (Nearby Share) over the local network.
 *
 * As documented by grishka/NearDrop: a 32-bit length, then an OfflineFrame
 * protobuf (version 1, a connection request with a four-letter endpoint id)
 * in clear; then UKEY2 and encryption.  The sender connects, so bytes up
 * are bytes sent; told by flow bytes alone.
 */
#include <netinet/in.h>

#include "wire.h"

static bool field(struct slice *s, uint8_t key, uint64_t *value)
{
	uint8_t shift = 0, b;

	*value = 0;
	if (slice_u8(s) != key)
		return false;
	do {
		b = slice_u8(s);
		*value |= (uint64_t)(b & 0x7f) << shift;
		shift = (uint8_t)(shift + 7);
	} while ((b & 0x80) && shift < 35);
	return !slice_short(*s);
}

static enum claim quickshare_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT];
	uint32_t n = slice_u32(&s);
	uint64_t v;

	/* version = 1, v1 { type = 1, connection_request { id "ABCD" .. } } */
	if (slice_short(s) || n < 16 || n > 4096 ||
	    !could_start(o->first[CLIENT], "\0"))
		return NO;
	if (!field(&s, 0x08, &v) || v != 1 || !field(&s, 0x12, &v) ||
	    v + 4 > n || !field(&s, 0x08, &v) || v != 1 ||
	    !field(&s, 0x12, &v) || !field(&s, 0x0a, &v) || v != 4)
		return NO;
	return ascii_plain(slice_take(&s, 4)) ? YES : NO;
}

static enum verdict quickshare_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	(void)d;
	(void)from;
	drop_all(in);
	return DONE;
}

const struct dissector dissector_quickshare = {
	.name = "quickshare",
	.proto = IPPROTO_TCP,
	.claim = quickshare_claim,
	.feed = quickshare_feed,
};
