/*
 * escrow_parts.c - see escrow_parts.h.
 */
#include "privacy/escrow_parts.h"

#include <openssl/crypto.h>
#include <stdio.h>

static const uint8_t nonce[12];

bool once_seal(const uint8_t key[SECRET], const char *bound,
    struct slice plain, uint8_t *out)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0, rest = 0;
	bool good = c != NULL && EVP_EncryptInit_ex2(c, EVP_aes_256_gcm(),
	    key, nonce, NULL) == 1 &&
	    EVP_EncryptUpdate(c, NULL, &n, (const uint8_t *)bound,
	    (int)strlen(bound)) == 1 &&
	    EVP_EncryptUpdate(c, out, &n, plain.p, (int)plain.n) == 1 &&
	    EVP_EncryptFinal_ex(c, out + n, &rest) == 1 &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG,
	    out + plain.n) == 1;

	EVP_CIPHER_CTX_free(c);
	return good;
}

bool once_open(const uint8_t key[SECRET], const char *bound,
    struct slice sealed, uint8_t *out)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	uint8_t tag[TAG];
	int n = 0, rest = 0;
	bool good;

	if (sealed.n < TAG) {
		EVP_CIPHER_CTX_free(c);
		return false;
	}
	memcpy(tag, sealed.p + sealed.n - TAG, TAG);
	good = c != NULL && EVP_DecryptInit_ex2(c, EVP_aes_256_gcm(), key,
	    nonce, NULL) == 1 &&
	    EVP_DecryptUpdate(c, NULL, &n, (const uint8_t *)bound,
	    (int)strlen(bound)) == 1 &&
	    EVP_DecryptUpdate(c, out, &n, sealed.p,
	    (int)(sealed.n - TAG)) == 1 &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1 &&
	    EVP_DecryptFinal_ex(c, out + n, &rest) == 1;
	EVP_CIPHER_CTX_free(c);
	return good;
}

bool agree(EVP_PKEY *own, EVP_PKEY *peer, const uint8_t once[X25519],
    uint8_t key[SECRET])
{
	static const char label[] = "weir share 1";
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(own, NULL);
	EVP_MD_CTX *h = EVP_MD_CTX_new();
	uint8_t shared[X25519];
	size_t n = sizeof(shared);
	bool good = c != NULL && h != NULL && EVP_PKEY_derive_init(c) == 1 &&
	    EVP_PKEY_derive_set_peer(c, peer) == 1 &&
	    EVP_PKEY_derive(c, shared, &n) == 1 &&
	    EVP_DigestInit_ex(h, EVP_sha256(), NULL) == 1 &&
	    EVP_DigestUpdate(h, label, sizeof(label)) == 1 &&
	    EVP_DigestUpdate(h, once, X25519) == 1 &&
	    EVP_DigestUpdate(h, shared, n) == 1 &&
	    EVP_DigestFinal_ex(h, key, NULL) == 1;

	OPENSSL_cleanse(shared, sizeof(shared));
	EVP_PKEY_CTX_free(c);
	EVP_MD_CTX_free(h);
	return good;
}

bool public_bytes(EVP_PKEY *k, uint8_t out[X25519])
{
	size_t n = X25519;

	return EVP_PKEY_get_raw_public_key(k, out, &n) == 1 && n == X25519;
}

void key_id(EVP_PKEY *k, char id[OFFICER_ID])
{
	uint8_t raw[X25519] = { 0 }, hash[EVP_MAX_MD_SIZE] = { 0 };
	struct text t = text_in(id, OFFICER_ID);

	if (public_bytes(k, raw))
		EVP_Digest(raw, sizeof(raw), hash, NULL, EVP_sha256(), NULL);
	put_hex(&t, hash, 8);
}

bool is_x25519(EVP_PKEY *k)
{
	return k != NULL && EVP_PKEY_is_a(k, "X25519");
}

uint8_t gf_times(uint8_t a, uint8_t b)
{
	unsigned int x = a, sum = 0;

	for (int bit = 0; bit < 8; bit++) {
		sum ^= x & (0u - (b >> bit & 1u));
		x = x << 1 ^ (0x11bu & (0u - (x >> 7)));
	}
	return (uint8_t)sum;
}

uint8_t gf_inverse(uint8_t a)
{
	uint8_t x = a;			/* a to the power of 254 */

	for (int i = 0; i < 6; i++)
		x = gf_times(gf_times(x, x), a);
	return gf_times(x, x);
}

void put_hex(struct text *t, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		text_printf(t, "%02x", bytes[i]);
}

static int digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t get_hex(struct slice text, uint8_t *into, size_t max)
{
	size_t n = text.n / 2;

	if (text.n % 2 != 0 || n > max)
		return 0;
	for (size_t i = 0; i < n; i++) {
		int high = digit(text.p[2 * i]);
		int low = digit(text.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return 0;
		into[i] = (uint8_t)(high << 4 | low);
	}
	return n;
}
