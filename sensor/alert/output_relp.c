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

#include "alert/dial.h"
#include "alert/relp.h"

enum { WINDOW = 256, CHECK_US = 1000000 };

struct conf {
	struct dial_conf dial;
};

struct link {
	const struct conf *conf;
	struct output_host host;
	struct dial dial;
	struct event *check;
	uint64_t seqs[WINDOW];		/* sent, not answered: a ring */
	size_t first, n;
	uint32_t txnr;			/* of the last frame sent */
	uint32_t first_txnr;		/* of seqs[first] */
	int64_t waited_us;		/* without any answer */
	bool open, down;
};

#define COMMON_OPTIONS(usual_port) \
	DIAL_OPTIONS(struct conf, usual_port, \
	    "give up a connection that answers nothing for so long")

static const struct conf_field relp_options[] = {
	COMMON_OPTIONS(2514),
	{ .name = NULL }
};

static const struct conf_field relp_tls_options[] = {
	COMMON_OPTIONS(2515),
	TLS_OPTIONS(struct conf, dial.tls),
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
	stream_write(l->dial.stream, head, (size_t)n);
	stream_write(l->dial.stream, data.p, data.n);
	stream_write(l->dial.stream, "\n", 1);
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

/* Is this the number of a line under way? */
static bool is_under_way(const struct link *l, uint32_t txnr)
{
	return txnr >= 1 && txnr <= RELP_TXNR_MAX && (txnr - l->first_txnr +
	    (txnr < l->first_txnr ? RELP_TXNR_MAX : 0)) < l->n;
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
	if (l->open && !is_under_way(l, f->txnr)) {
		fail(l, "the collector answers what was not sent");
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
	if (l->waited_us > l->conf->dial.timeout_us)
		fail(l, "no answer");
	else
		event_add(l->check, &pause);
}

static void close_relp(void *link)
{
	struct link *l = link;

	if (l->open && !l->down)
		send_frame(l, "close", slice_of("", 0));
	dial_close(&l->dial);
	event_free(l->check);
	free(l);
}

static void *open_link(const struct conf *c, const struct output_host *host,
    bool with_tls, char *why)
{
	struct link *l = calloc(1, sizeof(*l));
	struct stream_setup s = { .base = host->base,
	    .connected = on_connected, .writable = on_writable,
	    .input = on_input, .failed = on_failed, .arg = l };
	struct timeval pause = { 1, 0 };

	if (l == NULL)
		return NULL;
	l->conf = c;
	l->host = *host;
	l->check = evtimer_new(host->base, on_check, l);
	event_add(l->check, &pause);
	if (dial_open(&l->dial, &c->dial, with_tls, &s, why))
		return l;
	close_relp(l);
	return NULL;
}

static void *open_relp(const void *settings, const struct output_host *host,
    char *why)
{
	return open_link(settings, host, false, why);
}

static void *open_relp_tls(const void *settings,
    const struct output_host *host, char *why)
{
	return open_link(settings, host, true, why);
}

static bool send_line(void *link, uint64_t seq, struct slice line)
{
	struct link *l = link;

	if (l->down || !l->open || l->n == WINDOW ||
	    !stream_has_room(l->dial.stream))
		return false;
	send_frame(l, "syslog", line);
	if (l->n == 0)
		l->first_txnr = l->txnr;
	l->seqs[(l->first + l->n++) % WINDOW] = seq;
	return true;
}

const struct output output_relp = {
	.name = "relp",
	.options = relp_options,
	.conf_size = sizeof(struct conf),
	.label = dial_label,
	.open = open_relp,
	.send = send_line,
	.close = close_relp,
};

const struct output output_relp_tls = {
	.name = "relp-tls",
	.options = relp_tls_options,
	.conf_size = sizeof(struct conf),
	.check = dial_check_tls,
	.label = dial_label,
	.open = open_relp_tls,
	.send = send_line,
	.close = close_relp,
};
