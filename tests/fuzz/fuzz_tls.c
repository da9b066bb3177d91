/*
 * TLS handshakes: ClientHellos, ServerHellos and certificates whose framing
 * is whole and whose insides are anything, in records and pieces of any size.
 *
 * The input: bytes in a record, bytes in a piece; then messages: side and
 * kind, 16 bits of length, body.  However they are cut, the same is said.
 */
#include "heard.h"
#include "unit/hello.h"

enum { STREAM_MAX = 4500, RECORD_LEAST = 8 };	/* both: in struct bytes */

extern const struct dissector dissector_tls;
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const uint8_t kinds[] = { 1, 2, 11, 1 };

/* A hello as browsers send it, for this host, with one bit of it turned. */
static void put_turned(struct bytes *b, struct slice s)
{
	uint16_t at = slice_u16(&s);
	char host[64] = "";
	static struct bytes hello;

	hello.n = 0;
	s = slice_head(s, sizeof(host) - 1);
	if (s.n > 0)
		memcpy(host, s.p, s.n);
	put_hello(&hello, (struct hello_want){ .sni = host, .alpn = "h2",
		.ech = at & 1 });
	hello.b[(at >> 3) % hello.n] ^= (uint8_t)(1 << (at & 7));
	put(b, hello.b, hello.n);
}

static void put_message(struct bytes *b, uint8_t how, struct slice body)
{
	size_t begin;

	if (how >> 1 == 3) {
		put_turned(b, body);
		return;
	}
	put_n(b, kinds[how >> 1 & 3], 1);
	begin = put_begin(b, 3);
	put(b, body.p, body.n);
	put_end(b, begin, 3);
}

static void hear_both(struct heard *h, const struct bytes wire[2],
    size_t step)
{
	heard_begin(h, &dissector_tls);
	for (enum side side = CLIENT; side <= SERVER; side++)
		heard_stream(h, side, slice_of(wire[side].b, wire[side].n),
		    step);
	heard_end(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct bytes messages[2], wire[2];
	static struct heard whole, cut;
	struct slice s = slice_of(bytes, n);
	size_t size = RECORD_LEAST + 16u * slice_u8(&s);
	size_t step = 1u + slice_u8(&s);

	messages[0].n = messages[1].n = wire[0].n = wire[1].n = 0;
	while (slice_more(s)) {
		uint8_t how = slice_u8(&s) & 7;
		uint16_t want = slice_u16(&s);
		struct slice body = slice_take(&s, want < s.n ? want : s.n);
		struct bytes *to = &messages[how & 1];

		if (to->n + body.n + 1000 > STREAM_MAX)
			break;
		put_message(to, how, body);
	}
	for (int side = 0; side < 2; side++)
		put_records(&wire[side], &messages[side], size);
	hear_both(&whole, wire, sizeof(wire[0].b));
	hear_both(&cut, wire, step);
	heard_same(&whole, &cut);
	return 0;
}
