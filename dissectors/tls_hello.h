/*
 * tls_hello.h - what a TLS ClientHello gives away, in TCP and in QUIC.
 */
#ifndef TLS_HELLO_H
#define TLS_HELLO_H

#include "dissector.h"

enum { TLS_CLIENT_HELLO = 1 };

struct tls_hello {
	struct slice host;		/* server_name; empty: none */
	struct slice alpn;		/* list of blocks with 8-bit lengths */
	bool ech;			/* host may be a cover name */
};

/* The body of a ClientHello, without its 4-byte header.  False: damaged. */
bool tls_hello_read(struct slice body, struct tls_hello *h);

/*
 * FACT_HOST, FACT_ALPN for each protocol offered, FACT_ECH when the true
 * name is hidden.  Many clients send a made-up encrypted hello to everybody
 * (GREASE), which nobody on the path can tell from a real one; so FACT_ECH
 * is told only where the name in clear is one that servers use as a cover.
 */
void tls_hello_tell(struct dissection *d, const struct tls_hello *h);

#endif
