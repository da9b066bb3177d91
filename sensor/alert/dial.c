#include "alert/dial.h"

bool dial_open(struct dial *d, const struct dial_conf *c, bool with_tls,
    struct stream_setup *setup, char *why)
{
	*d = (struct dial){ .tls = NULL };
	if (with_tls) {
		d->tls = tls_new(&c->tls, c->to.host, why, OUTPUT_WHY);
		if (d->tls == NULL)
			return false;
	}
	setup->to = &c->to;
	setup->tls = d->tls;
	setup->timeout_us = c->timeout_us;
	d->stream = stream_open(setup);
	if (d->stream == NULL)
		dial_close(d);
	return d->stream != NULL;
}

void dial_close(struct dial *d)
{
	if (d->stream != NULL)
		stream_close(d->stream);
	tls_free(d->tls);
	*d = (struct dial){ .tls = NULL };
}

void dial_label(const void *settings, struct text *t)
{
	const struct dial_conf *c = settings;

	address_label(&c->to, c->common.type, t);
}

void dial_check_tls(const void *settings, const struct conf_node *at,
    struct conf_errors *e)
{
	tls_check(&((const struct dial_conf *)settings)->tls, at, e);
}
