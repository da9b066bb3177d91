/*
 * intake.c - the socket: clients, bounds, counters.  See intake.h.
 */
#include "service/intake.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "analysis/analysis.h"
#include "base/log.h"
#include "dissector.h"
#include "service/core_parts.h"
#include "service/listen.h"

enum { CLIENTS_MAX = 16, LINES_A_TURN = 256, IDLE_S = 3600 };

struct sender_of {			/* one client */
	struct intake *intake;
	struct bufferevent *bev;	/* NULL: free place */
	char who[PEER_TEXT];
	bool told;			/* of its first bad line */
};

struct intake {
	struct core *core;
	int fd;
	struct sender_of clients[CLIENTS_MAX];
	struct intake_counts counts;
};

static void leave(struct sender_of *s)
{
	bufferevent_free(s->bev);
	s->bev = NULL;
}

static void take(struct sender_of *s, struct slice line)
{
	struct intake *i = s->intake;
	struct event events[INTAKE_EVENTS];
	char why[INTAKE_WHY];
	size_t n = intake_read(line, real_us(), events, why);

	i->counts.lines++;
	i->counts.refused += n == 0;
	if (n == 0 && !s->told)
		log_warnx("intake: %s: line refused: %s", s->who, why);
	s->told |= n == 0;
	for (size_t k = 0; k < n; k++)
		analysis_event(i->core->analysis, &events[k]);
}

/* A flood waits in the socket: its writer blocks, not we. */
static void on_read(struct bufferevent *bev, void *arg)
{
	struct sender_of *s = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	char *line;
	size_t n;

	for (int k = 0; k < LINES_A_TURN; k++) {
		line = evbuffer_readln(in, &n, EVBUFFER_EOL_LF);
		if (line == NULL)
			break;
		take(s, slice_of(line, n));
		free(line);
	}
	if (evbuffer_search_eol(in, NULL, NULL, EVBUFFER_EOL_LF).pos != -1)
		bufferevent_trigger(bev, EV_READ, BEV_OPT_DEFER_CALLBACKS);
	else if (evbuffer_get_length(in) >= INTAKE_LINE) {
		s->intake->counts.refused++;
		leave(s);
	}
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)what;
	on_read(bev, arg);		/* what came before the end */
	if (((struct sender_of *)arg)->bev != NULL)
		leave(arg);
}

static void name(struct sender_of *s, int fd)
{
	listen_peer(fd, s->who);
	s->told = false;
	log_info("intake: %s writes", s->who);
}

static void on_client(void *arg)
{
	struct intake *i = arg;
	struct timeval idle = { IDLE_S, 0 };
	int fd = accept4(i->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct sender_of *s = NULL;

	if (fd == -1)
		return;
	for (size_t k = 0; k < CLIENTS_MAX && s == NULL; k++)
		if (i->clients[k].bev == NULL)
			s = &i->clients[k];
	if (s != NULL)
		s->bev = bufferevent_socket_new(loop_base(i->core->loop), fd,
		    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	if (s == NULL || s->bev == NULL) {
		i->counts.crowded++;
		close(fd);
		return;
	}
	s->intake = i;
	i->counts.clients++;
	name(s, fd);
	bufferevent_setcb(s->bev, on_read, NULL, on_event, s);
	bufferevent_set_timeouts(s->bev, &idle, NULL);
	bufferevent_setwatermark(s->bev, EV_READ, 0, 2 * INTAKE_LINE);
	bufferevent_enable(s->bev, EV_READ);
}

struct intake *intake_new(struct core *c, int fd)
{
	struct intake *i = calloc(1, sizeof(*i));

	if (i == NULL)
		return NULL;
	i->core = c;
	i->fd = fd;
	loop_readable(c->loop, fd, on_client, i);
	return i;
}

void intake_free(struct intake *i)
{
	for (size_t k = 0; i != NULL && k < CLIENTS_MAX; k++)
		if (i->clients[k].bev != NULL)
			leave(&i->clients[k]);
	free(i);
}

const struct intake_counts *intake_counts(const struct intake *i)
{
	static const struct intake_counts none;

	return i == NULL ? &none : &i->counts;
}
