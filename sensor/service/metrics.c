/*
 * metrics.c - see metrics.h.
 */
#include "service/metrics.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdlib.h>

#include "service/guests.h"

enum { REQUEST_MAX = 4096, PAGE_MAX = 65536 };

struct metrics {
	struct core *core;
	struct guests *readers;
	char page[PAGE_MAX];
};

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

static void answer(struct guest *g, const char *verdict)
{
	struct metrics *m = g->host;
	struct text page = text_in(m->page, sizeof(m->page));
	char top[256];
	struct text t = text_in(top, sizeof(top));

	if (verdict == NULL)
		metrics_write(m->core, &page);
	text_printf(&t, "HTTP/1.1 %s\r\nContent-Type: text/plain; "
	    "version=0.0.4; charset=utf-8\r\nContent-Length: %zu\r\n"
	    "Connection: close\r\n\r\n", verdict == NULL ? "200 OK" :
	    verdict, page.n);
	bufferevent_write(g->bev, t.p, t.n);
	bufferevent_write(g->bev, page.p, page.n);
	g->marked = true;		/* answered */
}

static void on_read(struct guest *g, struct evbuffer *in)
{
	struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);

	if (!g->marked && end.pos != -1)
		answer(g, judge(in));
	else if (evbuffer_get_length(in) >= REQUEST_MAX)
		guest_leave(g);
}

static void on_written(struct guest *g)
{
	if (g->marked)
		guest_leave(g);
}

/* Patience for the whole, not for a read. */
static const struct guest_rules rules = { .max = 4,
	.unread_max = REQUEST_MAX, .whole_s = 5,
	.read = on_read, .written = on_written };

struct metrics *metrics_new(struct core *c, int fd)
{
	struct metrics *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->core = c;
	m->readers = guests_new(c->loop, fd, &rules, m);
	if (m->readers != NULL)
		return m;
	free(m);
	return NULL;
}

void metrics_free(struct metrics *m)
{
	if (m == NULL)
		return;
	guests_free(m->readers);
	free(m);
}
