/*
 * fuzz_infer.c - arbitrary segments, in any order, with any loss: no crash,
 * no transfer larger than its flow, the sums add up, and a segment makes no
 * more reports than a group has parts, however far its sequence jumps; the
 * fuzzer's own time limit holds the rest of its cost down.
 *
 * Input: one byte of wire and start, then for each segment a direction and
 * flags, a step in time, a jump in sequence, a length, and a few bytes of
 * payload or a TLS header of our own.
 */
#include <stdio.h>
#include <stdlib.h>

#include "infer/infer.h"

enum { MOST_REPORTS = 50 };		/* two groups, and what was held */

struct run {
	struct infer *i;
	uint64_t told;			/* wire bytes of final reports */
	uint32_t steps, reports;
};

static void see(const struct found *f, void *arg)
{
	struct run *r = arg;
	uint64_t volume = infer_stats(r->i).volume;

	if (f->wire_bytes > volume || f->bytes > f->wire_bytes ||
	    f->largest < f->bytes / (f->count ? f->count : 1) ||
	    f->end_us < f->start_us - 60000000)
		abort();
	if (++r->reports > (r->steps + 4) * MOST_REPORTS)
		abort();
	if (!f->progress)
		r->told += f->wire_bytes;
}

static void step(struct run *r, struct slice *in, uint32_t seq[2],
    int64_t *now)
{
	uint8_t bytes[1500] = {0};
	uint8_t how = slice_u8(in), jump = slice_u8(in);
	uint32_t len = slice_u16(in);
	struct segment s = { .at_us = *now += (int64_t)slice_u8(in) *
		(how & 0x80 ? 100000 : 100), .dir = how & 1 ? UP : DOWN,
		.flags = TCP_ACK | (how & 2 ? TCP_PSH : 0) };
	struct slice data = slice_take(in, len % 24 < in->n ? len % 24 :
	    in->n);

	s.wire_len = len % 1449;
	if (how & 4) {			/* a record header in front */
		memcpy(bytes, "\x17\x03\x03", 3);
		bytes[3] = (uint8_t)(len >> 8 & 0x3f);
		bytes[4] = jump;
		jump = 0;
	}
	if (data.n > 0 && !(how & 4))
		memcpy(bytes, data.p, data.n);
	s.seq = seq[s.dir] + (jump & 0x80 ? 0u - (jump & 0x7f) * 100u :
	    jump * (how & 8 ? 100u : 1448u * (jump > 100)));
	s.ack = seq[!s.dir];
	if ((how & 0x70) == 0x70)
		s.flags |= how & 8 ? TCP_FIN : TCP_RST;
	s.data = slice_of(bytes, s.wire_len < 96 ? s.wire_len : 96);
	if ((int32_t)(s.seq + s.wire_len - seq[s.dir]) > 0)
		seq[s.dir] = s.seq + s.wire_len;
	r->steps++;
	infer_segment(r->i, &s, see, r);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct slice in = slice_of(bytes, n);
	uint8_t how = slice_u8(&in);
	struct infer_start start = { .wire = (enum infer_wire)(how % 3),
		.midstream = how & 4, .role = (enum infer_role)(how >> 3 & 3),
		.room = infer_room_new(2) };
	struct run r = { .i = calloc(1, infer_size()) };
	uint32_t seq[2] = { 1000, 0xfffff000 };
	int64_t now = 1000000000000;
	struct infer_stats st;

	if (r.i == NULL || start.room == NULL)
		abort();
	infer_init(r.i, &start);
	while (slice_more(in))
		step(&r, &in, seq, &now);
	infer_idle(r.i, now + 5000000, see, &r);
	infer_end(r.i, see, &r);
	st = infer_stats(r.i);
	if (st.reported + st.media > st.volume || r.told > st.volume ||
	    r.told != st.reported)
		abort();
	free(r.i);
	infer_room_free(start.room);
	return 0;
}
