/*
 * savefile.h - the records of a pcap or pcapng file as frames.
 *
 * Behind capture.h.  A frame's bytes stay where they are until the first
 * savefile_next() that is called with the source not pinned.
 */
#ifndef CAPTURE_SAVEFILE_H
#define CAPTURE_SAVEFILE_H

#include "capture/capture.h"
#include "capture/source.h"

enum {
	SNAPLEN_MAX = 256 << 10,	/* what other readers take for sane */
	RECORD_MAX = 16 << 20,		/* more is damage */
	LOOK_AHEAD = 512 << 10,		/* to find the next good record */
	INTERFACES_MAX = 65536
};

struct interface {
	int link;
	uint32_t snaplen;		/* 0: no limit */
	int8_t resolution;		/* 10^-n s; negative: 2^n */
	int64_t offset_s;
};

struct savefile {
	struct source source;
	bool (*plausible)(const struct savefile *s, struct slice at,
	    size_t *length);
	enum captured (*next)(struct savefile *s, struct frame *f);
	bool swapped;			/* written in the other byte order */
	bool lengths_swapped;		/* pcap 2.2 and older */
	uint8_t header_bytes;		/* pcap: of a record */
	uint64_t record;		/* number of the next one, from 1 */
	int64_t last_us;
	uint64_t dropped;		/* said by the file itself */
	struct interface *interfaces;	/* pcap: one */
	uint32_t interface_count, interface_room;
	uint64_t damaged, skipped_bytes; /* places we got over, and how */
	char error[CAPTURE_ERROR];	/* the first damage */
};

__attribute__((warn_unused_result))
bool savefile_open(struct savefile *s, const char *path, char *error);
void savefile_close(struct savefile *s);

/*
 * MORE: *f is a frame.  IDLE: not in the window while the source is pinned.
 * END, DAMAGED: no more frames.
 */
static inline enum captured savefile_next(struct savefile *s,
    struct frame *f)
{
	return s->next(s, f);
}

/* For pcap.c and pcapng.c. */
bool pcap_start(struct savefile *s, char *error);
bool pcapng_start(struct savefile *s, char *error);
bool savefile_interface(struct savefile *s, struct interface i);
int64_t savefile_time(const struct interface *i, uint64_t ticks);

/*
 * Do some records in a row make sense, `at` bytes into the window?  Fewer
 * will do, but at least `least`, when the file ends with them.
 */
bool savefile_chain(const struct savefile *s, size_t at, int least);

/* The end, wanted or not: END when no damage was seen and it fits here. */
enum captured savefile_end(struct savefile *s, const char *inside);

/* Note damage at the current record; MORE when reading can go on. */
__attribute__((format(printf, 2, 3)))
enum captured savefile_damage(struct savefile *s, const char *fmt, ...);

static inline uint32_t savefile_u32(const struct savefile *s,
    const uint8_t *b)
{
	uint32_t v;

	memcpy(&v, b, sizeof(v));
	return s->swapped ? __builtin_bswap32(v) : v;
}

static inline uint16_t savefile_u16(const struct savefile *s,
    const uint8_t *b)
{
	uint16_t v;

	memcpy(&v, b, sizeof(v));
	return s->swapped ? __builtin_bswap16(v) : v;
}

#endif
