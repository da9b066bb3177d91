#include "service/guests.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct guests {
	struct loop *loop;
	int fd;
	const struct guest_rules *rules;
	void *host;
	struct guest places[];
};

void guest_leave(struct guest *g)
{
	bufferevent_free(g->bev);
	g->bev = NULL;
	if (g->end != NULL)
		event_free(g->end);
	g->end = NULL;
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct guest *g = arg;

	g->rules->read(g, bufferevent_get_input(bev));
}

/* A late word about an empty buffer is not one about the answer. */
static void on_written(struct bufferevent *bev, void *arg)
{
	struct guest *g = arg;

	if (g->rules->written != NULL &&
	    evbuffer_get_length(bufferevent_get_output(bev)) == 0)
		g->rules->written(g);
}

/* What he said before he left is heard. */
static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct guest *g = arg;

	(void)what;
	if (evbuffer_get_length(bufferevent_get_input(bev)) > 0)
		on_read(bev, g);
	if (g->bev != NULL)
		guest_leave(g);
}

static void on_end(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	guest_leave(arg);
}

static struct guest *free_place(struct guests *all)
{
	for (size_t i = 0; i < all->rules->max; i++)
		if (all->places[i].bev == NULL)
			return &all->places[i];
	return NULL;
}

static void bound(struct guest *g, struct event_base *base)
{
	struct timeval idle = { g->rules->idle_s, 0 };
	struct timeval whole = { g->rules->whole_s, 0 };

	if (idle.tv_sec > 0)
		bufferevent_set_timeouts(g->bev, &idle, &idle);
	bufferevent_setwatermark(g->bev, EV_READ, 0, g->rules->unread_max);
	if (whole.tv_sec > 0 &&
	    (g->end = evtimer_new(base, on_end, g)) != NULL)
		event_add(g->end, &whole);
}

static void on_call(void *arg)
{
	struct guests *all = arg;
	struct event_base *base = loop_base(all->loop);
	int fd = accept4(all->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct guest *g = free_place(all);

	if (fd == -1)
		return;
	if (g != NULL)
		*g = (struct guest){ .host = all->host, .rules = all->rules,
		    .bev = bufferevent_socket_new(base, fd,
		    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS) };
	if (g == NULL || g->bev == NULL) {
		close(fd);
		if (all->rules->crowded != NULL)
			all->rules->crowded(all->host);
		return;
	}
	listen_peer(fd, g->who);
	bufferevent_setcb(g->bev, on_read, on_written, on_event, g);
	bound(g, base);
	bufferevent_enable(g->bev, EV_READ | EV_WRITE);
	if (all->rules->came != NULL)
		all->rules->came(g);
}

struct guests *guests_new(struct loop *l, int fd,
    const struct guest_rules *rules, void *host)
{
	struct guests *all = calloc(1, sizeof(*all) +
	    rules->max * sizeof(all->places[0]));

	if (all == NULL)
		return NULL;
	all->loop = l;
	all->fd = fd;
	all->rules = rules;
	all->host = host;
	loop_readable(l, fd, on_call, all);
	return all;
}

void guests_free(struct guests *all)
{
	if (all == NULL)
		return;
	for (size_t i = 0; i < all->rules->max; i++)
		if (all->places[i].bev != NULL)
			guest_leave(&all->places[i]);
	free(all);
}
