/*
 * defrag.h - IPv4 and IPv6 fragments put together, in bounded memory.
 *
 * By packet time: what is not whole after 30 s is given up.  Where fragments
 * overlap, the bytes that came first stand.  At the bound the oldest packet
 * is given up.  Of fragments that a snaplen cut short the lengths still add
 * up; the payload then ends before the first byte that is missing.
 */
#ifndef CAPTURE_DEFRAG_H
#define CAPTURE_DEFRAG_H

#include "base/addr.h"
#include "base/slice.h"

struct fragment {
	int64_t at_us;
	struct addr src, dst;
	uint32_t id;
	bool v6, more;
	uint8_t proto;			/* v6: that the fragment header names */
	uint32_t offset, wire_len;	/* of the payload, in bytes */
	struct slice header;		/* the IP header, at most 60 bytes */
	struct slice bytes;		/* what was captured of the payload */
};

struct whole {
	uint8_t proto;
	struct slice ip, payload;	/* valid until the next call */
	uint32_t ip_len, payload_len;
};

enum defragged { DEFRAG_HELD, DEFRAG_WHOLE, DEFRAG_BAD };

struct defrag;

struct defrag *defrag_new(void);	/* NULL: no memory */
void defrag_free(struct defrag *d);
enum defragged defrag(struct defrag *d, struct fragment *f,
    struct whole *whole);
uint64_t defrag_dropped(const struct defrag *d); /* fragments given up */

#endif
