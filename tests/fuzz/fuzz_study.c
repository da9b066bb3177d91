/*
 * The flow floor under arbitrary segments: table, studies, dissectors, nDPI.
 *
 * The input is a row of packets: a byte of flags (direction, UDP, SYN, FIN,
 * RST, cut by the snaplen), which of four ports, a 16-bit step of the
 * sequence number, a byte of length (times 8), then as many payload bytes.
 * The invariant: no direction counts more bytes than its packets carried,
 * plus what the peer acknowledged.
 */
#include <netinet/in.h>
#include <stdlib.h>

#include "flow/names.h"
#include "flow/study.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct bench {
	struct flow_table *flows;
	struct studies *studies;
	struct names *names;
	uint64_t carried;
};

static void on_fact(struct flow *f, const struct fact *fact, void *arg)
{
	struct bench *b = arg;

	if (fact->kind == FACT_ANSWER)
		names_learn(b->names, flow_client(f), &fact->addr, fact->text,
		    fact->ttl_s, f->last_us);
}

static void on_over(struct flow *f, void *arg)
{
	struct bench *b = arg;
	enum evidence how;

	(void)names_find(b->names, flow_client(f), flow_server(f), f->last_us,
	    &how);
}

static void on_gone(struct flow *f, void *arg)
{
	struct bench *b = arg;

	study_end(b->studies, f);
	for (int d = UP; d <= DOWN; d++)
		if (f->half[d].bytes > b->carried + f->half[d].lost)
			abort();
}

enum { DOWNWARD = 1, DATAGRAM = 2, SYN = 4, FIN = 8, RST = 16, CUT = 32,
	FAR = 64, LATER = 128 };

static bool next(struct slice *in, struct packet *p, uint32_t seq[2])
{
	static const uint16_t ports[] = { 443, 53, 5222, 40001 };
	uint8_t flags = slice_u8(in);
	uint16_t port = ports[slice_u8(in) % 4];
	int16_t step = (int16_t)slice_u16(in);
	size_t length = 8u * slice_u8(in);
	int down = flags & DOWNWARD;
	const uint8_t ends[2][4] = { { 10, 0, 0, 1 }, { 192, 0, 2, 1 } };

	if (slice_short(*in))
		return false;
	*p = (struct packet){ .at_us = p->at_us + (flags & LATER ? 20000000 : 7),
	    .src = addr_v4(ends[down]), .dst = addr_v4(ends[!down]),
	    .sport = down ? port : 50000, .dport = down ? 50000 : port,
	    .proto = flags & DATAGRAM ? IPPROTO_UDP : IPPROTO_TCP,
	    .ip_id = (uint16_t)(p->ip_id + 1) };
	p->payload = slice_take(in, length < in->n ? length : in->n);
	p->wire_len = (uint32_t)p->payload.n + (flags & CUT ? 100 : 0);
	p->seq = seq[down] + (uint32_t)(flags & FAR ? step * 65536 : step);
	p->ack = seq[!down];
	p->tcp_flags = (uint8_t)((flags & SYN ? TCP_SYN : 0) |
	    (flags & FIN ? TCP_FIN : 0) | (flags & RST ? TCP_RST : 0) |
	    (flags & SYN && !down ? 0 : TCP_ACK));
	seq[down] = p->seq + p->wire_len + (flags & SYN ? 1 : 0);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct classify *classify;
	static struct book *book;
	struct slice in = slice_of(bytes, n);
	struct packet p = { .at_us = 1000000 };
	uint32_t seq[2] = { 0xffffff00, 1 };
	struct bench b = { 0 };

	if (classify == NULL)
		classify = classify_new(16, false);
	if (book == NULL)
		book = book_open(NULL);
	b.names = names_new(64, book);
	b.studies = studies_new(&(struct study_setup){ .max = 8,
	    .classify = classify, .fact = on_fact, .over = on_over,
	    .arg = &b });
	b.flows = flow_table_new(4, on_gone, &b);
	while (next(&in, &p, seq)) {
		struct step st = flow_account(b.flows, &p,
		    flow_hash(b.flows, &p));

		b.carried += p.wire_len;
		if (study_wanted(&st, &p))
			study_packet(b.studies, &st, &p);
		flow_expire(b.flows, p.at_us);
	}
	flow_table_free(b.flows);
	studies_free(b.studies);
	names_free(b.names);
	return 0;
}
