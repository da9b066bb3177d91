/*
 * tls.h - TLS towards a collector (RFC 5425): who it must be, who we are; and
 * from those who write to intake.
 *
 * The peer's certificate must lead to the configured CA (the system's, if
 * none is named) and bear the configured name; there is no switch to skip
 * that.  TLS 1.2 at least.
 */
#ifndef ALERT_TLS_H
#define ALERT_TLS_H

#include "alert/output.h"

struct tls_conf {
	char *ca;			/* file; NULL: the system's */
	char *name;			/* expected; NULL: the host option */
	char *cert, *key;		/* ours, PEM; NULL: none */
};

#define TLS_OPTIONS(type, member) \
	{ "ca", CONF_TEXT, offsetof(type, member.ca), \
	    .help = "PEM file of the CA that signed the collector's " \
	    "certificate" }, \
	{ "server-name", CONF_TEXT, offsetof(type, member.name), \
	    .help = "name its certificate must bear, if not `host`" }, \
	{ "cert", CONF_TEXT, offsetof(type, member.cert), \
	    .help = "PEM file of this sensor's certificate" }, \
	{ "key", CONF_TEXT, offsetof(type, member.key), \
	    .help = "PEM file of its key" }

struct tls;
struct ssl_st;

/* NULL with the reason in `why`. */
struct tls *tls_new(const struct tls_conf *c, const char *host, char *why,
    size_t size);
void tls_free(struct tls *t);
/* A new client session that checks the peer's name. */
struct ssl_st *tls_session(struct tls *t);
/* Why the last handshake failed, for the operator. */
void tls_reason(const struct ssl_st *ssl, char *why, size_t size);
/* The other way: whoever calls must show a certificate of c->ca. */
struct tls *tls_server_new(const struct tls_conf *c, char *why, size_t size);
/* A new session of one who calls. */
struct ssl_st *tls_answer(struct tls *t);
/* The first of `names` (commas between) that the caller's certificate bears,
 * into `name`; false: none. */
bool tls_named(const struct ssl_st *ssl, const char *names, char *name,
    size_t size);
/* Both or neither of cert and key; readable files. */
void tls_check(const struct tls_conf *c, const struct conf_node *at,
    struct conf_errors *e);

#endif
