/* officers.h - key pairs of officers, for tests of sealed identities. */
#ifndef TESTS_OFFICERS_H
#define TESTS_OFFICERS_H

#include <err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>

/* DIR/privateN and DIR/publicN.pem. */
static inline void officer_make(const char *dir, int i)
{
	EVP_PKEY *k = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	char path[160];
	FILE *f;

	snprintf(path, sizeof(path), "%s/private%d", dir, i);
	f = fopen(path, "w");
	if (f == NULL || !PEM_write_PrivateKey(f, k, NULL, NULL, 0, NULL,
	    NULL))
		errx(1, "private key");
	fclose(f);
	snprintf(path, sizeof(path), "%s/public%d.pem", dir, i);
	f = fopen(path, "w");
	if (f == NULL || !PEM_write_PUBKEY(f, k))
		errx(1, "public key");
	fclose(f);
	EVP_PKEY_free(k);
}

#endif
