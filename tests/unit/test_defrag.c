/*
 * Fragments in every order, and in every way that ever broke a host.
 */
#include <netinet/in.h>

#include "capture/decode.h"
#include "layers.h"

enum { RAW = 101, SECOND = 1000000 };

static struct decoder *decoder;
static int64_t now_us = 1700000000000000;
static bool flood;			/* too many for a guard page each */

struct piece {
	uint16_t id;
	uint32_t offset, n;		/* of the IP payload */
	bool more;
	uint8_t fill;			/* 0: the bytes of a UDP packet */
	uint32_t captured;		/* 0: all */
};

/* One UDP packet of 3000 bytes, ports 5001 to 53, by its offset. */
static uint8_t byte_at(uint32_t at)
{
	static const uint8_t udp[] = { 0x13, 0x89, 0, 53, 3000 >> 8,
		3000 & 0xff, 0, 0 };

	return at < 8 ? udp[at] : (uint8_t)(at * 31 + at / 256);
}

static void put_payload(struct bytes *t, const struct piece *p)
{
	for (uint32_t i = 0; i < p->n; i++)
		put_n(t, p->fill ? p->fill : byte_at(p->offset + i), 1);
}

static enum decoded send4(const struct piece *p, struct packet *out)
{
	static struct bytes t;
	enum decoded result;
	struct frame f;

	t.n = 0;
	put_hex(&t, "4500");
	put_n(&t, p->n + 20, 2);
	put_n(&t, p->id, 2);
	put_n(&t, p->offset / 8 | (p->more ? 0x2000 : 0), 2);
	put_hex(&t, "40110000 0a000001 0a000002");
	put_payload(&t, p);
	f = (struct frame){ now_us, RAW, (uint32_t)t.n, all_of(&t) };
	if (flood)
		return decode(decoder, &f, out);
	f.bytes = guarded(t.b, p->captured ? 20 + p->captured : t.n);
	result = decode(decoder, &f, out);
	unguard(f.bytes);
	return result;
}

static enum decoded send6(const struct piece *p, struct packet *out)
{
	static struct bytes t;
	struct frame f;

	t.n = 0;
	put_hex(&t, "60000000");
	put_n(&t, p->n + 16, 2);
	put_hex(&t, "00 40 20010db8000000000000000000000001"
	    "20010db8000000000000000000000002 2c00000000000000 1100");
	put_n(&t, p->offset | p->more, 2);
	put_n(&t, p->id, 4);
	put_payload(&t, p);
	f = (struct frame){ now_us, RAW, (uint32_t)t.n, all_of(&t) };
	return decode(decoder, &f, out);
}

static bool is_whole(const struct packet *p)
{
	bool good = p->proto == 17 && p->sport == 5001 && p->dport == 53 &&
	    p->wire_len == 2992 && p->payload.n == 2992;

	for (uint32_t i = 0; good && i < 2992; i++)
		good = p->payload.p[i] == byte_at(8 + i);
	return good;
}

typedef enum decoded sender(const struct piece *, struct packet *);

/* Sends them all: how often a whole, right packet came out. */
static int wholes(sender *send, const struct piece *pieces, size_t n)
{
	struct packet p;
	int found = 0;

	for (size_t i = 0; i < n; i++)
		if (send(&pieces[i], &p) == DECODED)
			found += is_whole(&p) ? 1 : 100;
	return found;
}

#define WHOLES(send, ...) wholes(send, (struct piece[]){ __VA_ARGS__ }, \
	sizeof((struct piece[]){ __VA_ARGS__ }) / sizeof(struct piece))
#define A(id) { id, 0, 1480, true, 0, 0 }
#define B(id) { id, 1480, 1480, true, 0, 0 }
#define C(id) { id, 2960, 40, false, 0, 0 }

static void check_orders(void)
{
	ok(WHOLES(send4, A(1), B(1), C(1)) == 1, "in order");
	ok(WHOLES(send4, C(2), B(2), A(2)) == 1, "in reverse");
	ok(WHOLES(send4, A(3), C(4), B(3), A(4), C(3), B(4)) == 2,
	    "two packets mixed");
	ok(WHOLES(send6, B(1), C(1), A(1)) == 1, "IPv6");
	ok(WHOLES(send4, A(5), A(5), B(5), B(5), C(5), C(5)) == 1,
	    "every fragment twice: one packet");
	now_us += SECOND;
	ok(WHOLES(send4, A(5), B(5), C(5)) == 1, "the same number again");
	ok(WHOLES(send4, A(6), B(6)) == 0, "not without the last one");
	now_us += 31 * SECOND;
	ok(WHOLES(send4, C(6)) == 0, "nor 31 seconds later");
	ok(WHOLES(send4, A(6), B(6)) == 1, "but with fresh ones");
}

static void check_overlaps(void)
{
	ok(WHOLES(send4, A(10), { 10, 1400, 160, true, 0xee, 0 }, B(10),
	    C(10)) == 100, "an overlap fills the hole");
	ok(WHOLES(send4, A(11), { 11, 0, 1480, true, 0xee, 0 }, B(11),
	    C(11)) == 1, "the bytes that came first stand");
	ok(WHOLES(send4, A(12), B(12), { 12, 8, 2000, true, 0xee, 0 },
	    C(12)) == 1, "also against a longer one");
	ok(WHOLES(send4, { 13, 1600, 8, true, 0, 0 }, { 13, 2000, 8, true, 0,
	    0 }, A(13), B(13), C(13)) == 1, "holes between");
}

static void check_attacks(void)
{
	struct packet p;

	ok(WHOLES(send4, { 20, 0, 40, true, 0xee, 0 }, { 20, 24, 4, false,
	    0xee, 0 }) == 0, "teardrop");
	ok(send4(&(struct piece){ 21, 65528, 1480, false, 0xee, 0 }, &p) ==
	    DECODED_BAD, "ping of death");
	ok(send4(&(struct piece){ 22, 8, 0, true, 0, 0 }, &p) == DECODED_BAD,
	    "an empty fragment");
	ok(WHOLES(send4, C(23), { 23, 2960, 400, false, 0, 0 }, A(23),
	    B(23)) == 0, "two different ends");
	ok(send6(&(struct piece){ 24, 0, 1001, true, 0, 0 }, &p) ==
	    DECODED_BAD, "IPv6, not a multiple of 8");
	flood = true;
	for (uint32_t i = 0; i < 8000; i++)
		(void)send4(&(struct piece){ 25, i * 8, 8, true, 0, 0 }, &p);
	ok(WHOLES(send4, A(26), B(26), C(26)) == 1,
	    "8000 fragments of one packet do no harm");
	for (uint32_t i = 0; i < 60000; i++)
		(void)send4(&(struct piece){ (uint16_t)(i + 100), 0, 1480,
		    true, 0xee, 0 }, &p);
	flood = false;
	ok(WHOLES(send4, A(27), B(27), C(27)) == 1,
	    "nor 60000 packets begun, %llu fragments given up",
	    (unsigned long long)decoder_counts(decoder)->fragments_dropped);
}

static void check_snaplen(void)
{
	struct packet p = { 0 };
	struct piece a = A(30), b = B(30), c = C(30);
	enum decoded result;

	a.captured = b.captured = 76;
	(void)send4(&a, &p);
	(void)send4(&b, &p);
	result = send4(&c, &p);
	ok(result == DECODED && p.sport == 5001 && p.wire_len == 2992 &&
	    p.payload.n == 68, "cut by a snaplen: the length is whole");
}

static void check_tunnel(void)
{
	static struct bytes outer;
	struct layers l = { .count = 0 };
	struct packet p = { 0 };
	enum decoded result = DECODED_BAD;

	layers_add(&l, "0000 0800 ip4=6 1389 0050 00000001 00000002 5018 2000"
	    "00000000 48454c4c4f");
	layers_end(&l);
	for (size_t at = 0; at < l.bytes.n; at += 24) {
		size_t n = l.bytes.n - at < 24 ? l.bytes.n - at : 24;
		struct frame f;

		outer.n = 0;
		put_hex(&outer, "4500");
		put_n(&outer, n + 20, 2);
		put_n(&outer, 40, 2);
		put_n(&outer, at / 8 | (at + n < l.bytes.n ? 0x2000 : 0), 2);
		put_hex(&outer, "402f0000 c0000201 c0000202");
		put(&outer, l.bytes.b + at, n);
		f = (struct frame){ now_us, RAW, (uint32_t)outer.n,
			all_of(&outer) };
		result = decode(decoder, &f, &p);
	}
	ok(result == DECODED && p.sport == 5001 && p.tunnels == 1 &&
	    slice_is(p.payload, "HELLO"), "a GRE packet put together, opened");
}

/* Send the stack of headers in `l` as IPv6 fragments of 24 bytes. */
static enum decoded send_stack6(struct layers *l, unsigned next, unsigned id,
    struct packet *p)
{
	static struct bytes t;
	enum decoded result = DECODED_BAD;

	layers_end(l);
	for (size_t at = 0; at < l->bytes.n; at += 24) {
		size_t n = l->bytes.n - at < 24 ? l->bytes.n - at : 24;
		struct frame f;

		t.n = 0;
		put_hex(&t, "60000000");
		put_n(&t, n + 8, 2);
		put_hex(&t, "2c40 20010db8000000000000000000000001"
		    "20010db8000000000000000000000002");
		put_n(&t, next, 1);
		put_n(&t, 0, 1);
		put_n(&t, at | (at + n < l->bytes.n), 2);
		put_n(&t, id, 4);
		put(&t, l->bytes.b + at, n);
		f = (struct frame){ now_us, RAW, (uint32_t)t.n,
			guarded(t.b, t.n) };
		result = decode(decoder, &f, p);
		unguard(f.bytes);
	}
	return result;
}

/* Options may stand behind the fragment header, to hide what follows. */
static void check_options(void)
{
	static const char tcp[] = "1389 0050 00000001 00000002 5018 2000"
	    "00000000 48454c4c4f";
	struct layers l = { .count = 0 };
	struct packet p = { 0 };
	enum decoded result;

	layers_add(&l, "3c00 010400000000 0600 010400000000");
	layers_add(&l, tcp);
	result = send_stack6(&l, IPPROTO_DSTOPTS, 77, &p);
	ok(result == DECODED && p.proto == IPPROTO_TCP && p.sport == 5001,
	    "options inside of fragments: TCP behind them");

	l = (struct layers){ .count = 0 };
	layers_add(&l, "06000001 00000001");	/* first, more to come */
	layers_add(&l, tcp);
	ok(send_stack6(&l, IPPROTO_FRAGMENT, 78, &p) == DECODED_BAD,
	    "fragments of a fragment are refused");
}

int main(void)
{
	decoder = decoder_new();
	if (decoder == NULL)
		errx(1, "no memory");
	check_orders();
	check_overlaps();
	check_attacks();
	check_snaplen();
	check_tunnel();
	check_options();
	decoder_free(decoder);
	return tap_done();
}
