/*
 * intake.c - the socket: clients, bounds, counters.  See intake.h.
 */
#include "service/intake.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "alert/tls.h"
#include "analysis/analysis.h"
#include "base/log.h"
#include "service/core_parts.h"
#include "service/guests.h"

enum { LINES_A_TURN = 256, SAY_EVERY_US = 10000000 };

struct intake {
	struct core *core;
	struct guests *clients;		/* of the UNIX socket, or NULL */
	struct guests *remote;		/* by TLS, or NULL */
	struct tls *tls;
	char *names;
	struct intake_counts counts;
	int64_t said_us;		/* monotonic: who was turned away */
};

static void take(struct guest *g, struct slice line)
{
	struct intake *i = g->host;
	struct event events[INTAKE_EVENTS];
	char why[INTAKE_WHY];
	size_t n = intake_read(line, real_us(), events, why);

	i->counts.lines++;
	i->counts.refused += n == 0;
	if (n == 0 && !g->marked)	/* told of its first bad line */
		log_warnx("intake: %s: line refused: %s", g->who, why);
	g->marked |= n == 0;
	for (size_t k = 0; k < n; k++)
		analysis_event(i->core->analysis, &events[k]);
}

/* A flood waits in the socket: its writer blocks, not we. */
static void on_read(struct guest *g, struct evbuffer *in)
{
	struct intake *i = g->host;
	char *line;
	size_t n;

	for (int k = 0; k < LINES_A_TURN; k++) {
		line = evbuffer_readln(in, &n, EVBUFFER_EOL_LF);
		if (line == NULL)
			break;
		take(g, slice_of(line, n));
		explicit_bzero(line, n);
		free(line);
	}
	if (evbuffer_search_eol(in, NULL, NULL, EVBUFFER_EOL_LF).pos != -1)
		bufferevent_trigger(g->bev, EV_READ, BEV_OPT_DEFER_CALLBACKS);
	else if (evbuffer_get_length(in) >= INTAKE_LINE) {
		i->counts.refused++;
		guest_leave(g);
	}
}

static void on_came(struct guest *g)
{
	struct intake *i = g->host;

	i->counts.clients++;
	log_info("intake: %s writes", g->who);
}

static void on_crowded(void *host)
{
	struct intake *i = host;

	i->counts.crowded++;
}

/* All are counted; a scan of the port does not fill the log. */
static void on_refused(void *host, const char *who, const char *why)
{
	struct intake *i = host;
	int64_t now_us = monotonic_us();

	i->counts.turned_away++;
	if (i->said_us != 0 && now_us - i->said_us < SAY_EVERY_US)
		return;
	i->said_us = now_us;
	log_warnx("intake: %s turned away: %s", who, why);
}

static const struct guest_rules rules = { .max = 16,
	.unread_max = 2 * INTAKE_LINE, .idle_s = 3600, .came = on_came,
	.read = on_read, .crowded = on_crowded, .refused = on_refused };

/* Strangers may knock at a port, and take places while they do. */
static const struct guest_rules remote_rules = { .max = 64,
	.unread_max = 2 * INTAKE_LINE, .idle_s = 3600, .came = on_came,
	.read = on_read, .crowded = on_crowded, .refused = on_refused };

static void open_remote(struct intake *i, int fd)
{
	const struct config_intake *in = &i->core->live->config->intake_tls;
	struct tls_conf files = { .ca = in->ca, .cert = in->cert,
		.key = in->key };
	char why[256];

	i->tls = tls_server_new(&files, why, sizeof(why));
	if (i->tls == NULL) {
		log_warnx("intake: %s", why);
		return;
	}
	i->names = strdup(in->names);	/* a reload may free theirs */
	if (i->names != NULL)
		i->remote = guests_tls(i->core->loop, fd, &remote_rules, i,
		    i->tls, i->names);
}

struct intake *intake_new(struct core *c, int fd, int tls_fd)
{
	struct intake *i = calloc(1, sizeof(*i));

	if (i == NULL)
		return NULL;
	i->core = c;
	if (fd != -1)
		i->clients = guests_new(c->loop, fd, &rules, i);
	if (tls_fd != -1)
		open_remote(i, tls_fd);
	return i;
}

void intake_free(struct intake *i)
{
	if (i == NULL)
		return;
	guests_free(i->clients);
	guests_free(i->remote);
	tls_free(i->tls);
	free(i->names);
	free(i);
}

const struct intake_counts *intake_counts(const struct intake *i)
{
	static const struct intake_counts none;

	return i == NULL ? &none : &i->counts;
}
