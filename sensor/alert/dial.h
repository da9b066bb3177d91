/*
 * dial.h - where a collector is and how it is reached, for all outputs that
 * keep a connection: one stream, plain or inside TLS.
 */
#ifndef ALERT_DIAL_H
#define ALERT_DIAL_H

#include "alert/stream.h"
#include "alert/tls.h"

struct dial_conf {			/* settings; the first member */
	struct output_common common;
	struct address_conf to;
	int64_t timeout_us;
	struct tls_conf tls;		/* of the types with TLS */
};

/* `type` is a struct whose member `dial` is a struct dial_conf. */
#define DIAL_OPTIONS(type, usual_port, timeout_help) \
	OUTPUT_COMMON(HEADER_RFC5424), \
	ADDRESS_OPTIONS(type, dial.to, usual_port), \
	{ "timeout", CONF_DURATION, offsetof(type, dial.timeout_us), \
	    1000000, 3600000000, 120000000, .help = timeout_help }

struct dial {
	struct stream *stream;
	struct tls *tls;		/* NULL: plain */
};

/* Whom the stream calls is in `setup`; the rest of it is filled in here.
 * False, with nothing to close: cannot even be tried; `why` (OUTPUT_WHY
 * bytes) may say why. */
bool dial_open(struct dial *d, const struct dial_conf *c, bool with_tls,
    struct stream_setup *setup, char *why);
void dial_close(struct dial *d);

/* Of struct output. */
void dial_label(const void *settings, struct text *t);
void dial_check_tls(const void *settings, const struct conf_node *at,
    struct conf_errors *e);

#endif
