/*
 * chain.c - the hash chain, see chain.h.
 */
#include "alert/chain.h"

#include <openssl/evp.h>
#include <stdio.h>

static void digest(EVP_MD_CTX *hash, struct slice s)
{
	if (slice_more(s))
		EVP_DigestUpdate(hash, s.p, s.n);
	EVP_DigestUpdate(hash, "\n", 1);
}

void chain_next(char *chain, const struct chain_link *l)
{
	const struct slice parts[] = { slice_str(chain), l->seq,
	    l->time, l->kind, l->id, l->risk, l->user, l->message };
	unsigned char out[EVP_MAX_MD_SIZE] = { 0 };
	EVP_MD_CTX *hash = EVP_MD_CTX_new();

	if (hash == NULL)
		return;
	EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		digest(hash, parts[i]);
	EVP_DigestFinal_ex(hash, out, NULL);
	EVP_MD_CTX_free(hash);
	for (size_t i = 0; i < 8; i++)
		snprintf(chain + 2 * i, 3, "%02x", out[i]);
}

/* The members that count, found without laying out a whole notice. */
static void pick(struct chain_link *l, struct slice key,
    const struct json_value *v, struct text *scratch)
{
	struct { const char *key; struct slice *to; } wanted[] = {
		{ "seq", &l->seq }, { "time", &l->time },
		{ "kind", &l->kind }, { "id", &l->id },
		{ "risk", &l->risk }, { "severity", &l->risk },
		{ "user", &l->user }, { "message", &l->message },
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		size_t from = scratch->n;

		if (!json_is(key, wanted[i].key) || v->kind > JSON_NUMBER)
			continue;
		json_unescape(scratch, v->raw);
		*wanted[i].to = slice_of(scratch->p + from,
		    scratch->n - from);
	}
}

void chain_record(char *chain, struct slice record)
{
	char buffer[8192];
	struct text scratch = text_in(buffer, sizeof(buffer));
	struct chain_link l = { .seq = { NULL, 0 } };
	struct json_value v;
	struct slice key;

	if (!json_enter(&record))
		return;
	while (json_member(&record, &key, &v))
		pick(&l, key, &v, &scratch);
	chain_next(chain, &l);
}
