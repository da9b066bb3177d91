/*
 * escrow.c - the sensor's side: sealing to the officers' public keys.
 */
#include "privacy/escrow_parts.h"

#include <dirent.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/json.h"

struct officers {
	size_t n;
	EVP_PKEY *keys[OFFICERS_MAX];
	char ids[OFFICERS_MAX][OFFICER_ID];
};

static bool add(struct officers *o, const char *path, char *why)
{
	FILE *f = fopen(path, "re");
	EVP_PKEY *k = f == NULL ? NULL : PEM_read_PUBKEY(f, NULL, NULL, NULL);

	if (f != NULL)
		fclose(f);
	if (!is_x25519(k) || o->n == OFFICERS_MAX) {
		snprintf(why, ESCROW_WHY, "%.300s: %s", path, f == NULL ?
		    "cannot be opened" : k == NULL ? "no public key (PEM)" :
		    o->n == OFFICERS_MAX ? "too many officers" :
		    "not an X25519 key");
		EVP_PKEY_free(k);
		return false;
	}
	key_id(k, o->ids[o->n]);
	o->keys[o->n++] = k;
	return true;
}

static int is_pem(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 4 && strcmp(d->d_name + n - 4, ".pem") == 0;
}

struct officers *officers_load(const char *dir, char *why)
{
	struct officers *o = calloc(1, sizeof(*o));
	struct dirent **found = NULL;
	int n = scandir(dir, &found, is_pem, alphasort);
	bool good = o != NULL && n >= 0;

	if (!good)
		snprintf(why, ESCROW_WHY, "%.300s: cannot be read", dir);
	for (int i = 0; i < n; i++) {
		char path[1400];

		snprintf(path, sizeof(path), "%.1000s/%s", dir,
		    found[i]->d_name);
		good = good && add(o, path, why);
		free(found[i]);
	}
	free(found);
	if (good && o->n < 2) {
		snprintf(why, ESCROW_WHY, "%.300s: two officers are needed, "
		    "and there are %zu", dir, o->n);
		good = false;
	}
	if (good)
		return o;
	officers_free(o);
	return NULL;
}

void officers_free(struct officers *o)
{
	for (size_t i = 0; o != NULL && i < o->n; i++)
		EVP_PKEY_free(o->keys[i]);
	free(o);
}

size_t officers_count(const struct officers *o)
{
	return o->n;
}

const char *officer_id(const struct officers *o, size_t i)
{
	return o->ids[i];
}

/* Once, X25519 public key of one use before it. */
static bool seal_share(EVP_PKEY *officer, const char *bound,
    const uint8_t share[SHARE], uint8_t out[SEALED_SHARE])
{
	EVP_PKEY *once = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	uint8_t key[SECRET];
	bool good = once != NULL && public_bytes(once, out) &&
	    agree(once, officer, out, key) &&
	    once_seal(key, bound, slice_of(share, SHARE), out + X25519);

	OPENSSL_cleanse(key, sizeof(key));
	EVP_PKEY_free(once);
	return good;
}

/* A line through the secret: its points are the shares. */
static void share_at(const uint8_t secret[SECRET],
    const uint8_t slope[SECRET], uint8_t x, uint8_t share[SHARE])
{
	share[0] = x;
	for (size_t i = 0; i < SECRET; i++)
		share[1 + i] = secret[i] ^ gf_times(slope[i], x);
}

static bool put_shares(const struct officers *o, struct json *j,
    const char *bound, const uint8_t secret[SECRET],
    const uint8_t slope[SECRET])
{
	uint8_t share[SHARE], out[SEALED_SHARE];
	bool good = true;

	json_open_list(j, "shares");
	for (size_t i = 0; i < o->n && good; i++) {
		char hex[2 * SEALED_SHARE + 1];
		struct text t = text_in(hex, sizeof(hex));

		share_at(secret, slope, (uint8_t)(i + 1), share);
		good = seal_share(o->keys[i], bound, share, out);
		put_hex(&t, out, sizeof(out));
		json_open(j, NULL);
		json_str(j, "officer", o->ids[i]);
		json_str(j, "share", hex);
		json_close(j);
	}
	json_close_list(j);
	OPENSSL_cleanse(share, sizeof(share));
	return good;
}

bool escrow_seal(const struct officers *o, const char *pseudonym,
    struct slice plain, int64_t at_us, struct text *line)
{
	struct { uint8_t key[SECRET], slope[SECRET]; } once;
	uint8_t out[ESCROW_PLAIN + TAG];
	char hex[2 * sizeof(out) + 1];
	struct text t = text_in(hex, sizeof(hex));
	struct json j = json_to(line);
	bool good;

	if (plain.n > ESCROW_PLAIN || getrandom(&once, sizeof(once), 0) !=
	    (ssize_t)sizeof(once) ||
	    !once_seal(once.key, pseudonym, plain, out))
		return false;
	put_hex(&t, out, plain.n + TAG);
	json_open(&j, NULL);
	json_str(&j, "pseudonym", pseudonym);
	json_time(&j, "time", at_us);
	good = put_shares(o, &j, pseudonym, once.key, once.slope);
	json_str(&j, "sealed", hex);
	json_close(&j);
	OPENSSL_cleanse(&once, sizeof(once));
	return good && !line->cut && !j.cut;
}
