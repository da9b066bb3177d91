/*
 * What a QUIC client's Initial packets hold: frames that are anything, or a
 * hello in pieces, sealed with the keys that an observer derives.  Without
 * the seal no input would ever come so far.
 *
 * The input: a version; then either packets (control: a new datagram, a
 * CRYPTO frame at an offset; 16 bits of length; bytes), or the order of a
 * hello's pieces, whose host must then be told.
 */
#include "heard.h"
#include "unit/seal.h"

enum { PIECES_MAX = 20, FRAMES_MAX = 1400, DATAGRAM_MAX = 6000 };

extern const struct dissector dissector_quic;
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const uint32_t versions[] = { 1, 0x6b3343cf, 0xff00001d, 0x51303530 };

static void anything(struct heard *h, struct client *c, struct slice s)
{
	static struct bytes datagram, frames;

	datagram.n = 0;
	while (slice_more(s)) {
		uint8_t how = slice_u8(&s);
		uint16_t offset = how & 2 ? slice_u16(&s) & 0x1fff : 0;
		uint16_t want = slice_u16(&s) % FRAMES_MAX;
		struct slice body = slice_take(&s, want < s.n ? want : s.n);

		frames.n = 0;
		if (how & 2) {
			put_n(&frames, 6, 1);
			put_varint(&frames, offset);
			put_varint(&frames, body.n);
		}
		put(&frames, body.p, body.n);
		if (how & 1 || datagram.n + frames.n + 100 > DATAGRAM_MAX) {
			heard_feed(h, CLIENT, datagram.b, datagram.n);
			datagram.n = 0;
		}
		put_initial(&datagram, c, &frames);
	}
	heard_feed(h, CLIENT, datagram.b, datagram.n);
}

/* Every piece once, in the order that the input says. */
static void in_pieces(struct heard *h, struct client *c, struct slice s)
{
	static struct bytes hello, datagram, frames;
	size_t n = 1 + slice_u8(&s) % PIECES_MAX, size;
	uint8_t order[PIECES_MAX];

	hello.n = 0;
	put_hello(&hello, (struct hello_want){ .sni = "pieces.example",
		.alpn = "h3", .padding = 8u * slice_u8(&s) });
	size = (hello.n + n - 1) / n;
	for (size_t i = 0; i < n; i++)
		order[i] = (uint8_t)i;
	for (size_t i = n; i-- > 1;) {
		size_t j = slice_u8(&s) % (i + 1);
		uint8_t swap = order[i];

		order[i] = order[j];
		order[j] = swap;
	}
	for (size_t i = 0; i < n; i++) {
		size_t from = order[i] * size, to = from + size;

		frames.n = datagram.n = 0;
		if (from >= hello.n)
			continue;
		put_crypto(&frames, &hello, from, to < hello.n ? to : hello.n);
		put_initial(&datagram, c, &frames);
		heard_feed(h, CLIENT, datagram.b, datagram.n);
	}
	if (memmem(h->said, h->n, "pieces.example", 14) == NULL)
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (!quic_ready())
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct heard h;
	struct slice s = slice_of(bytes, n);
	uint8_t how = slice_u8(&s);
	struct client c = { .version = versions[how & 3],
		.dcid = "\x83\x94\xc8\xf0\x3e\x51\x57\x08",
		.keys_from = "\x83\x94\xc8\xf0\x3e\x51\x57\x08" };

	heard_begin(&h, &dissector_quic);
	if (how & 4 && (how & 3) != 3)	/* Google's has frames of its own */
		in_pieces(&h, &c, s);
	else
		anything(&h, &c, s);
	heard_end(&h);
	return 0;
}
