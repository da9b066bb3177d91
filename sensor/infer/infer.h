/*
 * infer.h - transfers inside one flow, counted and sized from the outside.
 *
 * Reads lengths, directions and times of TLS records, QUIC datagrams or bare
 * segments; decrypts nothing, keeps no payload, uses constant memory per
 * flow.  What cannot be known is said as a range, not guessed.
 */
#ifndef INFER_INFER_H
#define INFER_INFER_H

#include "flow/event.h"

struct infer;				/* state of one flow */

enum infer_wire { WIRE_TLS, WIRE_QUIC, WIRE_OPAQUE };

/* What the flow's host is for; from the catalogue. */
enum infer_role { INFER_UNKNOWN, INFER_FILE, INFER_MIXED, INFER_MESSAGE,
	INFER_ASSET };

struct infer_start {
	enum infer_wire wire;
	enum infer_role role;
	bool midstream;			/* no SYN was seen */
	bool one_sided;			/* known one-sided tap, else learned */
};

/* One TCP segment or UDP datagram of the flow, in capture order. */
struct segment {
	int64_t at_us;
	enum dir dir;
	uint8_t flags;			/* TCP_FIN ... */
	uint32_t seq, ack;		/* TCP */
	uint32_t window;
	uint32_t wire_len;		/* payload on the wire */
	uint32_t new_bytes;		/* as in struct step */
	uint32_t hole;
	struct slice data;		/* what was captured of the payload */
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

/* Called for every transfer found; valid during the call. */
typedef void infer_found(const struct found *f, void *arg);

size_t infer_size(void);		/* bytes of state per flow */
void infer_init(struct infer *i, const struct infer_start *how);
void infer_role_known(struct infer *i, enum infer_role role);
void infer_segment(struct infer *i, const struct segment *s,
    infer_found *found, void *arg);
/* Packet time has passed without packets: close what is long over. */
void infer_idle(struct infer *i, int64_t now_us, infer_found *found,
    void *arg);
void infer_end(struct infer *i, infer_found *found, void *arg);

#endif
