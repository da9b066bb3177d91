/*
 * metrics.c - see metrics.h.
 */
#include "service/metrics.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS_MAX = 4, REQUEST_MAX = 4096, PAGE_MAX = 65536,
	PATIENCE_S = 5 };		/* for the whole, not for a read */

struct reader {
	struct metrics *metrics;
	struct bufferevent *bev;	/* NULL: free place */
	struct event *end;		/* patience is over */
	bool answered;
};

struct metrics {
	struct core *core;
	int fd;
	struct reader readers[CLIENTS_MAX];
	char page[PAGE_MAX];
};

static void leave(struct reader *r)
{
	bufferevent_free(r->bev);
	r->bev = NULL;
	event_free(r->end);
}

static bool is_local(const char *host)
{
	static const char *const fine[] = { "localhost", "127.0.0.1",
	    "[::1]" };

	while (*host == ' ')
		host++;
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		size_t n = strlen(fine[i]);

		if (strncmp(host, fine[i], n) == 0 &&
		    (host[n] == '\0' || host[n] == ':'))
			return true;
	}
	return false;
}

/* The head of a request, line by line; NULL: the status is 200. */
static const char *judge(struct evbuffer *in)
{
	const char *verdict = NULL;
	char *line;
	size_t n;

	line = evbuffer_readln(in, &n, EVBUFFER_EOL_CRLF);
	if (line == NULL || strncmp(line, "GET /metrics ", 13) != 0)
		verdict = "404 Not Found";
	free(line);
	while ((line = evbuffer_readln(in, &n, EVBUFFER_EOL_CRLF)) != NULL) {
		if (strncasecmp(line, "Host:", 5) == 0 &&
		    !is_local(line + 5))
			verdict = "403 Forbidden";
		free(line);
	}
	return verdict;
}

static void answer(struct reader *r, const char *verdict)
{
	struct metrics *m = r->metrics;
	struct text page = text_in(m->page, sizeof(m->page));
	char top[256];
	struct text t = text_in(top, sizeof(top));

	if (verdict == NULL)
		metrics_write(m->core, &page);
	text_printf(&t, "HTTP/1.1 %s\r\nContent-Type: text/plain; "
	    "version=0.0.4; charset=utf-8\r\nContent-Length: %zu\r\n"
	    "Connection: close\r\n\r\n", verdict == NULL ? "200 OK" :
	    verdict, page.n);
	bufferevent_write(r->bev, t.p, t.n);
	bufferevent_write(r->bev, page.p, page.n);
	r->answered = true;
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct reader *r = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);

	if (!r->answered && end.pos != -1)
		answer(r, judge(in));
	else if (evbuffer_get_length(in) >= REQUEST_MAX)
		leave(r);
}

static void on_written(struct bufferevent *bev, void *arg)
{
	struct reader *r = arg;

	/* A late word about an empty buffer is not one about the answer. */
	if (r->answered &&
	    evbuffer_get_length(bufferevent_get_output(bev)) == 0)
		leave(r);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	leave(arg);
}

static void on_end(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	leave(arg);
}

static void on_client(void *arg)
{
	struct metrics *m = arg;
	struct event_base *base = loop_base(m->core->loop);
	struct timeval patience = { PATIENCE_S, 0 };
	int fd = accept4(m->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct reader *r = NULL;

	if (fd == -1)
		return;
	for (size_t i = 0; i < CLIENTS_MAX && r == NULL; i++)
		if (m->readers[i].bev == NULL)
			r = &m->readers[i];
	if (r != NULL)
		*r = (struct reader){ .metrics = m, .bev =
		    bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE |
		    BEV_OPT_DEFER_CALLBACKS) };
	if (r == NULL || r->bev == NULL) {
		close(fd);
		return;
	}
	bufferevent_setcb(r->bev, on_read, on_written, on_event, r);
	r->end = evtimer_new(base, on_end, r);
	event_add(r->end, &patience);
	bufferevent_setwatermark(r->bev, EV_READ, 0, REQUEST_MAX);
	bufferevent_enable(r->bev, EV_READ | EV_WRITE);
}

struct metrics *metrics_new(struct core *c, int fd)
{
	struct metrics *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->core = c;
	m->fd = fd;
	loop_readable(c->loop, fd, on_client, m);
	return m;
}

void metrics_free(struct metrics *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (m->readers[i].bev != NULL)
			leave(&m->readers[i]);
	free(m);
}
