/*
 * classify.h - nDPI, behind one door.
 *
 * Asked last, for flows that our own evidence has not decided, with at most
 * CLASSIFY_PACKETS payload packets.  Results depend on payload alone: no
 * guess by port or address is taken.  study.c calls it; others need only the
 * names of what it found.
 */
#ifndef FLOW_CLASSIFY_H
#define FLOW_CLASSIFY_H

#include "flow/flow.h"

enum { CLASSIFY_PACKETS = 8 };

struct classify;			/* one module: one thread */
struct classify_flow;			/* state from first payload to verdict */

enum classified { CLASSIFY_MORE, CLASSIFY_DECIDED, CLASSIFY_GAVE_UP };

/* Of what the rest of weir leaves to it, or of everything that it knows.
 * NULL: no memory, or libndpi is not the one this was built for. */
struct classify *classify_new(uint32_t max_flows, bool everything);
void classify_free(struct classify *c);

/* NULL when all are in use; then the flow goes unclassified. */
struct classify_flow *classify_open(struct classify *c);
void classify_close(struct classify *c, struct classify_flow *s);

/*
 * The next payload of this flow.  On CLASSIFY_DECIDED, f->app and f->master
 * are set (master 0: none); after a verdict, close.
 */
enum classified classify_payload(struct classify *c, struct classify_flow *s,
    struct flow *f, enum dir dir, struct slice payload, int64_t at_us);

/* "WhatsApp"; "" for 0 or unknown numbers. */
const char *classify_name(const struct classify *c, uint16_t app);

#endif
