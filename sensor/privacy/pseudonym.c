/*
 * pseudonym.c - see pseudonym.h.
 */
#include "privacy/pseudonym.h"

#include <ctype.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

enum { DIGEST = 32, TOKEN_CHARS = 12, PLAIN_MAX = 256 };

struct pseudonyms {
	EVP_MAC *hmac;
	EVP_MAC_CTX *keyed;
};

struct pseudonyms *pseudonyms_new(const struct privacy_key *k)
{
	struct pseudonyms *p = calloc(1, sizeof(*p));
	char digest[] = "SHA256";
	OSSL_PARAM how[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
		    digest, 0),
		OSSL_PARAM_construct_end()
	};

	if (p == NULL)
		return NULL;
	p->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	p->keyed = p->hmac == NULL ? NULL : EVP_MAC_CTX_new(p->hmac);
	if (p->keyed != NULL &&
	    EVP_MAC_init(p->keyed, k->b, sizeof(k->b), how) == 1)
		return p;
	pseudonyms_free(p);
	return NULL;
}

void pseudonyms_free(struct pseudonyms *p)
{
	if (p == NULL)
		return;
	EVP_MAC_CTX_free(p->keyed);	/* overwrites the key */
	EVP_MAC_free(p->hmac);
	free(p);
}

static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* The kind with its final zero, the epoch, the value: no two mean the same.
 * A digest that fails must never let the plain value through: zeros then. */
static void digest(struct pseudonyms *p, const char *kind, uint32_t epoch,
    struct slice plain, uint8_t out[DIGEST])
{
	uint8_t e[4] = { (uint8_t)(epoch >> 24), (uint8_t)(epoch >> 16),
		(uint8_t)(epoch >> 8), (uint8_t)epoch };
	size_t n;

	if (EVP_MAC_init(p->keyed, NULL, 0, NULL) != 1 ||
	    EVP_MAC_update(p->keyed, (const uint8_t *)kind,
	    strlen(kind) + 1) != 1 ||
	    EVP_MAC_update(p->keyed, e, sizeof(e)) != 1 ||
	    EVP_MAC_update(p->keyed, plain.p, plain.n) != 1 ||
	    EVP_MAC_final(p->keyed, out, &n, DIGEST) != 1)
		memset(out, 0, DIGEST);
}

bool pseudonym_is(const char *name)
{
	const char *id = strchr(name, '-');

	return id != NULL && strlen(id + 1) == TOKEN_CHARS &&
	    strspn(id + 1, letters) == TOKEN_CHARS;
}

const char *pseudonym_name(struct pseudonyms *p, const char *kind,
    struct slice plain, uint32_t epoch, char *token)
{
	uint8_t folded[PLAIN_MAX], out[DIGEST];
	size_t n = plain.n < sizeof(folded) ? plain.n : sizeof(folded);
	char id[TOKEN_CHARS + 1] = "";

	for (size_t i = 0; i < n; i++)
		folded[i] = (uint8_t)tolower(plain.p[i]);
	digest(p, kind, epoch, slice_of(folded, n), out);
	for (size_t i = 0; i < TOKEN_CHARS; i++)
		id[i] = letters[out[i] & 31];
	snprintf(token, PSEUDONYM_TEXT, "%.24s-%s", kind, id);
	return token;
}

struct addr pseudonym_addr(struct pseudonyms *p, const struct addr *a,
    uint32_t epoch)
{
	struct addr token = addr_pseudonym();
	uint8_t out[DIGEST];

	digest(p, "subnet", epoch, slice_of(a->b, addr_subnet(a)), out);
	memcpy(token.b + 8, out, 4);
	digest(p, "address", epoch, slice_of(a->b, sizeof(a->b)), out);
	memcpy(token.b + 12, out, 4);
	return token;
}

void pseudonym_mac(struct pseudonyms *p, uint8_t mac[6], uint32_t epoch)
{
	uint8_t out[DIGEST];

	digest(p, "mac", epoch, slice_of(mac, 6), out);
	memcpy(mac, out, 6);
	mac[0] = 0x0e;			/* locally administered */
}
