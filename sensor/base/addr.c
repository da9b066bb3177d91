/*
 * addr.c - addresses and prefixes: text, classes, membership.
 */
#include "base/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/text.h"

static const uint8_t v4_head[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255 };

struct addr addr_v4(const uint8_t b[4])
{
	struct addr a;

	memcpy(a.b, v4_head, 12);
	memcpy(a.b + 12, b, 4);
	return a;
}

bool addr_is_v4(const struct addr *a)
{
	return memcmp(a->b, v4_head, 12) == 0;
}

bool addr_is_set(const struct addr *a)
{
	static const struct addr zero;

	return !addr_same(a, &zero);
}

static bool v4_is_private(const uint8_t *v4)
{
	return v4[0] == 10 || v4[0] == 127 ||
	    (v4[0] == 172 && (v4[1] & 0xf0) == 16) ||
	    (v4[0] == 192 && v4[1] == 168) ||
	    (v4[0] == 169 && v4[1] == 254) ||
	    (v4[0] == 100 && (v4[1] & 0xc0) == 64);
}

bool addr_is_private(const struct addr *a)
{
	static const struct addr loopback = { .b = { [15] = 1 } };

	if (addr_is_v4(a))
		return v4_is_private(a->b + 12);
	return (a->b[0] & 0xfe) == 0xfc ||
	    (a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80) ||
	    addr_same(a, &loopback);
}

bool addr_is_multicast(const struct addr *a)
{
	static const uint8_t everyone[4] = { 255, 255, 255, 255 };

	if (addr_is_v4(a))
		return (a->b[12] & 0xf0) == 0xe0 ||
		    memcmp(a->b + 12, everyone, 4) == 0;
	return a->b[0] == 0xff;
}

/* inet_ntop() prints by format: each record has two, so it is seen. */
static void v4_text(const uint8_t *b, char *text)
{
	struct text t = text_in(text, ADDR_TEXT);

	for (int i = 0; i < 4; i++) {
		if (i > 0)
			text_add(&t, ".");
		text_u64(&t, b[i], 1);
	}
}

const char *addr_text(const struct addr *a, char *text)
{
	if (addr_is_v4(a))
		v4_text(a->b + 12, text);
	else if (inet_ntop(AF_INET6, a->b, text, ADDR_TEXT) == NULL)
		text[0] = '\0';
	return text;
}

bool addr_parse(struct addr *a, const char *text)
{
	uint8_t v4[4];

	if (inet_pton(AF_INET, text, v4) == 1) {
		*a = addr_v4(v4);
		return true;
	}
	return inet_pton(AF_INET6, text, a->b) == 1;
}

bool prefix_parse(struct prefix *p, const char *text)
{
	char base[ADDR_TEXT + 1], *slash, *end;
	long bits, whole;

	if (snprintf(base, sizeof(base), "%.*s", (int)strcspn(text, "/"),
	    text) >= (int)sizeof(base) || !addr_parse(&p->base, base))
		return false;
	whole = addr_is_v4(&p->base) && strchr(base, ':') == NULL ? 32 : 128;
	bits = whole;
	slash = strchr(text, '/');
	if (slash != NULL) {
		if (slash[1] < '0' || slash[1] > '9')
			return false;
		bits = strtol(slash + 1, &end, 10);
		if (*end != '\0' || bits > whole)
			return false;
	}
	p->bits = (uint8_t)(bits + 128 - whole);
	return true;
}

bool prefix_has(const struct prefix *p, const struct addr *a)
{
	size_t whole = p->bits / 8;
	uint8_t mask = (uint8_t)(0xff00 >> (p->bits % 8));

	if (memcmp(p->base.b, a->b, whole) != 0)
		return false;
	return whole == 16 || ((p->base.b[whole] ^ a->b[whole]) & mask) == 0;
}

static const uint8_t pseudonym_block[8] = { 0x01, 0x00 };

struct addr addr_of_name(const char *user)
{
	struct addr a = { { 0xfd, 0x77, 0x65, 0x69, 0x72 } };
	uint64_t h = XXH3_64bits(user, strlen(user));

	memcpy(a.b + 8, &h, sizeof(h));
	return a;
}

struct addr addr_pseudonym(void)
{
	struct addr a = { { 0 } };

	memcpy(a.b, pseudonym_block, sizeof(pseudonym_block));
	return a;
}

bool addr_is_pseudonym(const struct addr *a)
{
	return memcmp(a->b, pseudonym_block, sizeof(pseudonym_block)) == 0;
}

size_t addr_subnet(const struct addr *a)
{
	return addr_is_v4(a) ? 15 : addr_is_pseudonym(a) ? 12 : 8;
}
