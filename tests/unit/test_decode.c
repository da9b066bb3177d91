/*
 * Every layer that decode() takes off, from bytes written here.
 *
 * Each frame is also decoded cut at every byte and with every bit turned,
 * its end at an unreadable page: that must do no harm, and no slice of the
 * result may leave the frame.
 */
#include "capture/decode.h"
#include "layers.h"

enum {
	LOOPBACK = 0, ETHERNET = 1, PPP = 9, FDDI = 10, PPP_SERIAL = 50,
	PPP_ETHER = 51, RAW = 101, C_HDLC = 104, WIFI = 105, SLL = 113,
	RADIOTAP = 127, ERF = 197, PPP_DIR = 204, IPV4 = 228, IPV6 = 229,
	NFLOG = 239, PKTAP = 258, SLL2 = 276, BRCM = 281, BRCM_BEFORE = 282
};

static struct decoder *decoder;

/* What is inside in every case: HELLO over TCP, port 5001 to 80. */
#define HELLO "138900500000000100000002501820000000000048454c4c4f"
#define V4 " 0800 ip4=6 " HELLO
#define V6 " 86dd ip6=6 " HELLO
#define E4 " eth 0800 ip4=6 " HELLO

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

static void try_one(int link, struct slice s, size_t wire)
{
	struct packet p;

	if (decode_as(link, s, wire, &p) == DECODED) {
		look_at(p.ip);
		look_at(p.payload);
	}
}

static void survive(int link, struct slice frame)
{
	struct slice s;
	uint8_t *copy;

	for (size_t n = 0; n < frame.n; n++) {
		s = guarded(frame.p, n);
		try_one(link, s, frame.n);
		try_one(link, s, n);
		unguard(s);
	}
	s = guarded(frame.p, frame.n);
	copy = (uint8_t *)(uintptr_t)s.p;
	for (size_t bit = 0; bit < frame.n * 8; bit++) {
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		try_one(link, s, frame.n);
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	unguard(s);
}

static const struct {
	const char *name;
	int link;
	uint16_t vlan;
	uint8_t tunnels;
	const char *frame;
} opened[] = {
	{ "Ethernet, IPv4", ETHERNET, 0, 0, "eth" V4 },
	{ "Ethernet, IPv6", ETHERNET, 0, 0, "eth" V6 },
	{ "raw IP, version 4", RAW, 0, 0, "ip4=6 " HELLO },
	{ "raw IP, version 6", RAW, 0, 0, "ip6=6 " HELLO },
	{ "raw IP as Linux says it", 12, 0, 0, "ip4=6 " HELLO },
	{ "raw IP as OpenBSD says it", 14, 0, 0, "ip4=6 " HELLO },
	{ "IPv4", IPV4, 0, 0, "ip4=6 " HELLO },
	{ "IPv6", IPV6, 0, 0, "ip6=6 " HELLO },
	{ "loopback, little-endian", LOOPBACK, 0, 0,
	  "02000000 ip4=6 " HELLO },
	{ "loopback, big-endian", 108, 0, 0, "00000018 ip6=6 " HELLO },
	{ "Linux cooked", SLL, 0, 0, "0000 0001 0006 0200000000010000" V4 },
	{ "Linux cooked 2", SLL2, 0, 0,
	  "86dd 0000 00000001 0001 00 06 0200000000010000 ip6=6 " HELLO },
	{ "Linux cooked, VLAN", SLL, 7, 0,
	  "0000 0001 0006 0200000000010000 8100 0007" V4 },
	{ "PPP with address and control", PPP, 0, 0,
	  "ff03 0021 ip4=6 " HELLO },
	{ "PPP without", PPP, 0, 0, "0057 ip6=6 " HELLO },
	{ "PPP, protocol in one byte", PPP, 0, 0, "21 ip4=6 " HELLO },
	{ "PPP, serial", PPP_SERIAL, 0, 0, "ff03 0021 ip4=6 " HELLO },
	{ "PPP, serial, Cisco", PPP_SERIAL, 0, 0, "0f00" V4 },
	{ "PPP with direction", PPP_DIR, 0, 0, "00 ff03 0021 ip4=6 " HELLO },
	{ "Cisco HDLC", C_HDLC, 0, 0, "0f00" V6 },
	{ "PPPoE session as a link", PPP_ETHER, 0, 1,
	  "1100 0001 len 0021 ip4=6 " HELLO },
	{ "netfilter log", NFLOG, 0, 0, "02 00 0000 0800 0100 00000000"
	  "0600 0a00 61 00 0000 3100 0900 ip4=6 " HELLO },
	{ "Apple's tap", PKTAP, 0, 0, "10000000 01000000 01000000 00000000"
	  E4 },
	{ "FDDI", FDDI, 0, 0, "50 eth aaaa03 000000" V4 },
	{ "Wi-Fi", WIFI, 0, 0, "0802 0000 020000000001 020000000002"
	  "020000000003 0000 aaaa03 000000" V4 },
	{ "Wi-Fi, QoS, four addresses", WIFI, 0, 0, "8803 0000 020000000001"
	  "020000000002 020000000003 0000 020000000004 0000 aaaa03 000000"
	  V6 },
	{ "Wi-Fi with radiotap", RADIOTAP, 0, 0, "00 00 0800 00000000"
	  "0802 0000 020000000001 020000000002 020000000003 0000"
	  "aaaa03 000000" V4 },
	{ "Endace, Ethernet, one extension", ERF, 0, 0, "0000000000000000"
	  "82 00 0000 0000 0000 0300000000000000 0000" E4 },
	{ "Endace, Infiniband", ERF, 0, 0, "0000000000000000 15 00 0000 0000"
	  "0000 0002000100000001 640000000000000000000000 0000000000000000"
	  "0800 0000 ip4=6 " HELLO },
	{ "Broadcom's tag", BRCM, 0, 0, "eth 40000000" V4 },
	{ "Broadcom's tag before", BRCM_BEFORE, 0, 0, "40000000" E4 },

	{ "802.3, SNAP", ETHERNET, 0, 0, "eth len aaaa03 000000" V4 },
	{ "802.3, LLC of IP", ETHERNET, 0, 0, "eth len 060603 ip4=6 " HELLO },
	{ "802.3, NLPID", ETHERNET, 0, 0, "eth len fefe03 cc ip4=6 " HELLO },
	{ "802.3, bridged Ethernet", ETHERNET, 0, 0,
	  "eth len aaaa03 0080c2 0007" E4 },
	{ "ISL", ETHERNET, 9, 0, "01000c000000 020000000001 0000 aaaa03"
	  "000002 0012 0000 0000" E4 },
	{ "VLAN", ETHERNET, 100, 0, "eth 8100 0064" V4 },
	{ "VLAN, only a priority", ETHERNET, 0, 0, "eth 8100 a000" V6 },
	{ "QinQ", ETHERNET, 2, 0, "eth 88a8 0001 8100 0002" V4 },
	{ "QinQinQ", ETHERNET, 3, 0, "eth 9100 0001 9200 0002 8100 0003" V6 },
	{ "Cisco metadata", ETHERNET, 0, 0, "eth 8909 0101 0001 0007" V4 },
	{ "VN tag", ETHERNET, 0, 0, "eth 8926 00000000" V4 },
	{ "802.1BR", ETHERNET, 0, 0, "eth 893f 000000000000" V4 },
	{ "802.1ah", ETHERNET, 0, 0, "eth 88e7 00000001" E4 },
	{ "HSR", ETHERNET, 0, 0, "eth 892f 00000000" V4 },
	{ "NSH, Ethernet", ETHERNET, 0, 0, "eth 894f 0fc6 0103 00000100"
	  "00000000000000000000000000000000" E4 },
	{ "NSH, IPv6", ETHERNET, 0, 0, "eth 894f 0fc2 0202 00000100 ip6=6 "
	  HELLO },
	{ "MACsec in clear, with channel", ETHERNET, 0, 0,
	  "eth 88e5 20 00 00000001 0200000000010001" V4 },
	{ "Ethernet in Ethernet", ETHERNET, 0, 0, "eth 6558" E4 },
	{ "MPLS, two labels", ETHERNET, 0, 1,
	  "eth 8847 00010040 00020140 ip4=6 " HELLO },
	{ "MPLS, IPv6", ETHERNET, 0, 1, "eth 8848 00020140 ip6=6 " HELLO },
	{ "MPLS, offloaded: no IP length", ETHERNET, 0, 1, "eth 8847 00020140"
	  "45000000 00070000 40060000 c0000201 c0000202 " HELLO },
	{ "MPLS, pseudowire", ETHERNET, 0, 1,
	  "eth 8847 00020140 00000000" E4 },
	{ "MPLS, pseudowire without control word", ETHERNET, 0, 1,
	  "eth 8847 00020140" E4 },
	{ "VLAN in a pseudowire", ETHERNET, 5, 1,
	  "eth 8847 00020140 00000000 eth 8100 0005" V4 },
	{ "PPPoE", ETHERNET, 0, 1, "eth 8864 1100 0001 len 0021 ip4=6 "
	  HELLO },
	{ "QinQ, PPPoE, IPv6", ETHERNET, 2, 1,
	  "eth 88a8 0001 8100 0002 8864 1100 0001 len 0057 ip6=6 " HELLO },

	{ "GRE", RAW, 0, 1, "ip4=47 0000" V4 },
	{ "GRE, all flags", RAW, 0, 1, "ip6=47 f000 86dd 00000000 00000001"
	  "00000002 0800 0004 0a000001 00000000 ip6=6 " HELLO },
	{ "GRE, Ethernet", RAW, 0, 1, "ip4=47 2000 6558 00000101" E4 },
	{ "GRE, PPTP", RAW, 0, 1, "ip4=47 3081 880b 00190001 00000001"
	  "00000002 ff03 0021 ip4=6 " HELLO },
	{ "GRE, WCCP 1", RAW, 0, 1, "ip4=47 0000 883e ip4=6 " HELLO },
	{ "GRE, WCCP 2", RAW, 0, 1, "ip4=47 0000 883e 00000000 ip4=6 "
	  HELLO },
	{ "ERSPAN I", RAW, 0, 1, "ip4=47 0000 88be" E4 },
	{ "ERSPAN II", RAW, 0, 1,
	  "ip4=47 1000 88be 00000001 1001000100000000" E4 },
	{ "ERSPAN III", RAW, 0, 1, "ip4=47 1000 22eb 00000001"
	  "20010001000000000000 8000" E4 },
	{ "ERSPAN III, subheader, VLAN", RAW, 9, 1, "ip4=47 1000 22eb"
	  "00000001 20010001000000000000 8001 0000000000000000"
	  " eth 8100 0009" V6 },
	{ "ERSPAN III, IP", RAW, 0, 1, "ip4=47 1000 22eb 00000001"
	  "20010001000000000000 0800 ip4=6 " HELLO },
	{ "IPv4 in IPv4", RAW, 0, 1, "ip4=4 ip4=6 " HELLO },
	{ "IPv6 in IPv4", RAW, 0, 1, "ip4=41 ip6=6 " HELLO },
	{ "IPv4 in IPv6", RAW, 0, 1, "ip6=4 ip4=6 " HELLO },
	{ "IPv6 in IPv6", RAW, 0, 1, "ip6=41 ip6=6 " HELLO },
	{ "Ethernet in IP", RAW, 0, 1, "ip4=97 3000" E4 },
	{ "MPLS in IP", RAW, 0, 2, "ip4=137 00020140 ip4=6 " HELLO },
	{ "authenticated", RAW, 0, 0, "ip4=51 06 04 0000 00000001 00000001"
	  "000000000000000000000000 " HELLO },
	{ "IPv6 with extensions", RAW, 0, 0, "ip6=0 2b00000000000000"
	  "3c02000000000000 00000000000000000000000000000000"
	  "0600000000000000 " HELLO },
	{ "IPv6, a fragment that is whole", RAW, 0, 0,
	  "ip6=44 06 00 0000 00000001 " HELLO },

	{ "VXLAN", RAW, 0, 1, "ip4=17 udp=4789 08000000 00000100" E4 },
	{ "VXLAN, Linux's port, VLAN", RAW, 8, 1,
	  "ip6=17 udp=8472 08000000 00000100 eth 8100 0008" V4 },
	{ "VXLAN with a group", RAW, 0, 1,
	  "ip4=17 udp=4789 88000007 00000100" E4 },
	{ "VXLAN-GPE", RAW, 0, 1,
	  "ip4=17 udp=4790 0c000001 00000100 ip4=6 " HELLO },
	{ "VXLAN-GPE, NSH", RAW, 0, 1, "ip4=17 udp=4790 0c000004 00000100"
	  " 0fc2 0203 00000100" E4 },
	{ "VXLAN in VXLAN", RAW, 0, 2, "ip4=17 udp=4789 08000000 00000100"
	  " eth 0800 ip4=17 udp=4789 08000000 00000200" E4 },
	{ "Geneve with an option", RAW, 0, 1,
	  "ip4=17 udp=6081 0200 6558 00000100 0000 01 01 00000000" E4 },
	{ "Geneve, IPv6", RAW, 0, 1,
	  "ip4=17 udp=6081 0000 86dd 00000100 ip6=6 " HELLO },
	{ "GTP-U", RAW, 0, 1, "ip4=17 udp=2152 30ff 002d 00000001 ip4=6 "
	  HELLO },
	{ "GTP-U with an extension", RAW, 0, 1, "ip4=17 udp=2152 34ff 0035"
	  "00000001 0000 00 85 01 100000 ip4=6 " HELLO },
	{ "Teredo", RAW, 0, 1, "ip4=17 udp=3544 ip6=6 " HELLO },
	{ "Teredo, authentication and origin", RAW, 0, 1,
	  "ip4=17 udp=3544 0001 00 00 0000000000000000 00"
	  "0000 0000 00000000 ip6=6 " HELLO },
	{ "TZSP", RAW, 0, 1, "ip4=17 udp=37008 01 00 0001 0a 01 7f 00 01"
	  E4 },
	{ "MPLS in UDP", RAW, 0, 2, "ip4=17 udp=6635 00020140 ip4=6 " HELLO },
	{ "GRE in PPPoE in VLAN", ETHERNET, 4, 2, "eth 8100 0004 8864 1100"
	  "0001 len 0021 ip4=47 0000" V4 },
};

static void check_opened(size_t i, const char *tail)
{
	struct layers l = { .count = 0 };
	struct packet p;
	enum decoded result;

	layers_add(&l, opened[i].frame);
	layers_end(&l);
	put_hex(&l.bytes, tail);
	result = decode_as(opened[i].link, all_of(&l.bytes), l.bytes.n, &p);
	ok(result == DECODED && p.sport == 5001 && p.dport == 80 &&
	    p.seq == 1 && p.ack == 2 && p.window == 0x2000 &&
	    p.tcp_flags == (TCP_ACK | TCP_PSH) && p.wire_len == 5 &&
	    slice_is(p.payload, "HELLO") && p.vlan == opened[i].vlan &&
	    p.tunnels == opened[i].tunnels, "%s%s", opened[i].name,
	    *tail ? ", padded" : "");
	survive(opened[i].link, all_of(&l.bytes));
}

static const struct {
	const char *name;
	int link;
	enum decoded want;
	uint8_t proto, tunnels;
	const char *frame;
} stood[] = {
	{ "ARP", ETHERNET, DECODED_OTHER, 0, 0, "eth 0806 0001" },
	{ "spanning tree", ETHERNET, DECODED_OTHER, 0, 0,
	  "eth 0026 424203 0000" },
	{ "PPPoE discovery", ETHERNET, DECODED_OTHER, 0, 0,
	  "eth 8863 1109 0000 0000" },
	{ "PPP negotiation", PPP, DECODED_OTHER, 0, 0, "ff03 c021 01010004" },
	{ "MACsec", ETHERNET, DECODED_UNKNOWN, 0, 0,
	  "eth 88e5 2c 00 00000001 0200000000010001 1234" },
	{ "no ethertype known", ETHERNET, DECODED_UNKNOWN, 0, 0, "eth fafa" },
	{ "no link type known", 189, DECODED_UNKNOWN, 0, 0, "00" },
	{ "Wi-Fi, encrypted", WIFI, DECODED_UNKNOWN, 0, 0,
	  "0842 0000 020000000001 020000000002 020000000003 0000 00000000" },
	{ "ARP in VXLAN", RAW, DECODED_OTHER, 0, 1,
	  "ip4=17 udp=4789 08000000 00000100 eth 0806 0001" },
	{ "no ethertype known, in VXLAN", RAW, DECODED_UNKNOWN, 0, 1,
	  "ip4=17 udp=4789 08000000 00000100 eth fafa" },
	{ "no ethertype known, in VXLAN with a group", RAW, DECODED, 17, 0,
	  "ip4=17 udp=4789 88000007 00000100 eth fafa" },
	{ "no ethertype known, in Geneve", RAW, DECODED_UNKNOWN, 0, 1,
	  "ip4=17 udp=6081 00006558 00000100 eth fafa" },
	{ "no ethertype known, in ERSPAN II", RAW, DECODED_UNKNOWN, 0, 1,
	  "ip4=47 1000 88be 00000001 1000000100000000 eth fafa" },
	{ "no ethertype known, in ERSPAN III", RAW, DECODED_UNKNOWN, 0, 1,
	  "ip4=47 1000 22eb 00000001 200100010000000000000000 eth fafa" },
	{ "VXLAN's port, something else", RAW, DECODED, 17, 0,
	  "ip4=17 udp=4789 00112233445566778899" },
	{ "GTP-U's port, something else", RAW, DECODED, 17, 0,
	  "ip4=17 udp=2152 30ff 0004 00000001 48454c50" },
	{ "GTP-U, an echo", RAW, DECODED, 17, 0,
	  "ip4=17 udp=2152 3201 0004 00000000 00010000" },
	{ "Teredo, a bubble cut", RAW, DECODED, 17, 0,
	  "ip4=17 udp=3544 6000000000003b" },
	{ "GRE keepalive", RAW, DECODED, 47, 0, "ip4=47 0000 0000" },
	{ "GRE of an unknown protocol", RAW, DECODED, 47, 0,
	  "ip4=47 0000 fafa 0102" },
	{ "PPTP, encrypted", RAW, DECODED, 47, 0,
	  "ip4=47 3001 880b 00040001 00000001 ff03 00fd 9000" },
	{ "ERSPAN III of an unknown kind", RAW, DECODED, 47, 0,
	  "ip4=47 1000 22eb 00000001 20010001000000000000 1c00 00112233" },
	{ "IP in IP, garbage inside", RAW, DECODED, 4, 0, "ip4=4 ffffffff" },
	{ "encrypted payload", RAW, DECODED, 50, 0, "ip4=50 00000001 00000001" },
	{ "no next header", RAW, DECODED, 59, 0, "ip6=59" },
	{ "IP header too short", RAW, DECODED_BAD, 0, 0,
	  "44000014 00000000 40060000 0a000001 0a000002" },
	{ "IP length below the header", RAW, DECODED_BAD, 0, 0,
	  "45000013 00000000 40060000 0a000001 0a000002" },
	{ "TCP offset below the header", RAW, DECODED_BAD, 0, 0,
	  "ip4=6 13890050 00000001 00000002 40182000 00000000" },
	{ "TCP offset behind the packet", RAW, DECODED_BAD, 0, 0,
	  "ip4=6 13890050 00000001 00000002 60182000 00000000" },
};

static void check_stood(size_t i)
{
	struct layers l = { .count = 0 };
	enum decoded result;
	struct packet p;

	layers_add(&l, stood[i].frame);
	layers_end(&l);
	result = decode_as(stood[i].link, all_of(&l.bytes), l.bytes.n, &p);
	ok(result == stood[i].want && (result != DECODED ||
	    (p.proto == stood[i].proto && p.tunnels == stood[i].tunnels)),
	    "%s", stood[i].name);
	survive(stood[i].link, all_of(&l.bytes));
}

static void check_depth(void)
{
	uint64_t before = decoder_counts(decoder)->too_deep;
	struct layers l = { .count = 0 };
	struct packet p;

	for (int i = 0; i < 9; i++)
		layers_add(&l, "ip4=4");
	layers_add(&l, "ip4=6 " HELLO);
	layers_end(&l);
	ok(decode_as(RAW, all_of(&l.bytes), l.bytes.n, &p) == DECODED &&
	    p.proto == 4 && p.tunnels == DECODE_DEPTH &&
	    decoder_counts(decoder)->too_deep == before + 1,
	    "nine tunnels: the eighth inside stands");
}

static void check_lengths(void)
{
	static const char frame[] = "eth 0800 ip4=6 " HELLO;
	struct layers l = { .count = 0 };
	struct packet p;

	layers_add(&l, frame);
	layers_end(&l);
	ok(decode_as(ETHERNET, slice_of(l.bytes.b, 54), l.bytes.n, &p) ==
	    DECODED && p.wire_len == 5 && p.ip_len == 45 &&
	    p.payload.n == 0 && !slice_short(p.payload),
	    "a snaplen changes the payload, not its length");
	ok(decode_as(ETHERNET, slice_of(l.bytes.b, 45), l.bytes.n, &p) ==
	    DECODED && p.wire_len == 5 && p.seq == 1 && p.tcp_flags == 0,
	    "half a TCP header: the sequence number is there");
	ok(decode_as(ETHERNET, slice_of(l.bytes.b, 48), 48, &p) == DECODED &&
	    p.tcp_flags == (TCP_ACK | TCP_PSH) && p.wire_len == 5,
	    "the length is the IP header's, whatever the file says");
	patch16(&l.bytes, 16, 0);
	put_zeros(&l.bytes, sizeof(l.bytes.b) - l.bytes.n);
	ok(decode_as(ETHERNET, all_of(&l.bytes), l.bytes.n, &p) == DECODED &&
	    p.wire_len == l.bytes.n - 54 && p.payload.n == p.wire_len,
	    "a length of 0 is the frame's: %u bytes", p.wire_len);
}

static void check_fields(void)
{
	static const struct {
		const char *name, *frame;
		uint16_t sport;
		uint8_t shift;
		uint32_t wire_len;
	} cases[] = {
		{ "window scale of a SYN", "ip4=6 13890050 00000001 00000000"
		  "80022000 00000000 020405b4 01030307 01010000", 5001, 7,
		  0 },
		{ "no window scale", "ip4=6 13890050 00000001 00000000"
		  "60022000 00000000 020405b4", 5001, NO_WINDOW_SHIFT, 0 },
		{ "a window scale too large", "ip4=6 13890050 00000001"
		  "00000000 60122000 00000000 0303ff00", 5001, 14, 0 },
		{ "options that never end", "ip4=6 13890050 00000001 00000000"
		  "60022000 00000000 02000000", 5001, NO_WINDOW_SHIFT, 0 },
		{ "UDP, padded inside IP", "ip4=17 1389 0035 000d 0000"
		  "48454c4c4f 000000", 5001, NO_WINDOW_SHIFT, 5 },
		{ "UDP with a length too long", "ip4=17 1389 0035 ffff 0000"
		  "48454c4c4f", 5001, NO_WINDOW_SHIFT, 5 },
		{ "SCTP", "ip4=132 1389 0050 00000000 00000000", 5001,
		  NO_WINDOW_SHIFT, 12 },
		{ "ICMP has no ports", "ip4=1 0800 0000 0001 0001", 0,
		  NO_WINDOW_SHIFT, 8 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct layers l = { .count = 0 };
		struct packet p;

		layers_add(&l, cases[i].frame);
		layers_end(&l);
		ok(decode_as(RAW, all_of(&l.bytes), l.bytes.n, &p) ==
		    DECODED && p.sport == cases[i].sport &&
		    p.window_shift == cases[i].shift &&
		    p.wire_len == cases[i].wire_len, "%s", cases[i].name);
		survive(RAW, all_of(&l.bytes));
	}
}

static void check_checksum(void)
{
	static const char good[] = "45000014 00000000 40010000 0a000001"
	    "0a000002";
	struct bytes t = { .n = 0 };
	uint64_t before = decoder_counts(decoder)->bad_checksum;
	struct packet p;

	put_hex(&t, good);
	(void)decode_as(RAW, all_of(&t), t.n, &p);
	patch16(&t, 10, 0x66e7);
	(void)decode_as(RAW, all_of(&t), t.n, &p);
	ok(decoder_counts(decoder)->bad_checksum == before,
	    "a right checksum, and none");
	patch16(&t, 10, 0x66e8);
	ok(decode_as(RAW, all_of(&t), t.n, &p) == DECODED &&
	    decoder_counts(decoder)->bad_checksum == before + 1,
	    "a wrong checksum is counted, and decoded");
}

int main(void)
{
	decoder = decoder_new();
	if (decoder == NULL)
		errx(1, "no memory");
	for (size_t i = 0; i < sizeof(opened) / sizeof(opened[0]); i++)
		check_opened(i, "");
	check_opened(0, "000000000000");
	for (size_t i = 0; i < sizeof(stood) / sizeof(stood[0]); i++)
		check_stood(i);
	check_depth();
	check_lengths();
	check_fields();
	check_checksum();
	decoder_free(decoder);
	return tap_done();
}
