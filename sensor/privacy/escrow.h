/*
 * escrow.h - identities that any two officers can open together, and nobody
 * alone: not one officer, not the sensor.
 *
 * An identity is sealed with a key of its own (AES-256-GCM, bound to its
 * pseudonym).  That key is parted so that any two shares give it back and one
 * tells nothing (Shamir, threshold 2, bytes of GF(256)); each share is sealed
 * to the X25519 public key of one officer.  The sensor holds public keys
 * alone; the private ones belong on another host.
 */
#ifndef PRIVACY_ESCROW_H
#define PRIVACY_ESCROW_H

#include "base/text.h"

enum { OFFICERS_MAX = 16, OFFICER_ID = 17, ESCROW_LINE = 8192,
	ESCROW_PLAIN = 256, ESCROW_WHY = 512 };

struct officers;			/* public keys */

/*
 * Every *.pem of the directory, in the order of their names.  NULL with the
 * reason in why[ESCROW_WHY] when one is no X25519 key or they are fewer than
 * two.
 */
struct officers *officers_load(const char *dir, char *why);
void officers_free(struct officers *o);
size_t officers_count(const struct officers *o);
/* The first 64 bits of SHA-256 over the public key, as hexadecimal. */
const char *officer_id(const struct officers *o, size_t i);

/* One JSON line, without the newline; false: it could not be sealed. */
__attribute__((warn_unused_result))
bool escrow_seal(const struct officers *o, const char *pseudonym,
    struct slice plain, int64_t at_us, struct text *line);

struct officer_key;			/* a private key */

/* Asks for the passphrase on the terminal where there is one. */
struct officer_key *officer_key_load(const char *path, char *why);
void officer_key_free(struct officer_key *k);
const char *officer_key_id(const struct officer_key *k);

/* With two different officers' keys.  False, and the reason. */
__attribute__((warn_unused_result))
bool escrow_open(struct slice line, const char *pseudonym,
    struct officer_key *const keys[2], struct text *plain, char *why);

#endif
