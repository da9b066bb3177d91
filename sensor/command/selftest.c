/*
 * selftest.c - a client and a server that move what they are told to.
 *
 * HTTP/1.1 over TLS 1.3, with a certificate made on the spot: what a browser
 * does when it fetches one file after another, or sends them.
 */
#include "command/selftest.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD = 1024, PIECE = 65536, HOUR_S = 3600 };

static const char name[] = "selftest.weir.example";

static struct sockaddr_in place(const char *address, uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port) };

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
		to.sin_family = AF_UNSPEC;
	return to;
}

int selftest_listen(const char *address, uint16_t port)
{
	struct sockaddr_in at = place(address, port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	    listen(fd, 4) == 0)
		return fd;
	close(fd);
	return -1;
}

static X509 *certificate(EVP_PKEY *key)
{
	X509 *x = X509_new();
	X509_NAME *who = x ? X509_get_subject_name(x) : NULL;

	if (who != NULL && X509_set_version(x, 2) &&
	    ASN1_INTEGER_set(X509_get_serialNumber(x), 1) &&
	    X509_gmtime_adj(X509_getm_notBefore(x), -HOUR_S) &&
	    X509_gmtime_adj(X509_getm_notAfter(x), 24L * HOUR_S) &&
	    X509_NAME_add_entry_by_txt(who, "CN", MBSTRING_ASC,
	    (const unsigned char *)name, -1, -1, 0) &&
	    X509_set_issuer_name(x, who) && X509_set_pubkey(x, key) &&
	    X509_sign(x, key, EVP_sha256()))
		return x;
	X509_free(x);
	return NULL;
}

static SSL_CTX *server_context(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = key ? certificate(key) : NULL;
	bool good = ctx && x && SSL_CTX_use_certificate(ctx, x) == 1 &&
	    SSL_CTX_use_PrivateKey(ctx, key) == 1;

	X509_free(x);
	EVP_PKEY_free(key);
	if (good)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

static bool say(SSL *s, const char *text)
{
	return SSL_write(s, text, (int)strlen(text)) > 0;
}

/* The lines up to an empty one; false: the end came first. */
static bool hear(SSL *s, char *head)
{
	size_t n = 0;

	head[0] = '\0';
	while (n < HEAD - 1 && strstr(head, "\r\n\r\n") == NULL) {
		if (SSL_read(s, head + n, 1) != 1)
			return false;
		head[++n] = '\0';
	}
	return n < HEAD - 1;
}

static bool give(SSL *s, uint32_t bytes)
{
	static const char piece[PIECE];

	while (bytes > 0) {
		int n = bytes < PIECE ? (int)bytes : PIECE;

		if (SSL_write(s, piece, n) != n)
			return false;
		bytes -= (uint32_t)n;
	}
	return true;
}

static bool take(SSL *s, uint32_t bytes)
{
	char piece[PIECE];

	while (bytes > 0) {
		int n = SSL_read(s, piece, bytes < PIECE ? (int)bytes :
		    PIECE);

		if (n <= 0)
			return false;
		bytes -= (uint32_t)n;
	}
	return true;
}

/* "GET /1234 HTTP/1.1": 1234 bytes go down; POST: they come up. */
static bool answer(SSL *s)
{
	char head[HEAD], reply[HEAD], verb[8];
	uint32_t bytes;

	if (!hear(s, head) ||
	    sscanf(head, "%7s /%u", verb, &bytes) != 2)
		return false;
	if (strcmp(verb, "POST") == 0) {
		if (!take(s, bytes))
			return false;
		bytes = 0;
	}
	snprintf(reply, sizeof(reply), "HTTP/1.1 200 OK\r\nServer: weir\r\n"
	    "Content-Type: application/octet-stream\r\n"
	    "Content-Length: %u\r\n\r\n", bytes);
	return say(s, reply) && give(s, bytes);
}

void selftest_serve(int listening)
{
	SSL_CTX *ctx = server_context();
	int fd;

	while (ctx != NULL && (fd = accept(listening, NULL, NULL)) != -1) {
		SSL *s = SSL_new(ctx);

		if (s != NULL && SSL_set_fd(s, fd) == 1 && SSL_accept(s) == 1)
			while (answer(s))
				;
		SSL_free(s);
		close(fd);
	}
	SSL_CTX_free(ctx);
}

static bool ask(SSL *s, const struct selftest_move *m)
{
	char head[HEAD];

	snprintf(head, sizeof(head), "%s /%u HTTP/1.1\r\nHost: %s\r\n"
	    "User-Agent: weir\r\nAccept: */*\r\nContent-Length: %u\r\n\r\n",
	    m->up ? "POST" : "GET", m->bytes, name, m->up ? m->bytes : 0);
	return say(s, head) && (!m->up || give(s, m->bytes)) &&
	    hear(s, head) && (m->up || take(s, m->bytes));
}

bool selftest_move(const char *address, uint16_t port,
    const struct selftest_move *moves, unsigned int n)
{
	struct sockaddr_in to = place(address, port);
	struct timespec think = { .tv_nsec = 100000000 };
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *s = ctx ? SSL_new(ctx) : NULL;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good = s != NULL && fd != -1 &&
	    connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
	    SSL_set_fd(s, fd) == 1 &&
	    SSL_set_tlsext_host_name(s, name) == 1 && SSL_connect(s) == 1;

	for (unsigned int i = 0; good && i < n; i++) {
		good = ask(s, &moves[i]);
		nanosleep(&think, NULL);
	}
	if (good)
		SSL_shutdown(s);
	SSL_free(s);
	SSL_CTX_free(ctx);
	if (fd != -1)
		close(fd);
	return good;
}
