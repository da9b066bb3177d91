/*
 * seal.h - a QUIC client that sends Initial packets.
 *
 * Protects with the keys that quic_keys.c derives; those are held against
 * the vectors of RFC 9001 and RFC 9369 by test_quic.c itself.
 */
#ifndef TESTS_SEAL_H
#define TESTS_SEAL_H

#include <err.h>
#include <openssl/evp.h>

#include "hello.h"
#include "quic_keys.h"

static inline void put_varint(struct bytes *b, size_t v)
{
	if (v < 64)
		put_n(b, (uint32_t)v, 1);
	else
		put_n(b, 0x4000 | (uint32_t)v, 2);
}

static inline void put_crypto(struct bytes *b, const struct bytes *hello,
    size_t from, size_t to)
{
	put_n(b, 6, 1);
	put_varint(b, from);
	put_varint(b, to - from);
	put(b, hello->b + from, to - from);
}

struct client {
	uint32_t version;
	const char *dcid;		/* on the packets */
	const char *keys_from;		/* the one the keys follow from */
	const char *token;		/* after a Retry */
	uint32_t number;		/* of the next packet */
};

static inline void seal(struct bytes *b, size_t header_at, size_t number_at,
    const struct bytes *frames, const struct quic_keys *k, uint32_t number)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t nonce[12], mask[32];
	uint8_t *body = b->b + number_at + 4;
	int n;

	memcpy(nonce, k->iv, 12);
	for (int i = 0; i < 4; i++)
		nonce[8 + i] ^= (uint8_t)(number >> 8 * (3 - i));
	if (!EVP_EncryptInit_ex(c, EVP_aes_128_gcm(), NULL, k->key, nonce) ||
	    !EVP_EncryptUpdate(c, NULL, &n, b->b + header_at,
	    (int)(number_at + 4 - header_at)) ||
	    !EVP_EncryptUpdate(c, body, &n, frames->b, (int)frames->n) ||
	    !EVP_EncryptFinal_ex(c, body + n, &n) ||
	    !EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16,
	    body + frames->n))
		errx(1, "seal");
	b->n = number_at + 4 + frames->n + 16;
	if (!EVP_EncryptInit_ex(c, EVP_aes_128_ecb(), NULL, k->hp, NULL) ||
	    !EVP_EncryptUpdate(c, mask, &n, body, 16))
		errx(1, "mask");
	b->b[header_at] ^= mask[0] & 0x0f;
	for (int i = 0; i < 4; i++)
		b->b[number_at + (size_t)i] ^= mask[1 + i];
	EVP_CIPHER_CTX_free(c);
}

/* Append an Initial packet with these frames to a datagram. */
static inline void put_initial(struct bytes *b, struct client *c,
    const struct bytes *frames)
{
	const struct quic_version *v = quic_version(c->version);
	size_t header = b->n, number_at;
	struct quic_keys k;

	if (!quic_keys_derive(&k, v, slice_of(c->keys_from,
	    strlen(c->keys_from))))
		errx(1, "keys");
	put_n(b, 0xc3u | (uint32_t)v->initial << 4, 1);
	put_n(b, c->version, 4);
	put_n(b, (uint32_t)strlen(c->dcid), 1);
	put(b, c->dcid, strlen(c->dcid));
	put_n(b, 0, 1);
	put_varint(b, c->token ? strlen(c->token) : 0);
	if (c->token)
		put(b, c->token, strlen(c->token));
	put_n(b, 0x4000 | (uint32_t)(4 + frames->n + 16), 2);
	number_at = b->n;
	put_n(b, c->number, 4);
	seal(b, header, number_at, frames, &k, c->number++);
}

#endif
