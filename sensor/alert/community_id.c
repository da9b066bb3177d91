/*
 * community_id.c - Community ID v1: one name for a flow in every tool.
 *
 * "1:" and the base64 of SHA-1 over seed (0), the two ends in order, the
 * protocol, a zero byte and the ports, all in network order, so that Zeek's,
 * Suricata's and Arkime's records can be joined with ours.
 * https://github.com/corelight/community-id-spec
 */
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>

#include "alert/record.h"

struct end {
	struct slice ip;		/* 4 or 16 bytes */
	uint16_t port;
};

static struct end end_of(const struct addr *a, uint16_t port)
{
	struct slice ip = slice_of(a->b, sizeof(a->b));

	if (addr_is_v4(a))
		slice_skip(&ip, 12);
	return (struct end){ ip, port };
}

static bool end_before(const struct end *a, const struct end *b)
{
	int order = memcmp(a->ip.p, b->ip.p, a->ip.n);

	return order != 0 ? order < 0 : a->port < b->port;
}

const char *community_id(const struct event *ev, char *text)
{
	struct end a = end_of(&ev->client, ev->client_port);
	struct end b = end_of(&ev->server, ev->server_port);
	unsigned char in[2 + 16 + 16 + 2 + 4] = { 0 };
	unsigned char digest[SHA_DIGEST_LENGTH];
	size_t n = 2;

	text[0] = '\0';
	if (a.ip.n != b.ip.n || (ev->proto != IPPROTO_TCP &&
	    ev->proto != IPPROTO_UDP && ev->proto != IPPROTO_SCTP))
		return text;
	if (end_before(&b, &a)) {
		struct end swap = a;

		a = b;
		b = swap;
	}
	memcpy(in + n, a.ip.p, a.ip.n);
	memcpy(in + n + a.ip.n, b.ip.p, b.ip.n);
	n += 2 * a.ip.n;
	in[n] = ev->proto;
	in[n + 2] = (unsigned char)(a.port >> 8);
	in[n + 3] = (unsigned char)a.port;
	in[n + 4] = (unsigned char)(b.port >> 8);
	in[n + 5] = (unsigned char)b.port;
	SHA1(in, n + 6, digest);
	memcpy(text, "1:", 2);
	EVP_EncodeBlock((unsigned char *)text + 2, digest, sizeof(digest));
	return text;
}
