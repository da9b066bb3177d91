/*
 * flow.h - one conversation between two endpoints, and the table of them.
 *
 * A flow is what a 5-tuple did until it ended or fell silent.  Directions are
 * UP (client to server) and DOWN; the client is who sent the SYN, else who
 * has the higher port, else who spoke first.  VLAN and tunnels are not part
 * of the key.  Bytes are unique payload bytes: TCP by sequence range, UDP by
 * IP length with copies taken out; so neither a doubling SPAN port nor a
 * short snaplen changes them.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "base/pool.h"
#include "capture/packet.h"

enum dir { UP, DOWN };

/* How the service of a flow came to be known, best first. */
enum evidence {
	EVIDENCE_NONE, EVIDENCE_SNI, EVIDENCE_QUIC_SNI, EVIDENCE_HTTP_HOST,
	EVIDENCE_DISSECTOR, EVIDENCE_ALPN, EVIDENCE_CERT, EVIDENCE_DNS,
	EVIDENCE_DNS_OTHER, EVIDENCE_EXPECTATION, EVIDENCE_IP, EVIDENCE_ASN,
	EVIDENCE_NDPI, EVIDENCE_PORT
};

struct flow_key {			/* low: the smaller of the two ends */
	struct addr low, high;
	uint16_t low_port, high_port;
	uint8_t proto;
	uint8_t zero[3];
};

struct flow_half {			/* one direction */
	uint64_t bytes;			/* unique payload bytes that moved:
					   seen, or acknowledged unseen */
	uint32_t packets;		/* copies not counted */
	uint32_t next;			/* TCP: after the highest sequence */
	uint32_t acked;			/* TCP: highest ACK this side sent */
	uint32_t lost;			/* bytes never seen by the capture */
};

enum flow_flag {
	FLOW_LOW_IS_CLIENT = 1 << 0,
	FLOW_SYN_SEEN = 1 << 1,		/* from its first packet on */
	FLOW_FIN_UP = 1 << 2,
	FLOW_FIN_DOWN = 1 << 3,
	FLOW_RST = 1 << 4,
	FLOW_CLOSED = 1 << 5,		/* both FINs, or RST */
	FLOW_SEQ_UP = 1 << 6,		/* half[UP].next is valid */
	FLOW_SEQ_DOWN = 1 << 7,
	FLOW_ACK_UP = 1 << 8,		/* half[UP].acked is valid */
	FLOW_ACK_DOWN = 1 << 9,
	FLOW_NAMED = 1 << 10,		/* nothing further to find out */
	FLOW_STUDIED = 1 << 11,		/* its study is over, or refused */
	FLOW_REPORTED = 1 << 12,	/* an EV_FLOW went out before */
	FLOW_IMPLAUSIBLE = 1 << 13,	/* sequence numbers out of window */
	FLOW_TURNED = 1 << 14,		/* opened by the server, as announced:
					   told with its ends exchanged */
	FLOW_HIDDEN = 1 << 15		/* ECH: the true name is not seen */
};

struct flow {
	struct flow_key key;		/* 40 */
	struct flow_half half[2];	/* 48 */
	int64_t start_us, last_us;	/* never: start_us > last_us */
	uint32_t reported_s;		/* when the last EV_FLOW went out:
					   seconds after start_us */
	uint32_t missing;		/* TCP: pool index of the holes, or 0 */
	uint32_t later, sooner;		/* neighbours in the timer slot */
	uint32_t rule;			/* catalogue rule + 1, 0: none */
	uint32_t name;			/* pool index of the host name, or 0 */
	uint32_t study;			/* pool index: classification, or 0 */
	uint32_t infer;			/* pool index: transfer state, or 0 */
	uint32_t moved;			/* pool index: clear content, or 0 */
	uint16_t flags;			/* enum flow_flag */
	uint8_t evidence;		/* enum evidence */
	uint8_t confidence;		/* 0 to 100 */
	uint16_t app, master;		/* nDPI protocol numbers */
	uint16_t slot;			/* of the timer wheel */
	uint16_t dissector;		/* place in dissectors[] + 1, 0: none */
};

_Static_assert(sizeof(struct flow) <= 152, "a million of them fit");

struct flow_counts {
	uint64_t created, evicted, expired, closed;
	uint64_t copies;		/* duplicated packets */
	uint64_t tcp[2], tcp_tagged[2];	/* TCP packets by direction, and
					   those with a VLAN tag */
	uint64_t retransmitted_bytes, lost_bytes, implausible;
};

struct flow_table;

/* What one packet did to its flow. */
struct step {
	struct flow *flow;
	enum dir dir;
	bool fresh;			/* the flow was made for this packet */
	bool copy;			/* seen before: ignore it */
	uint32_t new_bytes;		/* payload not seen before */
	uint32_t late;			/* of these: filled an earlier hole */
	uint32_t hole;			/* bytes skipped just before it */
	uint32_t overlap;		/* payload seen already */
};

/*
 * `gone` is called once for every flow before its memory is reused: closed,
 * silent, evicted, or at flow_table_free().
 */
struct flow_table *flow_table_new(uint32_t max_flows,
    void (*gone)(struct flow *f, void *arg), void *arg);
void flow_table_free(struct flow_table *t);
const struct flow_counts *flow_table_counts(const struct flow_table *t);
uint32_t flow_table_used(const struct flow_table *t);
/* Every open flow, in no order; none may end meanwhile. */
void flow_table_each(struct flow_table *t,
    void (*each)(struct flow *f, void *arg), void *arg);

/*
 * Batch use, three passes over the packets of a batch: hash and prefetch,
 * then fetch (which needs what prefetch brought in), then account.
 */
uint32_t flow_hash(const struct flow_table *t, const struct packet *p);
void flow_prefetch(const struct flow_table *t, uint32_t hash);
void flow_fetch(const struct flow_table *t, uint32_t hash);

/*
 * Find or make the flow, account the packet.  A flow that the packet shows
 * to be over (silent too long, its ports used anew) ends first.  Never fails:
 * at the bound, the flow with the least time left to live is evicted.
 */
struct step flow_account(struct flow_table *t, const struct packet *p,
    uint32_t hash);

/* End what has been silent too long at packet time now_us; call often. */
void flow_expire(struct flow_table *t, int64_t now_us);

const struct addr *flow_client(const struct flow *f);
const struct addr *flow_server(const struct flow *f);
uint16_t flow_client_port(const struct flow *f);
uint16_t flow_server_port(const struct flow *f);

#endif
