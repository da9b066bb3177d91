/*
 * multiply.c - many offices out of one: a capture, several times over.
 *
 * multiply IN OUT COPIES
 *
 * Reads a classic Ethernet pcap whole and writes it COPIES times with other
 * addresses each time: of a pair the private addresses change; if there are
 * none (or with IPv6) the low bits of both do.  So servers stay who they
 * are, and every copy has flows of its own.  Checksums are kept as right or
 * wrong as they were.  GROUP copies run interleaved, as on a busy link;
 * gaps longer than a second are closed.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pcap_out.h"

enum { GROUP = 8, GAP_US = 1000000, ETHERNET = 14 };

struct frame {
	int64_t at_us;			/* from the start */
	uint32_t caplen, len;
	const uint8_t *bytes;
};

struct capture {
	uint8_t *file;
	struct frame *frames;
	size_t n, room;
	int64_t span_us;
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* RFC 1624: a checksum after one 16-bit word it covers has changed. */
static void amend(uint8_t *sum, uint16_t was, uint16_t is)
{
	uint32_t v;

	if (sum == NULL)
		return;
	v = (uint32_t)(uint16_t)~get16(sum) + (uint16_t)~was + is;
	v = (v & 0xffff) + (v >> 16);
	v = (v & 0xffff) + (v >> 16);
	put16(sum, (uint16_t)~v);
}

static void set16(uint8_t *p, uint16_t v, uint8_t *sum1, uint8_t *sum2)
{
	amend(sum1, get16(p), v);
	amend(sum2, get16(p), v);
	put16(p, v);
}

static bool is_private(const uint8_t *a)
{
	return a[0] == 10 || (a[0] == 192 && a[1] == 168) ||
	    (a[0] == 172 && (a[1] & 0xf0) == 16);
}

/* The checksum of TCP or UDP, when it is there and used. */
static uint8_t *l4_sum(uint8_t *l4, size_t n, uint8_t proto)
{
	if (proto == 6 && n >= 18)
		return l4 + 16;
	if (proto == 17 && n >= 8 && get16(l4 + 6) != 0)
		return l4 + 6;
	return NULL;
}

static void move_v4(uint8_t *ip, size_t n, unsigned int copy)
{
	size_t head = (size_t)(ip[0] & 15) * 4;
	bool both, first = (get16(ip + 6) & 0x1fff) == 0;
	uint8_t *sum;

	if (n < 20 || n < head)
		return;
	sum = first ? l4_sum(ip + head, n - head, ip[9]) : NULL;
	both = !is_private(ip + 12) && !is_private(ip + 16);
	for (uint8_t *a = ip + 12; a <= ip + 16; a += 4) {
		if (a[0] >= 224 || (!both && !is_private(a)))
			continue;
		if (both) {
			set16(a + 2, (uint16_t)(get16(a + 2) ^ copy),
			    ip + 10, sum);
		} else {
			/* 10.copy.x.y; which private net it was goes in too */
			set16(a, (uint16_t)(10 << 8 | ((a[0] + a[1] + copy) &
			    0xff)), ip + 10, sum);
		}
	}
}

static void move_v6(uint8_t *ip, size_t n, unsigned int copy)
{
	uint8_t *sum;

	if (n < 40)
		return;
	sum = l4_sum(ip + 40, n - 40, ip[6]);
	for (uint8_t *a = ip + 8; a <= ip + 24; a += 16)
		if (a[0] != 0xff)
			set16(a + 10, (uint16_t)(get16(a + 10) ^ copy), NULL,
			    sum);
}

static void move(uint8_t *frame, size_t n, unsigned int copy)
{
	size_t at = ETHERNET;

	if (n < ETHERNET + 4)
		return;
	if (get16(frame + 12) == 0x8100)
		at += 4;
	if (n <= at)
		return;
	if (get16(frame + at - 2) == 0x0800)
		move_v4(frame + at, n - at, copy);
	else if (get16(frame + at - 2) == 0x86dd)
		move_v6(frame + at, n - at, copy);
}

static void slurp(struct capture *c, const char *path)
{
	FILE *f = fopen(path, "rb");
	long size;

	if (f == NULL || fseek(f, 0, SEEK_END) == -1 || (size = ftell(f)) < 0)
		err(1, "%s", path);
	rewind(f);
	c->file = malloc((size_t)size + 1);
	if (c->file == NULL || fread(c->file, 1, (size_t)size, f) !=
	    (size_t)size)
		err(1, "%s", path);
	fclose(f);
	c->room = (size_t)size;
}

static void add(struct capture *c, const struct pcap_record *r,
    const uint8_t *bytes, int64_t *last_us)
{
	int64_t at_us = (int64_t)r->s * 1000000 + r->us;
	int64_t step = c->n == 0 ? 0 : at_us - *last_us;

	*last_us = at_us;
	if (step < 0 || step > GAP_US)
		step = GAP_US;
	c->span_us += step;
	if ((c->n & (c->n + 1)) == 0) {
		c->frames = realloc(c->frames,
		    (c->n + 1) * 2 * sizeof(*c->frames));
		if (c->frames == NULL)
			err(1, "realloc");
	}
	c->frames[c->n++] = (struct frame){ c->span_us, r->caplen, r->len,
		bytes };
}

static void parse(struct capture *c, const char *path)
{
	struct pcap_head head;
	struct pcap_record r;
	size_t at = sizeof(head);
	int64_t last_us = 0;

	if (c->room < sizeof(head))
		errx(1, "%s: too short", path);
	memcpy(&head, c->file, sizeof(head));
	if (head.magic != 0xa1b2c3d4 || head.link != 1)
		errx(1, "%s: not a classic Ethernet pcap", path);
	while (c->room - at >= sizeof(r)) {
		memcpy(&r, c->file + at, sizeof(r));
		at += sizeof(r);
		if (r.caplen > c->room - at)
			errx(1, "%s: cut off", path);
		add(c, &r, c->file + at, &last_us);
		at += r.caplen;
	}
}

static void copy_group(const struct capture *c, FILE *out, unsigned int from,
    unsigned int to, int64_t at_us)
{
	static uint8_t frame[1 << 18];

	for (size_t i = 0; i < c->n; i++)
		for (unsigned int copy = from; copy < to; copy++) {
			const struct frame *f = &c->frames[i];

			if (f->caplen > sizeof(frame))
				continue;
			memcpy(frame, f->bytes, f->caplen);
			move(frame, f->caplen, copy);
			pcap_put(out, at_us + f->at_us + (int64_t)(copy - from),
			    frame, f->caplen, f->len);
		}
}

int main(int argc, char **argv)
{
	struct capture c = { 0 };
	int64_t at_us = 1772528400LL * 1000000;
	unsigned int copies;
	FILE *out;

	if (argc != 4)
		errx(1, "usage: multiply IN OUT COPIES");
	copies = (unsigned int)strtoul(argv[3], NULL, 10);
	slurp(&c, argv[1]);
	parse(&c, argv[1]);
	out = pcap_create(argv[2]);
	for (unsigned int from = 0; from < copies; from += GROUP) {
		unsigned int to = from + GROUP < copies ? from + GROUP :
		    copies;

		copy_group(&c, out, from, to, at_us);
		at_us += c.span_us + GAP_US;
	}
	if (fclose(out) == EOF)
		err(1, "%s", argv[2]);
	free(c.frames);
	free(c.file);
	return 0;
}
