/*
 * pcap.c - the classic pcap file, draft-ietf-opsawg-pcap.
 *
 * Microseconds and nanoseconds, both byte orders, Kuznetzov's records with
 * interface and protocol, the old versions that wrote the two lengths the
 * other way round.  Not: AIX iptrace, snoop.
 */
#include "capture/savefile.h"

#include <stdio.h>

enum { FILE_HEADER = 24, RECORD_HEADER = 16, KUZNETZOV_HEADER = 24 };

static const struct {
	uint32_t magic;
	int8_t resolution;
	uint8_t header_bytes;
} magics[] = {
	{ 0xa1b2c3d4, 6, RECORD_HEADER },
	{ 0xa1b23c4d, 9, RECORD_HEADER },
	{ 0xa1b2cd34, 6, KUZNETZOV_HEADER },
};

struct record {
	uint32_t seconds, part, captured, wire;
};

static struct record record_at(const struct savefile *s, const uint8_t *b)
{
	struct record r = { savefile_u32(s, b), savefile_u32(s, b + 4),
		savefile_u32(s, b + 8), savefile_u32(s, b + 12) };

	if (s->lengths_swapped)
		r = (struct record){ r.seconds, r.part, r.wire, r.captured };
	return r;
}

/* Good enough to read on; some writers exceed their own snaplen. */
static bool fits(const struct savefile *s, const struct record *r)
{
	uint32_t max = s->interfaces[0].snaplen;

	return r->captured <= (max > SNAPLEN_MAX ? max : SNAPLEN_MAX) &&
	    r->captured <= RECORD_MAX;
}

static int64_t time_of(const struct savefile *s, const struct record *r)
{
	uint32_t part = r->part;

	if (s->interfaces[0].resolution == 9)
		part /= 1000;
	return (int64_t)r->seconds * 1000000 + part;
}

/* For getting over damage: strict, as random bytes must not pass. */
static bool plausible(const struct savefile *s, struct slice at,
    size_t *length)
{
	const uint8_t *b = slice_bytes(&at, s->header_bytes);
	const int64_t day_us = 86400 * 1000000LL;
	struct record r;
	int64_t away_us;

	if (b == NULL)
		return false;
	r = record_at(s, b);
	away_us = time_of(s, &r) - s->last_us;
	*length = s->header_bytes + (size_t)r.captured;
	if (s->last_us && (away_us > day_us || away_us < -day_us))
		return false;
	return fits(s, &r) && r.captured >= 14 && r.captured <= r.wire &&
	    r.wire <= SNAPLEN_MAX &&
	    r.part < (s->interfaces[0].resolution == 9 ? 1000000000 : 1000000);
}

static enum captured next(struct savefile *s, struct frame *f)
{
	for (;;) {
		const uint8_t *b = source_need(&s->source, s->header_bytes);
		enum captured found;
		struct record r;

		if (b == NULL)
			return savefile_end(s, NULL);
		r = record_at(s, b);
		if (fits(s, &r)) {
			size_t n = s->header_bytes + (size_t)r.captured;

			b = source_need(&s->source, n);
			if (b == NULL)
				return savefile_end(s, NULL);
			s->last_us = time_of(s, &r);
			*f = (struct frame){ s->last_us,
				s->interfaces[0].link, r.wire,
				slice_of(b + s->header_bytes, r.captured) };
			source_eat(&s->source, n);
			s->record++;
			return CAPTURE_MORE;
		}
		found = savefile_damage(s, "%u bytes captured cannot be",
		    r.captured);
		if (found != CAPTURE_MORE)
			return found;
	}
}

static bool read_magic(struct savefile *s, const uint8_t *b,
    struct interface *i)
{
	size_t n = sizeof(magics) / sizeof(magics[0]);

	for (size_t at = 0; at < 2 * n; at++) {
		s->swapped = at >= n;
		if (savefile_u32(s, b) != magics[at % n].magic)
			continue;
		i->resolution = magics[at % n].resolution;
		s->header_bytes = magics[at % n].header_bytes;
		return true;
	}
	return false;
}

/*
 * Some tools write Kuznetzov's records behind the usual magic number.  Then
 * the records make no sense unless they are read as such.  Not of a pipe:
 * looking ahead would hold back what is there.
 */
static void guess_header(struct savefile *s)
{
	if (s->source.total_bytes == 0 || s->header_bytes != RECORD_HEADER)
		return;
	(void)source_need(&s->source, LOOK_AHEAD);
	if (source_left(&s->source) == 0 || savefile_chain(s, 0, 1))
		return;
	s->header_bytes = KUZNETZOV_HEADER;
	if (!savefile_chain(s, 0, 2))
		s->header_bytes = RECORD_HEADER;
}

bool pcap_start(struct savefile *s, char *error)
{
	const uint8_t *b = source_need(&s->source, 4);
	struct interface i = { 0 };
	uint16_t major, minor;

	if (!read_magic(s, b, &i)) {
		snprintf(error, CAPTURE_ERROR, "not a pcap or pcapng file "
		    "(it begins with %02x %02x %02x %02x)%s", b[0], b[1], b[2],
		    b[3], b[0] == '{' ? "; records are for weir what-if" : "");
		return false;
	}
	b = source_need(&s->source, FILE_HEADER);
	if (b == NULL) {
		snprintf(error, CAPTURE_ERROR,
		    "the file ends inside its header");
		return false;
	}
	major = savefile_u16(s, b + 4);
	minor = savefile_u16(s, b + 6);
	if (major != 2 && major != 543) {
		snprintf(error, CAPTURE_ERROR,
		    "pcap version %u.%u is not known", major, minor);
		return false;
	}
	s->lengths_swapped = major == 543 || minor < 3;
	i.snaplen = savefile_u32(s, b + 16);
	i.link = (int)(savefile_u32(s, b + 20) & 0x03ffffff);
	source_eat(&s->source, FILE_HEADER);
	s->plausible = plausible;
	s->next = next;
	if (!savefile_interface(s, i))
		return false;
	guess_header(s);
	return true;
}
