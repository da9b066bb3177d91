/*
 * infer.h - transfers inside one flow, counted and sized from the outside.
 *
 * Reads lengths, directions and times of TLS records, QUIC datagrams or bare
 * segments; decrypts nothing, keeps no payload, uses constant memory per
 * flow.  What cannot be known is said as a range, not guessed.
 *
 * Accounting.  found.bytes is content: framing, headers and padding that
 * could be recognised are taken off.  found.wire_bytes is the share of the
 * flow's unique payload bytes; over all final reports of a flow it never
 * exceeds the flow's volume, and infer_stats() says where the rest went
 * (handshake, requests, objects below the floor, media): the parts add up
 * to the volume exactly.
 *
 * Progress.  An object that takes long is reported every minute with
 * `progress` set and everything it has had so far; the final report carries
 * the total again.  A reader that adds up ignores progress reports.
 */
#ifndef INFER_INFER_H
#define INFER_INFER_H

#include "flow/event.h"

struct infer;				/* state of one flow */
struct infer_room;			/* shared by the flows of a worker */

enum infer_wire { WIRE_TLS, WIRE_QUIC, WIRE_OPAQUE };

/* What the flow's host is for; from the catalogue. */
enum infer_role { INFER_UNKNOWN, INFER_FILE, INFER_MIXED, INFER_MESSAGE,
	INFER_ASSET };

/*
 * infer_end() must be called before the room is freed: flows borrow from it.
 * Without a room (NULL) nothing is held back and groups are not taken apart.
 */
struct infer_start {
	enum infer_wire wire;
	enum infer_role role;
	bool midstream;			/* no SYN was seen */
	bool one_sided;			/* known one-sided tap, else learned */
	struct infer_room *room;	/* may be NULL */
};

/* One TCP segment or UDP datagram of the flow, in capture order, no copies. */
struct segment {
	int64_t at_us;
	enum dir dir;
	uint8_t flags;			/* TCP_FIN ... */
	uint32_t seq, ack;		/* TCP */
	uint32_t window;
	uint32_t wire_len;		/* payload on the wire */
	struct slice data;		/* what was captured of the payload */
	uint32_t new_bytes, hole;	/* infer's own: leave them 0 */
};

struct found {				/* one transfer, or a group of them */
	int64_t start_us, end_us;
	enum dir dir;
	uint64_t bytes;			/* content, overheads taken off */
	uint64_t wire_bytes;
	uint64_t largest;		/* upper bound on a single object */
	uint32_t count, count_lo, count_hi;
	enum method method;
	uint8_t sureness;		/* 0 to 100 */
	bool progress;			/* more of the same object follows */
};

struct infer_stats {
	uint64_t volume;		/* unique payload bytes, both ways */
	uint64_t reported;		/* in transfers, as wire_bytes */
	uint64_t media;			/* in discarded interactive traffic */
	uint64_t small;			/* handshake, requests, small objects */
	uint32_t requests;		/* counted from outside */
};

/* Called for every transfer found; valid during the call. */
typedef void infer_found(const struct found *f, void *arg);

/* Room for this many flows that need it at one moment (4 KB each). */
struct infer_room *infer_room_new(uint32_t flows);
void infer_room_free(struct infer_room *room);

size_t infer_size(void);		/* bytes of state per flow */
void infer_init(struct infer *i, const struct infer_start *how);
void infer_role_known(struct infer *i, enum infer_role role);
void infer_segment(struct infer *i, const struct segment *s,
    infer_found *found, void *arg);
/* Packet time has passed without packets: close what is long over. */
void infer_idle(struct infer *i, int64_t now_us, infer_found *found,
    void *arg);
void infer_end(struct infer *i, infer_found *found, void *arg);
struct infer_stats infer_stats(const struct infer *i);

#endif
