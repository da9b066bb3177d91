/*
 * quic_keys.c - RFC 9001 5 (protection), RFC 9369 3.3 (version 2), RFC 5869
 * (HKDF), RFC 8446 7.1 (labels).
 *
 * Salts of the versions before RFC 9000: draft-ietf-quic-tls-21 to -33 and
 * the source of Google's QUIC.
 */
#include "quic_keys.h"

#include <openssl/evp.h>

enum { HASH = 32, BLOCK = 64, SALT = 20, INFO_MAX = 64 };

enum { V1, V2, DRAFT_29, DRAFT_23, DRAFT_21, Q050, T050, T051 };

static const uint8_t salts[][SALT] = {
	[V1] = { 0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
		0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a },
	[V2] = { 0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
		0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9 },
	[DRAFT_29] = { 0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e,
		0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8,
		0x99 },
	[DRAFT_23] = { 0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11,
		0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5,
		0x02 },
	[DRAFT_21] = { 0x7f, 0xbc, 0xdb, 0x0e, 0x7c, 0x66, 0xbb, 0xe9, 0x19,
		0x3a, 0x96, 0xcd, 0x21, 0x51, 0x9e, 0xbd, 0x7a, 0x02, 0x64,
		0x4a },
	[Q050] = { 0x50, 0x45, 0x74, 0xef, 0xd0, 0x66, 0xfe, 0x2f, 0x9d, 0x94,
		0x5c, 0xfc, 0xdb, 0xd3, 0xa7, 0xf0, 0xd3, 0xb5, 0x6b, 0x45 },
	[T050] = { 0x7f, 0xf5, 0x79, 0xe5, 0xac, 0xd0, 0x72, 0x91, 0x55, 0x80,
		0x30, 0x4c, 0x43, 0xa2, 0x36, 0x7c, 0x60, 0x48, 0x83, 0x10 },
	[T051] = { 0x7a, 0x4e, 0xde, 0xf4, 0xe7, 0xcc, 0xee, 0x5f, 0xa4, 0x50,
		0x6c, 0x19, 0x12, 0x4f, 0xc8, 0xcc, 0xda, 0x6e, 0x03, 0x3d },
};

#define DRAFT(n) (0xff000000u + (n))
#define TEXT(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

static const struct quic_version versions[] = {
	{ 1, V1, 0, false },
	{ 0x6b3343cf, V2, 1, false },
	{ DRAFT(21), DRAFT_21, 0, false },
	{ DRAFT(22), DRAFT_21, 0, false },
	{ DRAFT(23), DRAFT_23, 0, false },
	{ DRAFT(24), DRAFT_23, 0, false },
	{ DRAFT(25), DRAFT_23, 0, false },
	{ DRAFT(26), DRAFT_23, 0, false },
	{ DRAFT(27), DRAFT_23, 0, false },
	{ DRAFT(28), DRAFT_23, 0, false },
	{ DRAFT(29), DRAFT_29, 0, false },
	{ DRAFT(30), DRAFT_29, 0, false },
	{ DRAFT(31), DRAFT_29, 0, false },
	{ DRAFT(32), DRAFT_29, 0, false },
	{ DRAFT(33), V1, 0, false },
	{ DRAFT(34), V1, 0, false },
	{ 0xfaceb001, DRAFT_21, 0, false },	/* mvfst */
	{ 0xfaceb002, DRAFT_23, 0, false },
	{ TEXT('Q', '0', '5', '0'), Q050, 0, true },
	{ TEXT('T', '0', '5', '0'), T050, 0, true },
	{ TEXT('T', '0', '5', '1'), T051, 0, true },
};

const struct quic_version *quic_version(uint32_t number)
{
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++)
		if (versions[i].number == number)
			return &versions[i];
	return NULL;
}

/*
 * libcrypto's objects, made once: looking an algorithm up costs more than
 * using it.  They hold no traffic; a thread keeps its own until it ends.
 */
struct tools {
	EVP_MD *sha256;
	EVP_CIPHER *ecb, *gcm;
	EVP_MD_CTX *hash;
	EVP_CIPHER_CTX *mask, *open;
	bool ready;
};

static struct tools *tools(void)
{
	static _Thread_local struct tools t;

	if (t.ready || t.sha256 != NULL)
		return t.ready ? &t : NULL;
	t.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	t.ecb = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);
	t.gcm = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	t.hash = EVP_MD_CTX_new();
	t.mask = EVP_CIPHER_CTX_new();
	t.open = EVP_CIPHER_CTX_new();
	t.ready = t.sha256 && t.ecb && t.gcm && t.hash && t.mask && t.open;
	return t.ready ? &t : NULL;
}

bool quic_ready(void)
{
	return tools() != NULL;
}

static bool digest(struct tools *t, const uint8_t *pad, struct slice text,
    uint8_t *hash)
{
	return EVP_DigestInit_ex2(t->hash, t->sha256, NULL) &&
	    EVP_DigestUpdate(t->hash, pad, BLOCK) &&
	    EVP_DigestUpdate(t->hash, text.p, text.n) &&
	    EVP_DigestFinal_ex(t->hash, hash, NULL);
}

/* HMAC-SHA-256 with a key of at most one block (RFC 2104). */
static bool hmac(struct tools *t, struct slice key, struct slice text,
    uint8_t *mac)
{
	uint8_t inner[BLOCK], outer[BLOCK], hash[HASH];

	memset(inner, 0x36, BLOCK);
	memset(outer, 0x5c, BLOCK);
	for (size_t i = 0; slice_more(key) && i < BLOCK; i++) {
		uint8_t k = slice_u8(&key);

		inner[i] ^= k;
		outer[i] ^= k;
	}
	return digest(t, inner, text, hash) &&
	    digest(t, outer, slice_of(hash, HASH), mac);
}

/* HKDF-Expand-Label with an empty context, up to one hash long. */
static bool expand(struct tools *t, const uint8_t *secret, const char *label,
    uint8_t *out, uint8_t n)
{
	uint8_t info[INFO_MAX], mac[HASH];
	size_t length = strlen(label), at = 0;

	info[at++] = 0;
	info[at++] = n;
	info[at++] = (uint8_t)(6 + length);
	memcpy(info + at, "tls13 ", 6);
	memcpy(info + at + 6, label, length);
	at += 6 + length;
	info[at++] = 0;
	info[at++] = 1;
	if (!hmac(t, slice_of(secret, HASH), slice_of(info, at), mac))
		return false;
	memcpy(out, mac, n);
	return true;
}

bool quic_keys_derive(struct quic_keys *k, const struct quic_version *v,
    struct slice dcid)
{
	bool v2 = v->salt == V2;
	uint8_t initial[HASH], client[HASH];
	struct tools *t = tools();

	return t != NULL &&
	    hmac(t, slice_of(salts[v->salt], SALT), dcid, initial) &&
	    expand(t, initial, "client in", client, HASH) &&
	    expand(t, client, v2 ? "quicv2 key" : "quic key", k->key, 16) &&
	    expand(t, client, v2 ? "quicv2 iv" : "quic iv", k->iv, 12) &&
	    expand(t, client, v2 ? "quicv2 hp" : "quic hp", k->hp, 16);
}

static bool mask_of(struct tools *t, const struct quic_keys *k,
    const uint8_t *sample, uint8_t *mask)
{
	int n;

	return EVP_EncryptInit_ex2(t->mask, t->ecb, k->hp, NULL, NULL) &&
	    EVP_CIPHER_CTX_set_padding(t->mask, 0) &&
	    EVP_EncryptUpdate(t->mask, mask, &n, sample, QUIC_SAMPLE);
}

static struct slice decrypt(struct tools *t, const struct quic_keys *k,
    const uint8_t *nonce, struct slice header, struct slice sealed,
    uint8_t *plain)
{
	struct slice text = slice_take(&sealed, sealed.n - QUIC_TAG);
	uint8_t tag[QUIC_TAG];
	int n, rest;

	memcpy(tag, sealed.p, QUIC_TAG);
	if (!EVP_DecryptInit_ex2(t->open, t->gcm, k->key, nonce, NULL) ||
	    !EVP_DecryptUpdate(t->open, NULL, &n, header.p, (int)header.n) ||
	    !EVP_DecryptUpdate(t->open, plain, &n, text.p, (int)text.n) ||
	    !EVP_CIPHER_CTX_ctrl(t->open, EVP_CTRL_AEAD_SET_TAG, QUIC_TAG,
	    tag) || !EVP_DecryptFinal_ex(t->open, plain + n, &rest))
		return slice_of(NULL, 0);
	return slice_of(plain, (size_t)n);
}

struct slice quic_open(const struct quic_keys *k, struct slice packet,
    size_t number_at, uint8_t *plain)
{
	uint8_t header[QUIC_OPEN_MAX], mask[QUIC_SAMPLE], nonce[12];
	struct slice none = slice_of(NULL, 0), sealed = packet;
	struct tools *t = tools();
	size_t number_n;

	if (t == NULL || packet.n > QUIC_OPEN_MAX ||
	    packet.n < number_at + 4 + QUIC_SAMPLE ||
	    !mask_of(t, k, packet.p + number_at + 4, mask))
		return none;
	memcpy(header, packet.p, number_at + 4);
	header[0] ^= mask[0] & 0x0f;
	number_n = (header[0] & 3u) + 1;
	memcpy(nonce, k->iv, sizeof(nonce));
	for (size_t i = 0; i < number_n; i++) {
		header[number_at + i] ^= mask[1 + i];
		nonce[sizeof(nonce) - number_n + i] ^= header[number_at + i];
	}
	slice_skip(&sealed, number_at + number_n);
	if (sealed.n <= QUIC_TAG)
		return none;
	return decrypt(t, k, nonce, slice_of(header, number_at + number_n),
	    sealed, plain);
}
