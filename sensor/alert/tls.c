/*
 * tls.c - OpenSSL contexts for syslog and intake over TLS.
 */
#include "alert/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

struct tls {
	SSL_CTX *context;
	char *name;
	bool is_address;
};

static void say(char *why, size_t size, const char *what, const char *file)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	snprintf(why, size, "%s %s: %s", what, file,
	    reason != NULL ? reason : "unusable");
	ERR_clear_error();
}

static bool load(SSL_CTX *x, const struct tls_conf *c, char *why,
    size_t size)
{
	if (c->ca != NULL ? SSL_CTX_load_verify_locations(x, c->ca, NULL) != 1 :
	    SSL_CTX_set_default_verify_paths(x) != 1) {
		say(why, size, "CA", c->ca != NULL ? c->ca : "of the system");
		return false;
	}
	if (c->cert != NULL &&
	    SSL_CTX_use_certificate_chain_file(x, c->cert) != 1) {
		say(why, size, "certificate", c->cert);
		return false;
	}
	if (c->key != NULL && (SSL_CTX_use_PrivateKey_file(x, c->key,
	    SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(x) != 1)) {
		say(why, size, "key", c->key);
		return false;
	}
	return true;
}

static bool is_address(const char *name)
{
	unsigned char b[16];

	return inet_pton(AF_INET, name, b) == 1 ||
	    inet_pton(AF_INET6, name, b) == 1;
}

struct tls *tls_new(const struct tls_conf *c, const char *host, char *why,
    size_t size)
{
	struct tls *t = calloc(1, sizeof(*t));

	snprintf(why, size, "no memory");
	if (t == NULL)
		return NULL;
	t->name = strdup(c->name != NULL ? c->name : host);
	t->context = SSL_CTX_new(TLS_client_method());
	if (t->name == NULL || t->context == NULL ||
	    !load(t->context, c, why, size)) {
		tls_free(t);
		return NULL;
	}
	t->is_address = is_address(t->name);
	SSL_CTX_set_min_proto_version(t->context, TLS1_2_VERSION);
	SSL_CTX_set_verify(t->context, SSL_VERIFY_PEER, NULL);
	return t;
}

void tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->context);
	free(t->name);
	free(t);
}

struct ssl_st *tls_session(struct tls *t)
{
	SSL *ssl = SSL_new(t->context);
	X509_VERIFY_PARAM *p;

	if (ssl == NULL)
		return NULL;
	p = SSL_get0_param(ssl);
	X509_VERIFY_PARAM_set_hostflags(p,
	    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (t->is_address ? X509_VERIFY_PARAM_set1_ip_asc(p, t->name) != 1 :
	    X509_VERIFY_PARAM_set1_host(p, t->name, 0) != 1 ||
	    SSL_set_tlsext_host_name(ssl, t->name) != 1) {
		SSL_free(ssl);
		return NULL;
	}
	return ssl;
}

struct tls *tls_server_new(const struct tls_conf *c, char *why, size_t size)
{
	struct tls *t = calloc(1, sizeof(*t));

	snprintf(why, size, "no memory");
	if (t == NULL)
		return NULL;
	t->context = SSL_CTX_new(TLS_server_method());
	if (t->context == NULL || !load(t->context, c, why, size)) {
		tls_free(t);
		return NULL;
	}
	SSL_CTX_set_min_proto_version(t->context, TLS1_2_VERSION);
	/* each connection shows its certificate anew */
	SSL_CTX_set_session_cache_mode(t->context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(t->context, SSL_OP_NO_TICKET |
	    SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_num_tickets(t->context, 0);
	SSL_CTX_set_verify(t->context, SSL_VERIFY_PEER |
	    SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return t;
}

struct ssl_st *tls_answer(struct tls *t)
{
	return SSL_new(t->context);
}

bool tls_named(const struct ssl_st *ssl, const char *names, char *name,
    size_t size)
{
	X509 *shown = SSL_get1_peer_certificate(ssl);
	bool found = false;

	while (shown != NULL && !found && *names != '\0') {
		size_t n = strcspn(names, ", ");

		found = n > 0 && n < size && X509_check_host(shown, names, n,
		    X509_CHECK_FLAG_NO_WILDCARDS, NULL) == 1;
		if (found)
			snprintf(name, size, "%.*s", (int)n, names);
		names += n + (names[n] != '\0');
	}
	X509_free(shown);
	return found;
}

void tls_reason(const struct ssl_st *ssl, char *why, size_t size)
{
	long verdict = SSL_get_verify_result(ssl);

	if (verdict != X509_V_OK)
		snprintf(why, size, "TLS: %s",
		    X509_verify_cert_error_string(verdict));
	else
		snprintf(why, size, "TLS: handshake failed");
}

static void check_file(const char *path, const char *what,
    const struct conf_node *at, struct conf_errors *e)
{
	if (path != NULL && access(path, R_OK) == -1)
		conf_error(e, at, "%s: cannot read \"%s\"", what, path);
}

void tls_check(const struct tls_conf *c, const struct conf_node *at,
    struct conf_errors *e)
{
	if ((c->cert == NULL) != (c->key == NULL))
		conf_error(e, at, "cert and key are needed together");
	check_file(c->ca, "ca", at, e);
	check_file(c->cert, "cert", at, e);
	check_file(c->key, "key", at, e);
}
