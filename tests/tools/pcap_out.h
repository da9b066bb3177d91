/*
 * pcap_out.h - write a classic Ethernet pcap, for generators of traffic.
 */
#ifndef TOOLS_PCAP_OUT_H
#define TOOLS_PCAP_OUT_H

#include <err.h>
#include <stdint.h>
#include <stdio.h>

struct pcap_head {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, sigfigs, snaplen, link;
};

struct pcap_record {
	uint32_t s, us, caplen, len;
};

static inline FILE *pcap_create(const char *path)
{
	const struct pcap_head head = { 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1 };
	FILE *f = fopen(path, "wb");

	if (f == NULL)
		err(1, "%s", path);
	setvbuf(f, NULL, _IOFBF, 1 << 20);
	if (fwrite(&head, sizeof(head), 1, f) != 1)
		err(1, "%s", path);
	return f;
}

static inline void pcap_put(FILE *f, int64_t at_us, const void *frame,
    uint32_t caplen, uint32_t len)
{
	const struct pcap_record r = { (uint32_t)(at_us / 1000000),
		(uint32_t)(at_us % 1000000), caplen, len };

	if (fwrite(&r, sizeof(r), 1, f) != 1 ||
	    fwrite(frame, 1, caplen, f) != caplen)
		err(1, "write");
}

#endif
