/*
 * escrow_open.c - the officers' side: two private keys, one identity.
 */
#include "privacy/escrow_parts.h"

#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_read.h"

struct officer_key {
	EVP_PKEY *key;
	char id[OFFICER_ID];
};

struct officer_key *officer_key_load(const char *path, char *why)
{
	struct officer_key *k = calloc(1, sizeof(*k));
	FILE *f = fopen(path, "re");

	if (k != NULL && f != NULL)
		k->key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	if (k != NULL && is_x25519(k->key)) {
		key_id(k->key, k->id);
		fclose(f);
		return k;
	}
	snprintf(why, ESCROW_WHY, "%.300s: %s", path, f == NULL ?
	    "cannot be opened" : "no private X25519 key that can be read");
	if (f != NULL)
		fclose(f);
	officer_key_free(k);
	return NULL;
}

void officer_key_free(struct officer_key *k)
{
	if (k != NULL)
		EVP_PKEY_free(k->key);
	free(k);
}

const char *officer_key_id(const struct officer_key *k)
{
	return k->id;
}

/* A member of the object at `in`, or an empty slice. */
static struct slice member(struct slice in, const char *name)
{
	struct json_value v;

	return json_find(in, name, &v) ? v.raw : slice_of("", 0);
}

static struct slice share_of(struct slice line, const char *officer)
{
	struct slice list = member(line, "shares");
	struct json_value v;

	if (json_enter_list(&list))
		while (json_element(&list, &v))
			if (v.kind == JSON_OBJECT &&
			    slice_is(member(v.raw, "officer"), officer))
				return member(v.raw, "share");
	return slice_of("", 0);
}

static bool open_share(struct slice line, const char *bound,
    const struct officer_key *k, uint8_t share[SHARE])
{
	uint8_t sealed[SEALED_SHARE], key[SECRET];
	EVP_PKEY *once;
	bool good;

	if (get_hex(share_of(line, k->id), sealed, sizeof(sealed)) !=
	    sizeof(sealed))
		return false;
	once = EVP_PKEY_new_raw_public_key_ex(NULL, "X25519", NULL, sealed,
	    X25519);
	good = once != NULL && agree(k->key, once, sealed, key) &&
	    once_open(key, bound, slice_of(sealed + X25519, SHARE + TAG),
	    share);
	OPENSSL_cleanse(key, sizeof(key));
	EVP_PKEY_free(once);
	return good;
}

/* Where the line through two points meets zero. */
static void join(const uint8_t a[SHARE], const uint8_t b[SHARE],
    uint8_t secret[SECRET])
{
	uint8_t width = gf_inverse(a[0] ^ b[0]);

	for (size_t i = 0; i < SECRET; i++)
		secret[i] = a[1 + i] ^ gf_times(a[0], gf_times(width,
		    a[1 + i] ^ b[1 + i]));
}

bool escrow_open(struct slice line, const char *pseudonym,
    struct officer_key *const keys[2], struct text *plain, char *why)
{
	uint8_t shares[2][SHARE], secret[SECRET];
	uint8_t sealed[ESCROW_PLAIN + TAG], out[ESCROW_PLAIN];
	size_t n = get_hex(member(line, "sealed"), sealed, sizeof(sealed));
	bool good;

	if (strcmp(keys[0]->id, keys[1]->id) == 0) {
		snprintf(why, ESCROW_WHY, "both keys are officer %s's: it "
		    "takes two people", keys[0]->id);
		return false;
	}
	for (int i = 0; i < 2; i++)
		if (!open_share(line, pseudonym, keys[i], shares[i])) {
			snprintf(why, ESCROW_WHY, "nothing here is sealed to "
			    "officer %s", keys[i]->id);
			return false;
		}
	join(shares[0], shares[1], secret);
	good = n >= TAG && once_open(secret, pseudonym, slice_of(sealed, n),
	    out);
	if (good)
		text_bytes(plain, out, n - TAG);
	else
		snprintf(why, ESCROW_WHY, "the sealed identity is damaged");
	OPENSSL_cleanse(shares, sizeof(shares));
	OPENSSL_cleanse(secret, sizeof(secret));
	OPENSSL_cleanse(out, sizeof(out));
	return good;
}
