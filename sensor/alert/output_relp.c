/*
 * output_relp.c - RELP, plain or inside TLS: every line is answered.
 *
 * A window of lines may be under way; each is delivered when its answer
 * says 200.  What was not answered when a connection broke is sent again,
 * with the same id: nothing is lost, and what comes twice can be told.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "alert/relp.h"
#include "alert/stream.h"
#include "alert/tls.h"

enum { WINDOW = 256, CHECK_US = 1000000 };

struct conf {
	struct output_common common;
	struct address_conf to;
	int64_t timeout_us;
	struct tls_conf tls;		/* type relp-tls alone */
};

struct link {
	const struct conf *conf;
	struct output_host host;
	struct stream *stream;
	struct tls *tls;
	struct event *check;
	uint64_t seqs[WINDOW];		/* sent, not answered: a ring */
	size_t first, n;
	uint32_t txnr;			/* of the last frame sent */
	uint32_t first_txnr;		/* of seqs[first] */
	int64_t waited_us;		/* without any answer */
	bool open, down;
};

#define COMMON_OPTIONS(usual_port) \
	OUTPUT_COMMON(HEADER_RFC5424), \
	ADDRESS_OPTIONS(struct conf, to, usual_port), \
	{ "timeout", CONF_DURATION, offsetof(struct conf, timeout_us), \
	    1000000, 3600000000, 120000000, \
	    .help = "give up a connection that answers nothing for so long" }

static const struct conf_field relp_options[] = {
	COMMON_OPTIONS(2514),
	{ .name = NULL }
};

static const struct conf_field relp_tls_options[] = {
	COMMON_OPTIONS(2515),
	TLS_OPTIONS(struct conf, tls),
	{ .name = NULL }
};

static void fail(struct link *l, const char *why)
{
	if (l->down)
		return;
	l->down = true;
	l->host.down(l->host.arg, why);
}

static uint32_t next_txnr(uint32_t txnr)
{
	return txnr >= RELP_TXNR_MAX ? 1 : txnr + 1;
}

static void send_frame(struct link *l, const char *command,
    struct slice data)
{
	char head[64];
	int n;

	l->txnr = next_txnr(l->txnr);
	n = snprintf(head, sizeof(head), "%u %s %zu ", l->txnr, command,
	    data.n);
	stream_write(l->stream, head, (size_t)n);
	stream_write(l->stream, data.p, data.n);
	stream_write(l->stream, "\n", 1);
}

static void on_connected(void *arg)
{
	static const char offer[] = "relp_version=0\nrelp_software=weir,"
	    VERSION "\ncommands=syslog\n";

	send_frame(arg, "open", slice_of(offer, sizeof(offer) - 1));
}

static void on_writable(void *arg)
{
	struct link *l = arg;

	if (l->open && !l->down)
		l->host.ready(l->host.arg);
}

/* Answers come in order; one for a later line answers those before it. */
static void answered(struct link *l, uint32_t txnr)
{
	uint64_t seq = 0;

	while (l->n > 0) {
		bool last = l->first_txnr == txnr;

		seq = l->seqs[l->first];
		l->first = (l->first + 1) % WINDOW;
		l->first_txnr = next_txnr(l->first_txnr);
		l->n--;
		if (last)
			break;
	}
	l->waited_us = 0;
	if (seq != 0)
		l->host.acked(l->host.arg, seq);
}

static void on_answer(struct link *l, const struct relp_frame *f)
{
	char why[64];

	if (slice_is(f->command, "serverclose")) {
		fail(l, "closed by the collector");
		return;
	}
	if (!slice_is(f->command, "rsp"))
		return;
	if (relp_code(f->data) != 200) {
		snprintf(why, sizeof(why), "the collector answers %u",
		    relp_code(f->data));
		fail(l, why);
		return;
	}
	if (l->open)
		answered(l, f->txnr);
	l->open = true;
	l->host.ready(l->host.arg);
}

static void on_input(void *arg, struct slice *in)
{
	struct link *l = arg;
	enum relp_read got = RELP_FRAME;
	struct relp_frame f;

	while (!l->down && slice_more(*in)) {
		got = relp_read(in, &f);
		if (got != RELP_FRAME)
			break;
		on_answer(l, &f);
	}
	if (got == RELP_DAMAGED)
		fail(l, "the collector does not speak RELP");
}

static void on_failed(void *arg, const char *why)
{
	fail(arg, why);
}

/* A peer whose kernel lives but who does not answer. */
static void on_check(evutil_socket_t fd, short what, void *arg)
{
	struct timeval pause = { 1, 0 };
	struct link *l = arg;

	(void)fd;
	(void)what;
	l->waited_us = l->n > 0 || !l->open ? l->waited_us + CHECK_US : 0;
	if (l->waited_us > l->conf->timeout_us)
		fail(l, "no answer");
	else
		event_add(l->check, &pause);
}

static void close_relp(void *link)
{
	struct link *l = link;

	if (l->open && !l->down)
		send_frame(l, "close", slice_of("", 0));
	if (l->stream != NULL)
		stream_close(l->stream);
	tls_free(l->tls);
	event_free(l->check);
	free(l);
}

static struct link *link_new(const struct conf *c,
    const struct output_host *host)
{
	struct link *l = calloc(1, sizeof(*l));
	struct timeval pause = { 1, 0 };

	if (l == NULL)
		return NULL;
	l->conf = c;
	l->host = *host;
	l->check = evtimer_new(host->base, on_check, l);
	event_add(l->check, &pause);
	return l;
}

static void *connect_link(struct link *l)
{
	struct stream_setup s = { .base = l->host.base, .to = &l->conf->to,
	    .tls = l->tls, .timeout_us = l->conf->timeout_us,
	    .connected = on_connected, .writable = on_writable,
	    .input = on_input, .failed = on_failed, .arg = l };

	l->stream = stream_open(&s);
	if (l->stream != NULL)
		return l;
	close_relp(l);
	return NULL;
}

static void *open_relp(const void *settings, const struct output_host *host,
    char *why)
{
	struct link *l = link_new(settings, host);

	(void)why;
	return l == NULL ? NULL : connect_link(l);
}

static void *open_relp_tls(const void *settings,
    const struct output_host *host, char *why)
{
	const struct conf *c = settings;
	struct link *l = link_new(c, host);

	if (l == NULL)
		return NULL;
	l->tls = tls_new(&c->tls, c->to.host, why, OUTPUT_WHY);
	if (l->tls != NULL)
		return connect_link(l);
	close_relp(l);
	return NULL;
}

static bool send_line(void *link, uint64_t seq, struct slice line)
{
	struct link *l = link;

	if (l->down || !l->open || l->n == WINDOW ||
	    !stream_has_room(l->stream))
		return false;
	send_frame(l, "syslog", line);
	if (l->n == 0)
		l->first_txnr = l->txnr;
	l->seqs[(l->first + l->n++) % WINDOW] = seq;
	return true;
}

static void check_relp_tls(const void *settings, const struct conf_node *at,
    struct conf_errors *e)
{
	tls_check(&((const struct conf *)settings)->tls, at, e);
}

static void label_relp(const void *settings, struct text *t)
{
	address_label(&((const struct conf *)settings)->to, "relp", t);
}

static void label_relp_tls(const void *settings, struct text *t)
{
	address_label(&((const struct conf *)settings)->to, "relp-tls", t);
}

const struct output output_relp = {
	.name = "relp",
	.options = relp_options,
	.conf_size = sizeof(struct conf),
	.label = label_relp,
	.open = open_relp,
	.send = send_line,
	.close = close_relp,
};

const struct output output_relp_tls = {
	.name = "relp-tls",
	.options = relp_tls_options,
	.conf_size = sizeof(struct conf),
	.check = check_relp_tls,
	.label = label_relp_tls,
	.open = open_relp_tls,
	.send = send_line,
	.close = close_relp,
};
