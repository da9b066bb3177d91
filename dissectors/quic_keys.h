/*
 * quic_keys.h - opening a client's Initial packets.
 *
 * Their keys follow from the connection ID in clear, so that middleboxes
 * cannot hold on to the handshake, not to keep anybody from reading it.
 */
#ifndef QUIC_KEYS_H
#define QUIC_KEYS_H

#include "dissector.h"

struct quic_version {
	uint32_t number;
	uint8_t salt;			/* place in the table of salts */
	uint8_t initial;		/* packet type of an Initial */
	bool google;			/* gQUIC frames or hello inside */
};

struct quic_keys {
	uint8_t key[16], iv[12], hp[16];
};

enum { QUIC_TAG = 16, QUIC_SAMPLE = 16, QUIC_OPEN_MAX = 4096 };

/* NULL: a version whose Initials we cannot open. */
const struct quic_version *quic_version(uint32_t number);

/* Those of the client; false only when libcrypto fails. */
bool quic_keys_derive(struct quic_keys *k, const struct quic_version *v,
    struct slice dcid);

/*
 * Take header and payload protection off `packet`, whose packet number is at
 * offset `number_at`.  `plain` has QUIC_OPEN_MAX bytes; the result lies in
 * it, and is empty when the keys do not fit.
 */
struct slice quic_open(const struct quic_keys *k, struct slice packet,
    size_t number_at, uint8_t *plain);

/*
 * Load the algorithms now rather than with the first packet: a sandbox may
 * deny it later.  Once per thread; false: no QUIC name will be seen.
 */
bool quic_ready(void);

#endif
