/* escrow_parts.h - what sealing and opening have in common. */
#ifndef PRIVACY_ESCROW_PARTS_H
#define PRIVACY_ESCROW_PARTS_H

#include <openssl/evp.h>

#include "privacy/escrow.h"

enum { X25519 = 32, SECRET = 32, TAG = 16,
	SHARE = 1 + SECRET,			/* its place on the line */
	SEALED_SHARE = X25519 + SHARE + TAG };

/* AES-256-GCM under a key that is used once: so the nonce is zero.  `out` of
 * sealing is n + TAG long, of opening n - TAG. */
__attribute__((warn_unused_result))
bool once_seal(const uint8_t key[SECRET], const char *bound,
    struct slice plain, uint8_t *out);
__attribute__((warn_unused_result))
bool once_open(const uint8_t key[SECRET], const char *bound,
    struct slice sealed, uint8_t *out);

/* The key between two X25519 keys, one of them used once. */
__attribute__((warn_unused_result))
bool agree(EVP_PKEY *own, EVP_PKEY *peer, const uint8_t once[X25519],
    uint8_t key[SECRET]);

bool public_bytes(EVP_PKEY *k, uint8_t out[X25519]);
void key_id(EVP_PKEY *k, char id[OFFICER_ID]);
bool is_x25519(EVP_PKEY *k);

/* In GF(256) with the polynomial of AES. */
uint8_t gf_times(uint8_t a, uint8_t b);
uint8_t gf_inverse(uint8_t a);

void put_hex(struct text *t, const uint8_t *bytes, size_t n);
/* Bytes read, 0: no hexadecimal, or too much. */
size_t get_hex(struct slice text, uint8_t *into, size_t max);

#endif
