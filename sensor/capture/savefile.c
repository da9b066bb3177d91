/*
 * savefile.c - what pcap and pcapng have in common; getting over damage.
 *
 * A record that cannot be right (a length that is too long, a time that is
 * not one) does not end the file: the next place from which three records
 * in a row make sense, and are near in time, is where reading goes on.  What
 * was skipped is counted, and the file still ends as DAMAGED.
 */
#include "capture/savefile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHAIN = 3, SEARCH_MAX = 64 << 20 };

static const int64_t LATEST_US = 253402300799000000;	/* the year 9999 */

bool savefile_interface(struct savefile *s, struct interface i)
{
	if (s->interface_count == s->interface_room) {
		uint32_t room = s->interface_room ? 2 * s->interface_room : 4;
		struct interface *more;

		if (room > INTERFACES_MAX)
			return false;
		more = realloc(s->interfaces, room * sizeof(*more));
		if (more == NULL)
			return false;
		s->interfaces = more;
		s->interface_room = room;
	}
	s->interfaces[s->interface_count++] = i;
	return true;
}

/* Ticks of 10^-r seconds, or of 2^r, as microseconds. */
static int64_t ticks_us(int resolution, uint64_t ticks)
{
	static const uint64_t power[] = { 1, 10, 100, 1000, 10000, 100000,
		1000000 };
	int bits = -resolution;
	uint64_t part;

	if (resolution >= 0) {
		for (; resolution > 6; resolution--)
			ticks /= 10;
		if (ticks > (uint64_t)LATEST_US / power[6 - resolution])
			return LATEST_US;
		return (int64_t)(ticks * power[6 - resolution]);
	}
	if (bits > 63)
		return 0;
	part = ticks & ((1ULL << bits) - 1);
	ticks >>= bits;
	if (bits > 32)			/* or the product would overflow */
		part >>= bits - 32;
	part = part * 1000000 >> (bits > 32 ? 32 : bits);
	if (ticks >= (uint64_t)LATEST_US / 1000000)
		return LATEST_US;
	return (int64_t)(ticks * 1000000 + part);
}

int64_t savefile_time(const struct interface *i, uint64_t ticks)
{
	int64_t at_us = ticks_us(i->resolution, ticks);
	int64_t offset_s = i->offset_s;

	if (offset_s > LATEST_US / 1000000 || offset_s < -LATEST_US / 1000000)
		return LATEST_US;
	at_us += offset_s * 1000000;
	return at_us < 0 ? 0 : at_us > LATEST_US ? LATEST_US : at_us;
}

bool savefile_chain(const struct savefile *s, size_t at, int least)
{
	const struct source *in = &s->source;
	size_t left = source_left(in), length;

	for (int n = 0; n < CHAIN; n++) {
		if (at == left)
			return n >= least && in->ended;
		if (at > left || !s->plausible(s, slice_of(in->buffer +
		    in->at + at, left - at), &length))
			return false;
		at += length;
	}
	return true;
}

static bool find_chain(struct savefile *s)
{
	uint64_t skipped = 0;

	while (skipped < SEARCH_MAX) {
		size_t left, look;

		(void)source_need(&s->source, LOOK_AHEAD);
		left = source_left(&s->source);
		look = s->source.ended ? left : left / 2;
		for (size_t at = 1; at < look; at++)
			if (savefile_chain(s, at, 1)) {
				source_eat(&s->source, at);
				s->skipped_bytes += skipped + at;
				return true;
			}
		if (s->source.ended)
			break;
		source_eat(&s->source, look - 1);
		skipped += look - 1;
	}
	return false;
}

enum captured savefile_damage(struct savefile *s, const char *fmt, ...)
{
	char what[CAPTURE_ERROR / 2];
	va_list ap;

	if (s->source.pinned) {		/* first hand out what was good */
		s->source.again = true;
		return CAPTURE_IDLE;
	}
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (s->damaged++ == 0)
		snprintf(s->error, sizeof(s->error),
		    "record %llu at byte %llu: %s",
		    (unsigned long long)s->record,
		    (unsigned long long)s->source.offset, what);
	return find_chain(s) ? CAPTURE_MORE : CAPTURE_DAMAGED;
}

enum captured savefile_end(struct savefile *s, const char *inside)
{
	const struct source *in = &s->source;
	size_t n = strlen(s->error);

	if (in->again)
		return CAPTURE_IDLE;
	if (s->damaged) {
		if (s->skipped_bytes)
			snprintf(s->error + n, sizeof(s->error) - n,
			    "; %llu place%s damaged, %llu bytes skipped",
			    (unsigned long long)s->damaged,
			    s->damaged == 1 ? "" : "s",
			    (unsigned long long)s->skipped_bytes);
		return CAPTURE_DAMAGED;
	}
	if (source_left(in) == 0 && in->failure == NULL && inside == NULL)
		return CAPTURE_END;
	snprintf(s->error, sizeof(s->error), "record %llu at byte %llu: %s",
	    (unsigned long long)s->record, (unsigned long long)in->offset,
	    in->failure ? in->failure : inside ? inside :
	    "the file ends inside a record");
	s->damaged = 1;
	return CAPTURE_DAMAGED;
}
