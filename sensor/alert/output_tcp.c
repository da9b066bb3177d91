/*
 * output_tcp.c - syslog over TCP (RFC 6587) and over TLS (RFC 5425).
 *
 * Octet counting: "LEN SP LINE"; newline framing on request, plain TCP only.
 * TCP tells nobody whether the collector has read a line.  A line counts as
 * delivered when the peer's kernel has acknowledged it and the connection
 * has lived for a moment after that; a collector that dies takes at most
 * what it had not read until then, and that is sent again.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "alert/stream.h"
#include "alert/tls.h"

enum { POLL_MS = 250, SETTLE_POLLS = 2, FLIGHT = 16384 };

enum framing { OCTETS, NEWLINE };

struct conf {
	struct output_common common;
	struct address_conf to;
	int framing;
	int64_t timeout_us;
	struct tls_conf tls;		/* type tls alone */
};

struct flight {				/* a line the peer may not have */
	uint64_t seq, end;		/* position in the stream */
};

struct link {
	const struct conf *conf;
	struct output_host host;
	struct stream *stream;
	struct tls *tls;
	struct event *poll;
	struct flight flights[FLIGHT];	/* a ring */
	size_t first, n;
	uint64_t acked[SETTLE_POLLS];	/* at the last polls, oldest first */
	bool down;
};

static const char *const framings[] = { "octet-counting", "newline", NULL };

#define COMMON_OPTIONS(usual_port) \
	OUTPUT_COMMON(HEADER_RFC5424), \
	ADDRESS_OPTIONS(struct conf, to, usual_port), \
	{ "timeout", CONF_DURATION, offsetof(struct conf, timeout_us), \
	    1000000, 3600000000, 120000000, \
	    .help = "give up a connection that acknowledges nothing for so " \
	    "long" }

static const struct conf_field tcp_options[] = {
	COMMON_OPTIONS(514),
	{ "framing", CONF_CHOICE, offsetof(struct conf, framing),
	    .choices = framings, .help = "how lines are told apart" },
	{ .name = NULL }
};

static const struct conf_field tls_options[] = {
	COMMON_OPTIONS(6514),
	TLS_OPTIONS(struct conf, tls),
	{ .name = NULL }
};

static void poll_later(struct link *l)
{
	struct timeval pause = { 0, POLL_MS * 1000 };

	if (!event_pending(l->poll, EV_TIMEOUT, NULL))
		event_add(l->poll, &pause);
}

/* Lines that ended before this point of the stream have arrived. */
static void settle(struct link *l, uint64_t upto)
{
	uint64_t seq = 0;

	while (l->n > 0 && l->flights[l->first].end <= upto) {
		seq = l->flights[l->first].seq;
		l->first = (l->first + 1) % FLIGHT;
		l->n--;
	}
	if (seq != 0)
		l->host.acked(l->host.arg, seq);
}

static void on_poll(evutil_socket_t fd, short what, void *arg)
{
	struct link *l = arg;
	bool was_full = l->n == FLIGHT;

	(void)fd;
	(void)what;
	if (l->down)
		return;
	settle(l, l->acked[0]);
	memmove(l->acked, l->acked + 1, sizeof(l->acked) -
	    sizeof(l->acked[0]));
	l->acked[SETTLE_POLLS - 1] = stream_acked(l->stream);
	if (l->n > 0)
		poll_later(l);
	if (was_full)
		l->host.ready(l->host.arg);
}

static void on_connected(void *arg)
{
	struct link *l = arg;

	l->host.ready(l->host.arg);
}

static void on_input(void *arg, struct slice *in)
{
	(void)arg;
	slice_skip(in, in->n);		/* syslog servers do not talk */
}

static void on_failed(void *arg, const char *why)
{
	struct link *l = arg;

	if (l->down)
		return;
	l->down = true;
	l->host.down(l->host.arg, why);
}

static void close_tcp(void *link)
{
	struct link *l = link;

	if (l->stream != NULL)
		stream_close(l->stream);
	tls_free(l->tls);
	event_free(l->poll);
	free(l);
}

static struct link *link_new(const struct conf *c,
    const struct output_host *host)
{
	struct link *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->conf = c;
	l->host = *host;
	l->poll = evtimer_new(host->base, on_poll, l);
	return l;
}

static void *connect_link(struct link *l)
{
	struct stream_setup s = { .base = l->host.base, .to = &l->conf->to,
	    .tls = l->tls, .timeout_us = l->conf->timeout_us,
	    .connected = on_connected, .writable = on_connected,
	    .input = on_input, .failed = on_failed, .arg = l };

	l->stream = stream_open(&s);
	if (l->stream != NULL)
		return l;
	close_tcp(l);
	return NULL;
}

static void *open_tcp(const void *settings, const struct output_host *host,
    char *why)
{
	struct link *l = link_new(settings, host);

	(void)why;
	return l == NULL ? NULL : connect_link(l);
}

static void *open_tls(const void *settings, const struct output_host *host,
    char *why)
{
	const struct conf *c = settings;
	struct link *l = link_new(c, host);

	if (l == NULL)
		return NULL;
	l->tls = tls_new(&c->tls, c->to.host, why, OUTPUT_WHY);
	if (l->tls != NULL)
		return connect_link(l);
	close_tcp(l);
	return NULL;
}

static bool send_line(void *link, uint64_t seq, struct slice line)
{
	struct link *l = link;
	char count[24];

	if (l->down || l->n == FLIGHT || !stream_has_room(l->stream))
		return false;
	if (l->conf->framing == OCTETS) {
		int n = snprintf(count, sizeof(count), "%zu ", line.n);

		stream_write(l->stream, count, (size_t)n);
	}
	stream_write(l->stream, line.p, line.n);
	if (l->conf->framing == NEWLINE)
		stream_write(l->stream, "\n", 1);
	l->flights[(l->first + l->n++) % FLIGHT] = (struct flight){ seq,
	    stream_written(l->stream) };
	poll_later(l);
	return true;
}

static void check_tls(const void *settings, const struct conf_node *at,
    struct conf_errors *e)
{
	tls_check(&((const struct conf *)settings)->tls, at, e);
}

static void label_tcp(const void *settings, struct text *t)
{
	address_label(&((const struct conf *)settings)->to, "tcp", t);
}

static void label_tls(const void *settings, struct text *t)
{
	address_label(&((const struct conf *)settings)->to, "tls", t);
}

const struct output output_tcp = {
	.name = "tcp",
	.options = tcp_options,
	.conf_size = sizeof(struct conf),
	.label = label_tcp,
	.open = open_tcp,
	.send = send_line,
	.close = close_tcp,
};

const struct output output_tls = {
	.name = "tls",
	.options = tls_options,
	.conf_size = sizeof(struct conf),
	.check = check_tls,
	.label = label_tls,
	.open = open_tls,
	.send = send_line,
	.close = close_tcp,
};
