/*
 * layers.h - stacks of headers for tests, written as words.
 *
 *	"eth 0800 ip4=47 20000800 00000001"
 *
 * Hexadecimal digits stand for themselves.  "eth" is a pair of addresses,
 * ip4=N and ip6=N a header that carries protocol N, udp=PORT one to that
 * port, "len" two bytes: the length of what follows.  Lengths are filled in
 * over all that stands behind, up to what layers_end() is called with.
 */
#ifndef TESTS_UNIT_LAYERS_H
#define TESTS_UNIT_LAYERS_H

#include "bytes.h"

struct layers {
	struct bytes bytes;
	struct { size_t at, from; } lengths[16];
	int count;
};

static inline void length_here(struct layers *l, size_t before)
{
	if (l->count == 16)
		errx(1, "too many lengths");
	l->lengths[l->count].at = l->bytes.n;
	l->lengths[l->count++].from = l->bytes.n + 2 - before;
	put_n(&l->bytes, 0, 2);
}

static inline void layer_ip4(struct layers *l, unsigned proto)
{
	put_hex(&l->bytes, "4500");
	length_here(l, 4);
	put_hex(&l->bytes, "00070000 40");
	put_n(&l->bytes, proto, 1);
	put_hex(&l->bytes, "0000 c0000201 c0000202");
}

static inline void layer_ip6(struct layers *l, unsigned proto)
{
	put_hex(&l->bytes, "60000000");
	length_here(l, 0);
	put_n(&l->bytes, proto, 1);
	put_hex(&l->bytes, "40 20010db8000000000000000000000001"
	    "20010db8000000000000000000000002");
	l->lengths[l->count - 1].from = l->bytes.n;
}

static inline void layer_udp(struct layers *l, unsigned port)
{
	put_n(&l->bytes, 49152, 2);
	put_n(&l->bytes, port, 2);
	length_here(l, 6);
	put_n(&l->bytes, 0, 2);
}

static inline void layers_add(struct layers *l, const char *words)
{
	char word[128];
	int used;

	while (sscanf(words, " %127s%n", word, &used) == 1) {
		const char *value = strchr(word, '=');
		unsigned n = value ? (unsigned)atoi(value + 1) : 0;

		words += used;
		if (strcmp(word, "eth") == 0)
			put_hex(&l->bytes, "020000000002020000000001");
		else if (strncmp(word, "ip4=", 4) == 0)
			layer_ip4(l, n);
		else if (strncmp(word, "ip6=", 4) == 0)
			layer_ip6(l, n);
		else if (strncmp(word, "udp=", 4) == 0)
			layer_udp(l, n);
		else if (strcmp(word, "len") == 0)
			length_here(l, 0);
		else
			put_hex(&l->bytes, word);
	}
}

static inline void layers_end(struct layers *l)
{
	for (int i = 0; i < l->count; i++)
		patch16(&l->bytes, l->lengths[i].at,
		    l->bytes.n - l->lengths[i].from);
	l->count = 0;
}

#endif
