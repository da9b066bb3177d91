/*
 * count.c - the least a program can do with a capture: libpcap, and count.
 *
 * count [--buffered] FILE
 *
 * As libpcap reads a file by itself, or with a stdio buffer of 1 MiB.
 */
#include <pcap.h>

#include <err.h>
#include <inttypes.h>
#include <string.h>

struct sum {
	uint64_t packets, bytes;
};

static void one(u_char *arg, const struct pcap_pkthdr *h, const u_char *bytes)
{
	struct sum *s = (struct sum *)(void *)arg;

	(void)bytes;
	s->packets++;
	s->bytes += h->len;
}

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	struct sum sum = { 0, 0 };
	int buffered = argc == 3 && strcmp(argv[1], "--buffered") == 0;
	FILE *f;
	pcap_t *p;

	if (argc != 2 + buffered)
		errx(1, "usage: count [--buffered] FILE");
	f = fopen(argv[argc - 1], "rb");
	if (f == NULL)
		err(1, "%s", argv[argc - 1]);
	if (buffered)
		setvbuf(f, NULL, _IOFBF, 1 << 20);
	p = pcap_fopen_offline(f, error);
	if (p == NULL)
		errx(1, "%s", error);
	if (pcap_loop(p, -1, one, (u_char *)&sum) < 0)
		errx(1, "%s", pcap_geterr(p));
	pcap_close(p);
	printf("%" PRIu64 " packets, %" PRIu64 " bytes\n", sum.packets,
	    sum.bytes);
	return 0;
}
