/*
 * hello.h - TLS ClientHellos and certificates, made to measure.
 */
#ifndef TESTS_HELLO_H
#define TESTS_HELLO_H

#include "bytes.h"

/* A block whose length, in `size` bytes, is filled in by put_end(). */
static inline size_t put_begin(struct bytes *b, int size)
{
	put_n(b, 0, size);
	return b->n;
}

static inline void put_end(struct bytes *b, size_t begin, int size)
{
	size_t end = b->n;

	b->n = begin - (size_t)size;
	put_n(b, (uint32_t)(end - begin), size);
	b->n = end;
}

struct hello_want {
	const char *sni;		/* NULL: none */
	const char *alpn;		/* NULL: none */
	int ech;			/* an encrypted hello inside */
	size_t padding;			/* bytes of a key share */
};

static inline void put_extension(struct bytes *b, uint16_t type,
    const void *p, size_t n)
{
	put_n(b, type, 2);
	put_n(b, (uint32_t)n, 2);
	put(b, p, n);
}

/* The handshake message, with its 4-byte header. */
static inline void put_hello(struct bytes *b, struct hello_want w)
{
	static const uint8_t filler[4096], ech[40];
	size_t message, exts, ext, list, name;

	put_n(b, 1, 1);
	message = put_begin(b, 3);
	put_n(b, 0x0303, 2);
	put(b, filler, 32);
	put_n(b, 0, 1);
	put_n(b, 2, 2);
	put_n(b, 0x1301, 2);
	put_n(b, 0x0100, 2);
	exts = put_begin(b, 2);
	put_extension(b, 0x1a1a, NULL, 0);
	if (w.padding > 0)
		put_extension(b, 51, filler, w.padding);
	if (w.sni != NULL) {
		put_n(b, 0, 2);
		ext = put_begin(b, 2);
		list = put_begin(b, 2);
		put_n(b, 0, 1);
		name = put_begin(b, 2);
		put(b, w.sni, strlen(w.sni));
		put_end(b, name, 2);
		put_end(b, list, 2);
		put_end(b, ext, 2);
	}
	if (w.alpn != NULL) {
		put_n(b, 16, 2);
		ext = put_begin(b, 2);
		list = put_begin(b, 2);
		name = put_begin(b, 1);
		put(b, w.alpn, strlen(w.alpn));
		put_end(b, name, 1);
		put_end(b, list, 2);
		put_end(b, ext, 2);
	}
	if (w.ech)
		put_extension(b, 0xfe0d, ech, sizeof(ech));
	put_end(b, exts, 2);
	put_end(b, message, 3);
}

/* Cut a handshake message into records of at most `most` bytes. */
static inline void put_records(struct bytes *b, const struct bytes *message,
    size_t most)
{
	for (size_t at = 0; at < message->n;) {
		size_t n = message->n - at < most ? message->n - at : most;

		put_n(b, 22, 1);
		put_n(b, 0x0301, 2);
		put_n(b, (uint32_t)n, 2);
		put(b, message->b + at, n);
		at += n;
	}
}

static inline size_t der_begin(struct bytes *b, uint8_t tag)
{
	put_n(b, tag, 1);
	put_n(b, 0x82, 1);
	return put_begin(b, 2);
}

/* A certificate with a common name and two alternative ones: TLS 1.2. */
static inline void put_certificate(struct bytes *b, const char *cn,
    const char *san)
{
	size_t message, list, one, cert, tbs, at[6];

	put_n(b, 11, 1);
	message = put_begin(b, 3);
	list = put_begin(b, 3);
	one = put_begin(b, 3);
	cert = der_begin(b, 0x30);
	tbs = der_begin(b, 0x30);
	put(b, "\xa0\x03\x02\x01\x02", 5);
	put(b, "\x02\x01\x07", 3);	/* serial */
	for (int i = 0; i < 3; i++)		/* signature, issuer, validity */
		put(b, "\x30\x00", 2);
	at[0] = der_begin(b, 0x30);		/* subject */
	at[1] = der_begin(b, 0x31);
	at[2] = der_begin(b, 0x30);
	put(b, "\x06\x03\x55\x04\x03\x0c", 6);
	at[3] = put_begin(b, 1);
	put(b, cn, strlen(cn));
	put_end(b, at[3], 1);
	for (int i = 2; i >= 0; i--)
		put_end(b, at[i], 2);
	put(b, "\x30\x00", 2);		/* key */
	at[0] = der_begin(b, 0xa3);
	at[1] = der_begin(b, 0x30);
	at[2] = der_begin(b, 0x30);
	put(b, "\x06\x03\x55\x1d\x11\x01\x01\xff", 8);
	at[3] = der_begin(b, 0x04);
	at[4] = der_begin(b, 0x30);
	put(b, "\x87\x04\x0a\x00\x00\x01\x82", 7);
	at[5] = put_begin(b, 1);
	put(b, san, strlen(san));
	put_end(b, at[5], 1);
	for (int i = 4; i >= 0; i--)
		put_end(b, at[i], 2);
	put_end(b, tbs, 2);
	put_end(b, cert, 2);
	put_end(b, one, 3);
	put_end(b, list, 3);
	put_end(b, message, 3);
}

/* A ServerHello of TLS 1.2, or of 1.3. */
static inline void put_server_hello(struct bytes *b, int tls_1_3)
{
	static const uint8_t filler[32];
	size_t message;

	put_n(b, 2, 1);
	message = put_begin(b, 3);
	put_n(b, 0x0303, 2);
	put(b, filler, 32);
	put_n(b, 0, 1);
	put_n(b, 0xc02f, 2);
	put_n(b, 0, 1);
	if (tls_1_3)
		put(b, "\0\6\0\x2b\0\2\3\4", 8);
	put_end(b, message, 3);
}

#endif
