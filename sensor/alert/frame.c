#include "alert/frame.h"

#include <zlib.h>

static const char magic[] = "WEIR";

static void put32(uint8_t *at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* Over everything but the CRC itself. */
static uint32_t check(const uint8_t *head, struct slice record)
{
	uLong crc = crc32(0, head, 20);

	crc = crc32(crc, head + 24, FRAME_HEAD - 24);
	return (uint32_t)crc32(crc, record.p, (uInt)record.n);
}

void frame_write(struct text *t, const struct frame_info *f)
{
	uint8_t head[FRAME_HEAD] = { 0 };

	memcpy(head, magic, 4);
	put32(head + 4, (uint32_t)f->record.n);
	put32(head + 8, (uint32_t)(f->seq >> 32));
	put32(head + 12, (uint32_t)f->seq);
	put32(head + 16, f->rank);
	memcpy(head + 24, f->chain, 16);
	put32(head + 20, check(head, f->record));
	text_bytes(t, head, sizeof(head));
	text_bytes(t, f->record.p, f->record.n);
}

bool frame_read(struct slice in, struct frame_info *f)
{
	const uint8_t *head = in.p, *chain;
	size_t all = in.n, length;
	uint32_t crc;

	if (!slice_starts(in, magic))
		return false;
	slice_skip(&in, 4);
	length = slice_u32(&in);
	f->seq = slice_u64(&in);
	f->rank = slice_u32(&in);
	crc = slice_u32(&in);
	chain = slice_bytes(&in, 16);
	if (chain == NULL || length == 0 || length > SPOOL_RECORD)
		return false;
	memcpy(f->chain, chain, 16);
	f->chain[16] = '\0';
	f->record = slice_take(&in, length);
	f->size = all - in.n;
	return !slice_short(in) && f->rank < SPOOL_RANKS &&
	    check(head, f->record) == crc;
}

size_t frame_seek(struct slice in)
{
	struct slice at = in;
	struct frame_info f;

	while (slice_more(at)) {
		const uint8_t *hit = memchr(at.p, magic[0], at.n);

		if (hit == NULL)
			return in.n;
		slice_skip(&at, (size_t)(hit - at.p));
		if (frame_read(at, &f))
			return in.n - at.n;
		slice_skip(&at, 1);
	}
	return in.n;
}
