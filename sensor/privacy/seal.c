/*
 * seal.c - see seal.h.  Stored: "weirSIV1", 16 bytes of tag, the cipher text.
 */
#include "privacy/seal.h"

#include <openssl/evp.h>
#include <stdlib.h>

enum { MARK = 8, TAG = 16, EXTRA = MARK + TAG, SIV_KEY = 64 };

static const uint8_t mark[MARK] = { 'w', 'e', 'i', 'r', 'S', 'I', 'V', '1' };

struct seal {
	EVP_CIPHER *siv;
	EVP_CIPHER_CTX *ctx;
	uint8_t key[SIV_KEY];
	uint8_t *room;
	size_t room_n;
};

/* SHA-512 of a label and the key: 64 bytes that say nothing of it. */
static bool derive(struct seal *s, const struct privacy_key *k)
{
	static const char label[] = "weir state seal 1";
	EVP_MD_CTX *h = EVP_MD_CTX_new();
	bool good = h != NULL &&
	    EVP_DigestInit_ex(h, EVP_sha512(), NULL) == 1 &&
	    EVP_DigestUpdate(h, label, sizeof(label)) == 1 &&
	    EVP_DigestUpdate(h, k->b, sizeof(k->b)) == 1 &&
	    EVP_DigestFinal_ex(h, s->key, NULL) == 1;

	EVP_MD_CTX_free(h);
	return good;
}

struct seal *seal_new(const struct privacy_key *k)
{
	struct seal *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->siv = EVP_CIPHER_fetch(NULL, "AES-256-SIV", NULL);
	s->ctx = EVP_CIPHER_CTX_new();
	if (s->siv != NULL && s->ctx != NULL && derive(s, k))
		return s;
	seal_free(s);
	return NULL;
}

void seal_free(struct seal *s)
{
	if (s == NULL)
		return;
	OPENSSL_cleanse(s->key, sizeof(s->key));
	EVP_CIPHER_CTX_free(s->ctx);
	EVP_CIPHER_free(s->siv);
	free(s->room);
	free(s);
}

static uint8_t *room(struct seal *s, size_t n)
{
	uint8_t *more;

	if (n <= s->room_n)
		return s->room;
	more = realloc(s->room, n);
	if (more == NULL)
		return NULL;
	s->room = more;
	s->room_n = n;
	return more;
}

static bool encrypt(struct seal *s, struct slice plain, uint8_t *into)
{
	int n = 0;

	return EVP_CIPHER_CTX_reset(s->ctx) == 1 &&
	    EVP_EncryptInit_ex2(s->ctx, s->siv, s->key, NULL, NULL) == 1 &&
	    EVP_EncryptUpdate(s->ctx, into + EXTRA, &n, plain.p,
	    (int)plain.n) == 1 && EVP_CIPHER_CTX_ctrl(s->ctx,
	    EVP_CTRL_AEAD_GET_TAG, TAG, into + MARK) == 1;
}

static bool decrypt(struct seal *s, struct slice stored, uint8_t *into)
{
	uint8_t tag[TAG];
	int n = 0;

	memcpy(tag, stored.p + MARK, TAG);
	return EVP_CIPHER_CTX_reset(s->ctx) == 1 &&
	    EVP_DecryptInit_ex2(s->ctx, s->siv, s->key, NULL, NULL) == 1 &&
	    EVP_CIPHER_CTX_ctrl(s->ctx, EVP_CTRL_AEAD_SET_TAG, TAG,
	    tag) == 1 &&
	    EVP_DecryptUpdate(s->ctx, into, &n, stored.p + EXTRA,
	    (int)(stored.n - EXTRA)) == 1;
}

/* libcrypto seals no empty message: that is the mark alone, zero tag. */
struct slice seal_close(struct seal *s, struct slice plain)
{
	uint8_t *into;

	if (s == NULL)
		return plain;
	into = room(s, plain.n + EXTRA);
	if (into == NULL)
		return slice_of(NULL, 0);
	memset(into, 0, EXTRA);
	memcpy(into, mark, MARK);
	if (plain.n > 0 && !encrypt(s, plain, into))
		return slice_of(NULL, 0);
	return slice_of(into, plain.n + EXTRA);
}

struct slice seal_open(struct seal *s, struct slice stored)
{
	uint8_t *into;

	if (stored.n < EXTRA || memcmp(stored.p, mark, MARK) != 0)
		return stored;
	into = s == NULL ? NULL : room(s, stored.n);
	if (into == NULL || (stored.n > EXTRA && !decrypt(s, stored, into)))
		return slice_of(NULL, 0);
	return slice_of(into, stored.n - EXTRA);
}
