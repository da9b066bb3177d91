/*
 * pcapng.c - the pcapng file, draft-ietf-opsawg-pcapng.
 *
 * Sections in either byte order, interfaces with their own link layer, time
 * resolution and offset; enhanced, simple and obsolete packet blocks.  What
 * an interface's statistics say was dropped is added up.  All other blocks
 * (names, secrets, custom ones) are skipped unread.
 */
#include "capture/savefile.h"

#include <stdio.h>

enum {
	BLOCK_INTERFACE = 1, BLOCK_PACKET = 2, BLOCK_SIMPLE = 3,
	BLOCK_STATISTICS = 5, BLOCK_ENHANCED = 6, BLOCK_SECTION = 0x0a0d0d0a,
	OPTION_RESOLUTION = 9, OPTION_OFFSET = 14,
	OPTION_IF_DROP = 5, OPTION_OS_DROP = 7,
	BLOCK_MIN = 12, HEAD = 8, TAIL = 4
};

static const char INSIDE[] = "the file ends inside a block";

struct block {
	uint32_t type, length;
};

struct option {
	uint16_t code;
	struct slice value;
};

static bool read_block(const struct savefile *s, const uint8_t *b,
    struct block *block)
{
	block->type = savefile_u32(s, b);
	block->length = savefile_u32(s, b + 4);
	return block->length >= BLOCK_MIN && block->length % 4 == 0;
}

/* For getting over damage: a known type, and the length at both ends. */
static bool plausible(const struct savefile *s, struct slice at,
    size_t *length)
{
	const uint8_t *b = slice_bytes(&at, HEAD);
	struct block block;

	if (b == NULL || !read_block(s, b, &block) || block.type == 0 ||
	    (block.type > 12 && block.type != BLOCK_SECTION) ||
	    block.length > RECORD_MAX)
		return false;
	slice_skip(&at, block.length - HEAD - TAIL);
	b = slice_bytes(&at, TAIL);
	*length = block.length;
	return b != NULL && savefile_u32(s, b) == block.length;
}

static bool next_option(const struct savefile *s, struct slice *in,
    struct option *o)
{
	const uint8_t *b = slice_bytes(in, 4);
	uint16_t n;

	if (b == NULL)
		return false;
	o->code = savefile_u16(s, b);
	n = savefile_u16(s, b + 2);
	o->value = slice_take(in, n);
	slice_skip(in, -n & 3u);
	return o->code != 0 && !slice_short(o->value);
}

static uint64_t option_u64(const struct savefile *s, struct slice value)
{
	const uint8_t *b = slice_bytes(&value, 8);
	uint64_t v;

	if (b == NULL)
		return 0;
	memcpy(&v, b, sizeof(v));
	return s->swapped ? __builtin_bswap64(v) : v;
}

static bool read_interface(struct savefile *s, struct slice body)
{
	const uint8_t *b = slice_bytes(&body, 8);
	struct interface i = { .resolution = 6 };
	struct option o;

	if (b == NULL)
		return false;
	i.link = savefile_u16(s, b);
	i.snaplen = savefile_u32(s, b + 4);
	while (next_option(s, &body, &o)) {
		uint8_t r = slice_u8(&(struct slice){ o.value.p, o.value.n });

		if (o.code == OPTION_RESOLUTION && o.value.n == 1)
			i.resolution = (int8_t)(r & 0x80 ? -(r & 0x7f) : r);
		else if (o.code == OPTION_OFFSET)
			i.offset_s = (int64_t)option_u64(s, o.value);
	}
	return savefile_interface(s, i);
}

static void read_statistics(struct savefile *s, struct slice body)
{
	struct option o;

	slice_skip(&body, 12);
	while (next_option(s, &body, &o))
		if (o.code == OPTION_IF_DROP || o.code == OPTION_OS_DROP)
			s->dropped += option_u64(s, o.value);
}

/* The section header: its byte order, and no interfaces any more. */
static bool read_section(struct savefile *s, const uint8_t *b,
    const char **why)
{
	s->swapped = false;
	if (savefile_u32(s, b + 8) != 0x1a2b3c4d) {
		s->swapped = true;
		if (savefile_u32(s, b + 8) != 0x1a2b3c4d) {
			*why = "a section without its byte-order mark";
			return false;
		}
	}
	*why = "a section of a pcapng version that is not known";
	if (savefile_u16(s, b + 12) != 1)
		return false;
	s->interface_count = 0;
	return true;
}

static bool frame_of(struct savefile *s, uint32_t type, struct slice body,
    struct frame *f)
{
	size_t head = type == BLOCK_SIMPLE ? 4 : 20;
	const uint8_t *b = slice_bytes(&body, head);
	const struct interface *i;
	uint32_t number, captured;

	if (b == NULL)
		return false;
	number = type == BLOCK_ENHANCED ? savefile_u32(s, b) :
	    type == BLOCK_PACKET ? savefile_u16(s, b) : 0;
	if (number >= s->interface_count)
		return false;
	i = &s->interfaces[number];
	f->wire_len = savefile_u32(s, b + head - 4);
	if (type == BLOCK_SIMPLE) {
		captured = f->wire_len;
		if (i->snaplen && captured > i->snaplen)
			captured = i->snaplen;
		if (captured > body.n)
			captured = (uint32_t)body.n;
	} else {
		captured = savefile_u32(s, b + 12);
		s->last_us = savefile_time(i,
		    (uint64_t)savefile_u32(s, b + 4) << 32 |
		    savefile_u32(s, b + 8));
	}
	f->at_us = s->last_us;
	f->link = i->link;
	f->bytes = slice_take(&body, captured);
	return !slice_short(f->bytes);
}

static bool is_packet(uint32_t type)
{
	return type == BLOCK_ENHANCED || type == BLOCK_SIMPLE ||
	    type == BLOCK_PACKET;
}

/* IDLE: over it, read on. */
static enum captured bad_block(struct savefile *s, const char *why)
{
	enum captured found = savefile_damage(s, "%s", why);

	return found == CAPTURE_MORE ? CAPTURE_IDLE : found;
}

/* A whole block is in the window at b.  MORE: *f is set, IDLE: read on. */
static enum captured take_block(struct savefile *s, const uint8_t *b,
    struct block block, struct frame *f)
{
	struct slice body = slice_of(b + HEAD, block.length - HEAD - TAIL);

	if (savefile_u32(s, b + block.length - TAIL) != block.length)
		return bad_block(s, "the block's two lengths differ");
	if (is_packet(block.type) && !frame_of(s, block.type, body, f))
		return bad_block(s, "a packet block that is too short or of "
		    "an interface that was never described");
	if (block.type == BLOCK_INTERFACE && !read_interface(s, body))
		return bad_block(s, "an interface too many or too short");
	if (block.type == BLOCK_STATISTICS)
		read_statistics(s, body);
	source_eat(&s->source, block.length);
	s->record++;
	return is_packet(block.type) ? CAPTURE_MORE : CAPTURE_IDLE;
}

/* Blocks that hold no packet need not fit into the window. */
static bool skip_block(struct savefile *s, uint32_t length)
{
	if (s->source.pinned && source_left(&s->source) < length) {
		s->source.again = true;
		return false;
	}
	if (!source_skip(&s->source, length))
		return false;
	s->record++;
	return true;
}

static bool is_wanted(uint32_t type)
{
	return is_packet(type) || type == BLOCK_INTERFACE ||
	    type == BLOCK_STATISTICS;
}

static enum captured next(struct savefile *s, struct frame *f)
{
	const char *why = "a block length that cannot be";

	for (;;) {
		const uint8_t *b = source_need(&s->source, BLOCK_MIN);
		enum captured found = CAPTURE_IDLE;
		struct block block;
		bool good = true;

		if (b == NULL)
			return savefile_end(s, NULL);
		if (savefile_u32(s, b) == BLOCK_SECTION) {
			b = source_need(&s->source, 16);
			if (b == NULL)
				return savefile_end(s, NULL);
			good = read_section(s, b, &why);
		}
		good = good && read_block(s, b, &block);
		if (!good || block.length > RECORD_MAX) {
			found = bad_block(s, why);
		} else if (!is_wanted(block.type)) {
			if (!skip_block(s, block.length))
				return savefile_end(s, INSIDE);
		} else {
			b = source_need(&s->source, block.length);
			if (b == NULL)
				return savefile_end(s, NULL);
			found = take_block(s, b, block, f);
		}
		if (found != CAPTURE_IDLE || s->source.again)
			return found;
	}
}

bool pcapng_start(struct savefile *s, char *error)
{
	const uint8_t *b = source_need(&s->source, 16);
	const char *why = "the file ends inside its header";

	if (b == NULL || !read_section(s, b, &why)) {
		snprintf(error, CAPTURE_ERROR, "%s", why);
		return false;
	}
	s->plausible = plausible;
	s->next = next;
	return true;
}
