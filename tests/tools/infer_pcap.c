/*
 * infer_pcap.c - sensor/infer/ alone on a capture file, for measuring it.
 *
 * infer_pcap [--snaplen N] [--loss P] [--seed N] [--one-way up|down] FILE
 *
 * Prints one `transfer` record a line, as weir does, plus what infer knows
 * of each flow with --flows.  Impairments are made while reading: a shorter
 * snaplen, packets missing at random, one direction missing.  Reads Ethernet
 * and raw IPv4/IPv6 without tunnels; weir itself does the rest.
 */
#include <getopt.h>
#include <inttypes.h>
#include <zlib.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/addr.h"
#include "base/table.h"
#include "infer/infer.h"

struct key {
	uint8_t low[16], high[16];
	uint16_t low_port, high_port;
	uint8_t proto, zero[3];
};

struct track {				/* one flow */
	uint8_t client[16], server[16];
	uint16_t client_port, server_port;
	uint8_t proto;
	bool v6, syn, started;
	uint32_t syn_seq;
	struct infer *infer;
	struct tool *tool;
};

struct tool {
	struct table flows;
	struct infer_room *room;
	uint32_t snaplen;
	double loss;
	int one_way;			/* -1: both */
	bool show_flows;
};

struct ip {				/* one packet */
	int64_t at_us;
	uint8_t src[16], dst[16];
	uint16_t sport, dport;
	uint8_t proto, flags;
	bool v6;
	uint32_t seq, ack, wire_len;
	uint16_t window;
	struct slice payload;
};

static void print_addr(const uint8_t *a, bool v6)
{
	if (!v6)
		printf("%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
	else
		for (int n = 0; n < 16; n += 2)
			printf("%s%x", n ? ":" : "", a[n] << 8 | a[n + 1]);
}

static void print_time(const char *name, int64_t us)
{
	time_t s = us / 1000000;
	struct tm tm;
	char text[32];

	gmtime_r(&s, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	printf("\"%s\":\"%s.%06dZ\",", name, text, (int)(us % 1000000));
}

static void print_found(const struct found *f, void *arg)
{
	const struct track *t = arg;
	static const char *methods[] = { "none", "tls-records", "quic",
		"segments", "clear", "usb-scsi", "smb", "flow-bytes",
		"endpoint" };

	if (f->progress)
		return;
	printf("{\"type\":\"transfer\",");
	print_time("start", f->start_us);
	print_time("end", f->end_us);
	printf("\"l4\":\"%s\",\"client_ip\":\"", t->proto == 6 ? "tcp" :
	    "udp");
	print_addr(t->client, t->v6);
	printf("\",\"client_port\":%u,\"server_ip\":\"", t->client_port);
	print_addr(t->server, t->v6);
	printf("\",\"server_port\":%u,\"direction\":\"%s\"", t->server_port,
	    f->dir == UP ? "upload" : "download");
	printf(",\"bytes\":%" PRIu64 ",\"wire_bytes\":%" PRIu64
	    ",\"count\":%u,\"count_lo\":%u,\"count_hi\":%u,\"largest\":%"
	    PRIu64 ",\"method\":\"%s\",\"confidence\":%u}\n", f->bytes,
	    f->wire_bytes, f->count, f->count_lo, f->count_hi, f->largest,
	    methods[f->method], f->sureness);
}

static void end_flow(void *value, void *arg)
{
	struct track *t = value;
	struct tool *tool = arg;
	struct infer_stats st;

	if (t->infer == NULL)
		return;
	infer_end(t->infer, print_found, t);
	st = infer_stats(t->infer);
	if (tool->show_flows) {
		printf("{\"type\":\"infer\",\"client_ip\":\"");
		print_addr(t->client, t->v6);
		printf("\",\"client_port\":%u,\"server_port\":%u,\"volume\":%"
		    PRIu64 ",\"reported\":%" PRIu64 ",\"media\":%" PRIu64
		    ",\"small\":%" PRIu64 ",\"requests\":%u}\n",
		    t->client_port, t->server_port, st.volume, st.reported,
		    st.media, st.small, st.requests);
	}
	free(t->infer);
	t->infer = NULL;
}

static bool read_l4(struct ip *p, struct slice s, uint32_t wire)
{
	uint32_t header = 8;

	p->sport = slice_u16(&s);
	p->dport = slice_u16(&s);
	if (p->proto == 6) {
		p->seq = slice_u32(&s);
		p->ack = slice_u32(&s);
		header = (uint32_t)(slice_u8(&s) >> 4) * 4;
		p->flags = slice_u8(&s);
		p->window = slice_u16(&s);
		slice_skip(&s, header > 16 ? header - 16 : 0);
	} else {
		slice_skip(&s, 4);
	}
	if (slice_short(s) || wire < header)
		return false;
	p->wire_len = wire - header;
	p->payload = slice_head(s, p->wire_len);
	return true;
}

static bool read_ip(struct ip *p, struct slice s)
{
	struct slice at = s;
	uint8_t first = slice_u8(&at);
	uint32_t total, header;

	if (first >> 4 == 4) {
		header = (uint32_t)(first & 15) * 4;
		slice_skip(&at, 1);
		total = slice_u16(&at);
		slice_skip(&at, 5);
		p->proto = slice_u8(&at);
		slice_skip(&at, 2);
		for (int n = 0; n < 8; n++)
			(n < 4 ? p->src : p->dst)[n % 4] = slice_u8(&at);
		slice_skip(&at, header > 20 ? header - 20 : 0);
		if (total < header)
			return false;
		total -= header;
	} else if (first >> 4 == 6) {
		p->v6 = true;
		slice_skip(&at, 3);
		total = slice_u16(&at);
		p->proto = slice_u8(&at);
		slice_skip(&at, 1);
		for (int n = 0; n < 32; n++)
			(n < 16 ? p->src : p->dst)[n % 16] = slice_u8(&at);
	} else {
		return false;
	}
	if (p->proto != 6 && p->proto != 17)
		return false;
	return !slice_short(at) && read_l4(p, at, total);
}

static bool read_link(struct ip *p, struct slice s, uint32_t link)
{
	uint16_t type;

	if (link == 101)
		return read_ip(p, s);
	if (link == 113) {
		slice_skip(&s, 16);
		return read_ip(p, s);
	}
	if (link != 1)
		return false;
	slice_skip(&s, 12);
	type = slice_u16(&s);
	if (type == 0x8100) {
		slice_skip(&s, 2);
		type = slice_u16(&s);
	}
	return (type == 0x0800 || type == 0x86dd) && read_ip(p, s);
}

static struct track *find(struct tool *tool, const struct ip *p,
    enum dir *dir)
{
	struct key k = { .proto = p->proto };
	bool src_low = memcmp(p->src, p->dst, 16) < 0 ||
	    (memcmp(p->src, p->dst, 16) == 0 && p->sport < p->dport);
	struct track *t;
	bool fresh, src_client;

	memcpy(k.low, src_low ? p->src : p->dst, 16);
	memcpy(k.high, src_low ? p->dst : p->src, 16);
	k.low_port = src_low ? p->sport : p->dport;
	k.high_port = src_low ? p->dport : p->sport;
	t = table_make(&tool->flows, &k, &fresh);
	if (!fresh && p->flags & TCP_SYN && !(p->flags & TCP_ACK) &&
	    t->started && p->seq != t->syn_seq) {
		end_flow(t, tool);
		memset(t, 0, sizeof(*t));
		fresh = true;
	}
	if (fresh) {
		src_client = p->flags & TCP_SYN ? !(p->flags & TCP_ACK) :
		    p->sport > p->dport;
		t->syn = p->flags & TCP_SYN;
		t->syn_seq = p->seq;
		t->v6 = p->v6;
		t->proto = p->proto;
		t->tool = tool;
		memcpy(t->client, src_client ? p->src : p->dst, 16);
		memcpy(t->server, src_client ? p->dst : p->src, 16);
		t->client_port = src_client ? p->sport : p->dport;
		t->server_port = src_client ? p->dport : p->sport;
	}
	*dir = memcmp(p->src, t->client, 16) == 0 &&
	    p->sport == t->client_port ? UP : DOWN;
	return t;
}

static bool start(struct tool *tool, struct track *t, const struct ip *p)
{
	struct infer_start how = { .midstream = !t->syn, .room = tool->room };
	struct slice s = p->payload;
	uint8_t first = slice_u8(&s);
	uint16_t second = slice_u16(&s);

	if (p->proto == 17 && (!(first & 0x80) || slice_u16(&s) == 0x5354))
		return false;
	how.wire = p->proto == 17 ? WIRE_QUIC :
	    (first >= 20 && first <= 23 && second >> 8 == 3) ||
	    (!t->syn && t->server_port == 443) ? WIRE_TLS : WIRE_OPAQUE;
	t->infer = calloc(1, infer_size());
	if (t->infer == NULL)
		err(1, "calloc");
	infer_init(t->infer, &how);
	return true;
}

static void see_packet(struct tool *tool, const struct ip *p)
{
	struct segment s = { .at_us = p->at_us, .flags = p->flags,
		.seq = p->seq, .ack = p->ack, .window = p->window,
		.wire_len = p->wire_len, .data = p->payload };
	struct track *t = find(tool, p, &s.dir);

	if (tool->one_way >= 0 && s.dir != (enum dir)tool->one_way)
		return;
	if (!t->started && p->wire_len > 0) {
		t->started = true;
		start(tool, t, p);
	}
	if (t->infer != NULL)
		infer_segment(t->infer, &s, print_found, t);
}

static uint32_t u32_of(const uint8_t *b, bool swap)
{
	uint32_t v;

	memcpy(&v, b, 4);
	return swap ? __builtin_bswap32(v) : v;
}

static void read_file(struct tool *tool, const char *path)
{
	static uint8_t data[1 << 18];
	uint8_t head[24];
	gzFile f = gzopen(path, "rb");
	uint32_t magic, link;
	bool swap, nano;

	if (f == NULL || gzread(f, head, 24) != 24)
		err(1, "%s", path);
	magic = u32_of(head, false);
	swap = magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1;
	nano = magic == 0xa1b23c4d || magic == 0x4d3cb2a1;
	if (!swap && !nano && magic != 0xa1b2c3d4)
		errx(1, "%s: not a pcap file", path);
	link = u32_of(head + 20, swap);
	while (gzread(f, head, 16) == 16) {
		uint32_t cap = u32_of(head + 8, swap);
		struct ip p = { .at_us = (int64_t)u32_of(head, swap) *
			1000000 + u32_of(head + 4, swap) / (nano ? 1000 :
			1) };

		if (cap > sizeof(data) || gzread(f, data, cap) != (int)cap)
			errx(1, "%s: damaged", path);
		if (tool->loss > 0 && drand48() < tool->loss)
			continue;
		if (tool->snaplen && cap > tool->snaplen)
			cap = tool->snaplen;
		if (read_link(&p, slice_of(data, cap), link))
			see_packet(tool, &p);
	}
	gzclose(f);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "snaplen", required_argument, NULL, 's' },
		{ "loss", required_argument, NULL, 'l' },
		{ "seed", required_argument, NULL, 'e' },
		{ "one-way", required_argument, NULL, 'o' },
		{ "flows", no_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 } };
	struct tool tool = { .one_way = -1 };
	int c;

	srand48(1);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 's': tool.snaplen = (uint32_t)atoi(optarg); break;
		case 'l': tool.loss = atof(optarg); break;
		case 'e': srand48(atol(optarg)); break;
		case 'o': tool.one_way = optarg[0] == 'u' ? UP : DOWN; break;
		case 'f': tool.show_flows = true; break;
		default: return 2;
		}
	if (optind + 1 != argc)
		errx(2, "usage: infer_pcap [options] FILE");
	if (!table_init(&tool.flows, sizeof(struct key), sizeof(struct track),
	    1 << 16) || (tool.room = infer_room_new(1 << 12)) == NULL)
		err(1, "memory");
	read_file(&tool, argv[optind]);
	for (void *t = table_oldest(&tool.flows); t != NULL;
	    t = table_newer(&tool.flows, t))
		end_flow(t, &tool);
	infer_room_free(tool.room);
	table_free(&tool.flows);
	return 0;
}
