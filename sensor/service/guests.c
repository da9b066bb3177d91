#include "service/guests.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "alert/tls.h"

enum { HANDSHAKE_S = 10 };

struct guests {
	struct loop *loop;
	int fd;
	const struct guest_rules *rules;
	void *host;
	struct tls *tls;		/* NULL: a UNIX socket */
	const char *names;
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

	if (g->inside)
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

static void refused(const struct guests *all, const char *who,
    const char *why)
{
	if (all->rules->refused != NULL)
		all->rules->refused(all->host, who, why);
}

static void on_end(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	guest_leave(arg);
}

static void leave_after(struct guest *g, int seconds)
{
	struct timeval whole = { seconds, 0 };

	if (g->end != NULL)
		event_free(g->end);
	g->end = seconds <= 0 ? NULL :
	    evtimer_new(bufferevent_get_base(g->bev), on_end, g);
	if (g->end != NULL)
		event_add(g->end, &whole);
}

static void come_in(struct guest *g)
{
	struct timeval idle = { g->rules->idle_s, 0 };

	g->inside = true;
	if (idle.tv_sec > 0)
		bufferevent_set_timeouts(g->bev, &idle, &idle);
	leave_after(g, g->rules->whole_s);
	if (g->rules->came != NULL)
		g->rules->came(g);
}

/* The handshake is over: is his name one of ours? */
static void shown(struct guest *g)
{
	char name[PEER_TEXT / 2], from[PEER_TEXT];

	memcpy(from, g->who, sizeof(from));
	if (!tls_named(bufferevent_openssl_get_ssl(g->bev), g->all->names,
	    name, sizeof(name))) {
		refused(g->all, g->who, "no name of his certificate may write");
		guest_leave(g);
		return;
	}
	snprintf(g->who, sizeof(g->who), "%s (%.60s)", name, from);
	come_in(g);
}

static void turned_away(struct guest *g)
{
	unsigned long code = bufferevent_get_openssl_error(g->bev);
	const char *why = code != 0 ? ERR_reason_error_string(code) : NULL;

	refused(g->all, g->who, why != NULL ? why : "no handshake");
}

/* What he said before he left is heard. */
static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct guest *g = arg;

	if (what & BEV_EVENT_CONNECTED) {
		shown(g);
		return;
	}
	if (!g->inside)
		turned_away(g);
	if (evbuffer_get_length(bufferevent_get_input(bev)) > 0)
		on_read(bev, g);
	if (g->bev != NULL)
		guest_leave(g);
}

static struct guest *free_place(struct guests *all)
{
	for (size_t i = 0; i < all->rules->max; i++)
		if (all->places[i].bev == NULL)
			return &all->places[i];
	return NULL;
}

static struct bufferevent *line_to(const struct guests *all, int fd)
{
	struct event_base *base = loop_base(all->loop);
	int how = BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS;
	struct ssl_st *ssl;
	struct bufferevent *bev;

	if (all->tls == NULL)
		return bufferevent_socket_new(base, fd, how);
	ssl = tls_answer(all->tls);
	if (ssl == NULL)
		return NULL;
	bev = bufferevent_openssl_socket_new(base, fd, ssl,
	    BUFFEREVENT_SSL_ACCEPTING, how);
	if (bev == NULL)
		SSL_free(ssl);
	return bev;
}

static bool admitted(const struct guests *all, int fd)
{
	char who[PEER_TEXT];

	if (all->tls != NULL || listen_admits(fd))
		return true;
	listen_peer(fd, who);
	refused(all, who, "neither root nor of weir's group");
	return false;
}

static void on_call(void *arg)
{
	struct guests *all = arg;
	int fd = accept4(all->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct guest *g = free_place(all);

	if (fd == -1)
		return;
	if (!admitted(all, fd)) {
		close(fd);
		return;
	}
	if (g != NULL)
		*g = (struct guest){ .host = all->host, .rules = all->rules,
		    .all = all, .bev = line_to(all, fd) };
	if (g == NULL || g->bev == NULL) {
		close(fd);
		if (all->rules->crowded != NULL)
			all->rules->crowded(all->host);
		return;
	}
	listen_peer(fd, g->who);
	bufferevent_setcb(g->bev, on_read, on_written, on_event, g);
	bufferevent_setwatermark(g->bev, EV_READ, 0, g->rules->unread_max);
	bufferevent_enable(g->bev, EV_READ | EV_WRITE);
	if (all->tls != NULL)
		leave_after(g, HANDSHAKE_S);
	else
		come_in(g);
}

struct guests *guests_tls(struct loop *l, int fd,
    const struct guest_rules *rules, void *host, struct tls *tls,
    const char *names)
{
	struct guests *all = calloc(1, sizeof(*all) +
	    rules->max * sizeof(all->places[0]));

	if (all == NULL)
		return NULL;
	all->loop = l;
	all->fd = fd;
	all->rules = rules;
	all->host = host;
	all->tls = tls;
	all->names = names;
	loop_readable(l, fd, on_call, all);
	return all;
}

struct guests *guests_new(struct loop *l, int fd,
    const struct guest_rules *rules, void *host)
{
	return guests_tls(l, fd, rules, host, NULL, NULL);
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
