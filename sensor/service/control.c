/*
 * control.c - clients of the control socket.
 */
#include "service/control.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "service/listen.h"

enum { CLIENTS_MAX = 8, REQUEST_MAX = 4096, ANSWER_MAX = 1 << 20,
	IDLE_S = 30 };

struct client {
	struct control *control;
	struct bufferevent *bev;	/* NULL: free place */
	char asker[PEER_TEXT];
};

struct control {
	struct core *core;
	int fd;
	struct client clients[CLIENTS_MAX];
	char *answer;			/* ANSWER_MAX bytes */
};

static void leave(struct client *k)
{
	bufferevent_free(k->bev);
	k->bev = NULL;
}

static void on_written(struct bufferevent *bev, void *arg)
{
	(void)bev;
	(void)arg;
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	leave(arg);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct client *k = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	size_t n;
	char *line;

	while ((line = evbuffer_readln(in, &n, EVBUFFER_EOL_LF)) != NULL) {
		struct text t = text_in(k->control->answer, ANSWER_MAX);

		control_answer(k->control->core, slice_of(line, n),
		    k->asker, &t);
		free(line);
		bufferevent_write(bev, t.p, t.n);
	}
	/* Neither endless lines nor answers that nobody fetches. */
	if (evbuffer_get_length(in) >= REQUEST_MAX ||
	    evbuffer_get_length(bufferevent_get_output(bev)) > ANSWER_MAX)
		leave(k);
}

static void on_client(void *arg)
{
	struct control *k = arg;
	struct timeval idle = { IDLE_S, 0 };
	int fd = accept4(k->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct client *c = NULL;

	if (fd == -1)
		return;
	for (size_t i = 0; i < CLIENTS_MAX && c == NULL; i++)
		if (k->clients[i].bev == NULL)
			c = &k->clients[i];
	if (c == NULL) {
		close(fd);		/* too many at once */
		return;
	}
	c->control = k;
	listen_peer(fd, c->asker);
	c->bev = bufferevent_socket_new(loop_base(k->core->loop), fd,
	    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	if (c->bev == NULL) {
		close(fd);
		return;
	}
	bufferevent_setcb(c->bev, on_read, on_written, on_event, c);
	bufferevent_set_timeouts(c->bev, &idle, &idle);
	bufferevent_setwatermark(c->bev, EV_READ, 0, REQUEST_MAX);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

struct control *control_new(struct core *c, int fd)
{
	struct control *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->core = c;
	k->fd = fd;
	k->answer = malloc(ANSWER_MAX);
	if (k->answer == NULL) {
		free(k);
		return NULL;
	}
	loop_readable(c->loop, fd, on_client, k);
	return k;
}

void control_free(struct control *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (k->clients[i].bev != NULL)
			leave(&k->clients[i]);
	free(k->answer);
	free(k);
}
