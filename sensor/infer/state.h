/*
 * state.h - what infer remembers of a flow; private to sensor/infer/.
 *
 * One request after another is the common case: `cur` is the exchange whose
 * response is awaited or arriving, `pend` a request that was sent while it
 * was.  Sizes are in application bytes (record bodies without tags), so the
 * two directions and the three wires are treated alike.
 */
#ifndef INFER_STATE_H
#define INFER_STATE_H

#include "infer/infer.h"
#include "infer/walk.h"

enum phase { IDLE, ASKING, ANSWERING };
/* The TLS handshake; SERVER: seen from the server alone, TLS 1.3. */
enum hello { HELLO, HELLO_CCS, HELLO_SERVER, HELLO_DONE };
enum sides { BOTH_SIDES, UP_ONLY, DOWN_ONLY };

struct request {
	int64_t start_us, last_us;
	uint64_t app;			/* bytes that went up */
	uint32_t over;			/* their framing */
	uint32_t end;			/* sequence number behind its last */
	uint32_t first;			/* app of its first unit: the header */
	uint16_t n;			/* requests in it, by units */
	uint8_t overlapped : 1;
	uint8_t crossed : 1;		/* with what the server sent */
	uint8_t full : 1;		/* its last unit was of full size */
	uint8_t body : 1;		/* one of its units was no header */
	uint8_t ended : 1;		/* HTTP/2: END_STREAM, alone, was seen */
};

/*
 * QUIC: a server that reads its files in chunks shows it by a short datagram
 * at the end of each, as long as one response alone is being sent.
 */
struct quic {
	uint64_t solo_app;		/* down_app when such a run began */
	uint64_t short_app;		/* and at the last short datagram */
	uint32_t shorts;		/* of this run */
	uint16_t largest;		/* datagram of the server */
	bool chunked;			/* such a run was seen */
};

struct infer {
	union {
		struct walk walk[2];	/* TCP: 56 */
		struct quic quic;
	};
	struct request cur, pend;	/* 80 */
	uint64_t down_app;		/* of cur */
	int64_t down_us;		/* its last byte */
	uint32_t down_over;
	uint32_t down_first;		/* app of its first unit */
	uint32_t latec;			/* bytes for cur since pend began */
	uint16_t asked;			/* learned request header, or 0 */
	uint64_t volume, reported, media;
	struct infer_room *room;
	uint32_t annex;			/* index in the room, or 0 */
	uint32_t rtt_us;
	uint32_t acked[2];		/* one-sided: last ACK of a side */
	uint32_t window_bytes;
	uint16_t window_s;		/* media: start of the window, s */
	uint16_t said_s;		/* last progress report, seconds */
	uint32_t requests;
	uint16_t turns;
	uint16_t header;		/* learned response header, or 0 */
	uint16_t frame;			/* learned DATA frame payload, or 0 */
	uint8_t seconds;		/* media: bitmap of the window */
	uint8_t crossed;		/* of its turns, saturating */
	uint8_t units[2];		/* application units, saturating */
	uint8_t packets[2];		/* saturating */
	uint8_t odd;			/* implausible segments in a row */
	uint8_t tag;			/* record overhead without header */
	uint8_t hello;
	uint8_t pending : 1, h2 : 1, first : 1, interactive : 1, tls13 : 1,
	    known_up : 1, known_down : 1, browser : 1, guessed : 1,
	    batches : 1, messages : 1, bursts : 1;
	uint8_t wire : 2, role : 3, phase : 2;
	uint8_t fin : 2;			/* FINs seen */
	uint8_t sides;
};

_Static_assert(sizeof(struct infer) <= 256, "four cache lines a flow");

/* One application record, QUIC datagram or bare segment. */
struct unit {
	int64_t at_us;
	uint32_t app;			/* content and frame headers */
	uint32_t over;			/* record framing */
	uint32_t end;			/* sequence number behind it */
	uint32_t ack;
	uint32_t skipped;		/* wire bytes not followed before it */
	bool counts;			/* not a control frame */
	bool full;			/* of the sender's largest size */
	bool blind;			/* not a record: bytes not followed */
};

enum {
	UPLOAD = 10000,			/* a request with a body, for sure */
	BODY = 8192,			/* a unit as big is no request */
	JUMP = 64 << 20,		/* nothing advances further at once */
	MINUTE_US = 60000000		/* between reports of progress */
};

/*
 * What a TLS record adds to its content: a header of 5 bytes, and a tag; that
 * of TLS 1.3 (RFC 8446 5.2) until another one was learned.
 */
static inline uint32_t record_over(const struct infer *i)
{
	return 5 + (i->tag ? i->tag : 17u);
}

/* Where reports go. */
struct out {
	infer_found *found;
	void *arg;
};

/* turns.c: requests and responses. */
void turn_up(struct infer *i, const struct unit *u, const struct out *o);
void turn_down(struct infer *i, const struct unit *u, const struct out *o);
void turn_bytes(struct infer *i, const struct segment *s,
    const struct out *o);		/* any new payload, before its units */
void turn_close(struct infer *i, const struct out *o);

/* report.c: from an exchange to reports. */
uint32_t most_requests(const struct infer *i);
struct found response(const struct infer *i);
struct found body(const struct infer *i, const struct request *r);
bool worth(const struct infer *i, struct found *f);
void close_current(struct infer *i, const struct out *o);

/* media.c: between turns.c and the reader. */
void media_tick(struct infer *i, int64_t at_us, uint32_t bytes, bool turn,
    const struct out *o);
/* Bytes within the window; false: it is over, call media_tick(). */
bool media_add(struct infer *i, int64_t at_us, uint32_t bytes);
void media_report(struct infer *i, const struct found *f,
    const struct out *o);
void media_end(struct infer *i, const struct out *o);

/* acks.c: what a segment acknowledges, of a side that is not seen at all; of
 * one whose packets were missed. */
void ack_invisible(struct infer *i, const struct segment *s,
    const struct out *o);
void ack_missed(struct infer *i, const struct segment *s, const struct out *o);

/* One per wire. */
void tls_segment(struct infer *i, const struct segment *s,
    const struct out *o);
void tls_behind(struct infer *i, const struct out *o);	/* walk_behind() */
void tls_unseen(struct infer *i, enum dir d);	/* d sent something */
void quic_segment(struct infer *i, const struct segment *s,
    const struct out *o);
/* quic_parts.c: a datagram of the server; then, responses that shared the
 * line, in parts; 0: cannot be told apart. */
void quic_watch(struct infer *i, uint32_t n);
enum { QUIC_PARTS = 3 };
uint32_t quic_parts(const struct infer *i, const struct found *all,
    struct found part[QUIC_PARTS]);
void opaque_segment(struct infer *i, const struct segment *s,
    const struct out *o);
/* opaque_chain.c */
void opaque_report(struct infer *i, const struct found *f,
    const struct out *o);
void opaque_idle(struct infer *i, int64_t now_us, const struct out *o);

#endif
