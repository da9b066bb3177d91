/*
 * addr.h - one address type for IPv4 and IPv6.
 *
 * IPv4 is kept as ::ffff:a.b.c.d, so keys, tables and prefixes need no
 * second case.  Plain value, network byte order, compare with addr_same().
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { ADDR_TEXT = 46 };		/* room for any address as text */

struct addr {
	uint8_t b[16];
};

struct prefix {
	struct addr base;
	uint8_t bits;			/* 0 to 128; IPv4 /24 is 120 */
};

static inline bool addr_same(const struct addr *a, const struct addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

struct addr addr_v4(const uint8_t b[4]);
bool addr_is_v4(const struct addr *a);
bool addr_is_set(const struct addr *a);		/* not all zero */

/* RFC 1918, 6598, 4193, link-local, loopback: never routed on the Internet. */
bool addr_is_private(const struct addr *a);
bool addr_is_multicast(const struct addr *a);	/* or IPv4 broadcast */

/* Bytes of it that name its network: an IPv4 /24, an IPv6 /64. */
size_t addr_subnet(const struct addr *a);

/* 100::/64 (RFC 6666) is never routed: weir's pseudonyms of addresses. */
struct addr addr_pseudonym(void);		/* all bits of the host zero */
bool addr_is_pseudonym(const struct addr *a);

/* Never routed and always the same, for a user whose address nobody told
 * (RFC 4193). */
struct addr addr_of_name(const char *user);

/* Text both ways.  addr_text() fills `text` (ADDR_TEXT bytes), returns it. */
const char *addr_text(const struct addr *a, char *text);
__attribute__((warn_unused_result))
bool addr_parse(struct addr *a, const char *text);

/* "10.0.0.0/8", "2001:db8::/32", or a single address. */
__attribute__((warn_unused_result))
bool prefix_parse(struct prefix *p, const char *text);
bool prefix_has(const struct prefix *p, const struct addr *a);

#endif
