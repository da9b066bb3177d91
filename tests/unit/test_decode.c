/*
 * Every layer that decode() takes off, from bytes written here.
 *
 * Each frame is also decoded cut at every byte and with every bit turned,
 * its end at an unreadable page: that must do no harm, and no slice of the
 * result may leave the frame.
 */
#include "capture/decode.h"
#include "bytes.h"

enum { ETHERNET = 1, RAW = 101 };

static struct decoder *decoder;

/* What is inside in every case: HELLO over TCP, port 5001 to 80. */
#define TCP_HELLO "1389 0050 00000001 00000002 5018 2000 0000 0000" \
	"48454c4c4f"
static const char IP4[] = "4500002d 00010000 40060000 0a000001 0a000002"
    TCP_HELLO;
static const char IP6[] = "60000000 0019 06 40"
    "fd000000000000000000000000000001 fd000000000000000000000000000002"
    TCP_HELLO;
static const char ETHER4[] = "020000000002 020000000001 0800"
    "4500002d 00010000 40060000 0a000001 0a000002" TCP_HELLO;

static enum decoded decode_as(int link, struct slice bytes, size_t wire,
    struct packet *p)
{
	struct frame f = { 1700000000000000, link, (uint32_t)wire, bytes };

	return decode(decoder, &f, p);
}

static volatile uint8_t sink;

static void look_at(struct slice s)
{
	while (slice_more(s))
		sink ^= slice_u8(&s);
}

static void survive(int link, struct slice frame)
{
	uint8_t *copy;
	struct slice s;
	struct packet p;

	for (size_t n = 0; n < frame.n; n++) {
		s = guarded(frame.p, n);
		if (decode_as(link, s, frame.n, &p) == DECODED) {
			look_at(p.ip);
			look_at(p.payload);
		}
		unguard(s);
	}
	s = guarded(frame.p, frame.n);
	copy = (uint8_t *)(uintptr_t)s.p;
	for (size_t bit = 0; bit < frame.n * 8; bit++) {
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (decode_as(link, s, frame.n, &p) == DECODED) {
			look_at(p.ip);
			look_at(p.payload);
		}
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	unguard(s);
}

struct layer_case {
	const char *name;
	int link;
	const char *head, *inner, *tail;
	uint16_t vlan;
	uint8_t tunnels;
};

static void check_case(const struct layer_case *c)
{
	struct bytes t = { .n = 0 };
	struct packet p;
	enum decoded result;

	put_hex(&t, c->head);
	put_hex(&t, c->inner);
	put_hex(&t, c->tail);
	result = decode_as(c->link, all_of(&t), t.n, &p);
	ok(result == DECODED && p.sport == 0x1389 && p.wire_len == 5 &&
	    slice_is(p.payload, "HELLO") && p.vlan == c->vlan &&
	    p.tunnels == c->tunnels, "%s", c->name);
	survive(c->link, all_of(&t));
}

#define MACS "020000000002 020000000001 "

static const struct layer_case cases[] = {
	{ "Ethernet, padded", ETHERNET, MACS "0800", IP4, "0000", 0, 0 },
	{ "Ethernet, IPv6", ETHERNET, MACS "86dd", IP6, "", 0, 0 },
	{ "raw IPv4", RAW, "", IP4, "", 0, 0 },
	{ "raw IPv6", RAW, "", IP6, "", 0, 0 },
	{ "one VLAN", ETHERNET, MACS "8100 0064 0800", IP4, "", 100, 0 },
	{ "QinQinQ", ETHERNET, MACS "88a8 0001 9100 0002 8100 0003 0800",
	  IP4, "", 3, 0 },
	{ "MPLS, two labels", ETHERNET, MACS "8847 00010040 00020140",
	  IP4, "", 0, 1 },
	{ "MPLS, pseudowire", ETHERNET, MACS "8847 00020140 00000000",
	  ETHER4, "", 0, 1 },
};

int main(void)
{
	struct packet p;
	struct bytes t = { .n = 0 };

	decoder = decoder_new();
	if (decoder == NULL)
		errx(1, "no memory");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(&cases[i]);
	put_hex(&t, ETHER4);
	ok(decode_as(ETHERNET, slice_of(t.b, 54), t.n, &p) == DECODED &&
	    p.wire_len == 5 && p.payload.n == 0,
	    "a snaplen changes the payload, not its length");
	decoder_free(decoder);
	return tap_done();
}
