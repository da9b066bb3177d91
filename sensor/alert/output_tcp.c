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

#include "alert/dial.h"

enum { POLL_MS = 250, SETTLE_POLLS = 2, FLIGHT = 16384 };

enum framing { OCTETS, NEWLINE };

struct conf {
	struct dial_conf dial;
	int framing;
};

struct flight {				/* a line the peer may not have */
	uint64_t seq, end;		/* position in the stream */
};

struct link {
	const struct conf *conf;
	struct output_host host;
	struct dial dial;
	struct event *poll;
	struct flight flights[FLIGHT];	/* a ring */
	size_t first, n;
	uint64_t acked[SETTLE_POLLS];	/* at the last polls, oldest first */
	bool down;
};

static const char *const framings[] = { "octet-counting", "newline", NULL };

#define COMMON_OPTIONS(usual_port) \
	DIAL_OPTIONS(struct conf, usual_port, \
	    "give up a connection that acknowledges nothing for so long")

static const struct conf_field tcp_options[] = {
	COMMON_OPTIONS(514),
	{ "framing", CONF_CHOICE, offsetof(struct conf, framing),
	    .choices = framings, .help = "how lines are told apart" },
	{ .name = NULL }
};

static const struct conf_field tls_options[] = {
	COMMON_OPTIONS(6514),
	TLS_OPTIONS(struct conf, dial.tls),
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
	l->acked[SETTLE_POLLS - 1] = stream_acked(l->dial.stream);
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

	dial_close(&l->dial);
	event_free(l->poll);
	free(l);
}

static void *open_link(const struct conf *c, const struct output_host *host,
    bool with_tls, char *why)
{
	struct link *l = calloc(1, sizeof(*l));
	struct stream_setup s = { .base = host->base,
	    .connected = on_connected, .writable = on_connected,
	    .input = on_input, .failed = on_failed, .arg = l };

	if (l == NULL)
		return NULL;
	l->conf = c;
	l->host = *host;
	l->poll = evtimer_new(host->base, on_poll, l);
	if (dial_open(&l->dial, &c->dial, with_tls, &s, why))
		return l;
	close_tcp(l);
	return NULL;
}

static void *open_tcp(const void *settings, const struct output_host *host,
    char *why)
{
	return open_link(settings, host, false, why);
}

static void *open_tls(const void *settings, const struct output_host *host,
    char *why)
{
	return open_link(settings, host, true, why);
}

static bool send_line(void *link, uint64_t seq, struct slice line)
{
	struct link *l = link;
	char count[24];

	if (l->down || l->n == FLIGHT || !stream_has_room(l->dial.stream))
		return false;
	if (l->conf->framing == OCTETS) {
		int n = snprintf(count, sizeof(count), "%zu ", line.n);

		stream_write(l->dial.stream, count, (size_t)n);
	}
	stream_write(l->dial.stream, line.p, line.n);
	if (l->conf->framing == NEWLINE)
		stream_write(l->dial.stream, "\n", 1);
	l->flights[(l->first + l->n++) % FLIGHT] = (struct flight){ seq,
	    stream_written(l->dial.stream) };
	poll_later(l);
	return true;
}

const struct output output_tcp = {
	.name = "tcp",
	.options = tcp_options,
	.conf_size = sizeof(struct conf),
	.label = dial_label,
	.open = open_tcp,
	.send = send_line,
	.close = close_tcp,
};

const struct output output_tls = {
	.name = "tls",
	.options = tls_options,
	.conf_size = sizeof(struct conf),
	.check = dial_check_tls,
	.label = dial_label,
	.open = open_tls,
	.send = send_line,
	.close = close_tcp,
};
