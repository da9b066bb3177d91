/*
 * pseudonym.h - keyed tokens in place of people, devices and addresses.
 *
 * HMAC-SHA256 under the sensor's key over what it is (its purpose), the epoch
 * and the plain value: the same within an epoch, unlinkable without the key
 * across epochs and kinds.  One way: `weir reveal` needs sealed identities.
 *
 * Addresses become addresses of 100::/64, the block that is never routed (RFC
 * 6666), MACs locally administered MACs, so every format and collector still
 * takes them.  The 64 bits are 32 of the subnet (/24, /64) and 32 of the
 * host: who shares a subnet can be seen, which one cannot.
 */
#ifndef PRIVACY_PSEUDONYM_H
#define PRIVACY_PSEUDONYM_H

#include "base/addr.h"
#include "base/slice.h"
#include "privacy/key.h"

enum { PSEUDONYM_TEXT = 48,		/* room for any token */
	PSEUDONYM_PLAIN = 96 };		/* and for what it stands for */

struct pseudonyms;

/* NULL: no memory, or libcrypto lacks HMAC.  The key is copied. */
struct pseudonyms *pseudonyms_new(const struct privacy_key *k);
void pseudonyms_free(struct pseudonyms *p);

/* "user-7k3m9qx2hd4f" from ("user", "alice"), without regard to case.
 * Fills `token`, PSEUDONYM_TEXT bytes, and returns it. */
const char *pseudonym_name(struct pseudonyms *p, const char *kind,
    struct slice plain, uint32_t epoch, char *token);
/* Looks like what pseudonym_name() makes. */
bool pseudonym_is(const char *name);
struct addr pseudonym_addr(struct pseudonyms *p, const struct addr *a,
    uint32_t epoch);
void pseudonym_mac(struct pseudonyms *p, uint8_t mac[6], uint32_t epoch);

#endif
