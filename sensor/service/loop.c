#include "service/loop.h"

#include <event2/event.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

enum { WATCHERS_MAX = 32 };

struct watcher {
	struct event *event;
	loop_call *call;
	void *arg;
};

struct loop {
	struct event_base *base;
	struct watcher watchers[WATCHERS_MAX];
	int n;
};

/* Its buffers held what was said to us: memory keeps nobody's name. */
static void free_wiped(void *p)
{
	if (p != NULL)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

struct loop *loop_new(void)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	event_set_mem_functions(malloc, realloc, free_wiped);
	l->base = event_base_new();
	if (l->base == NULL) {
		free(l);
		return NULL;
	}
	return l;
}

void loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	for (int i = 0; i < l->n; i++)
		event_free(l->watchers[i].event);
	event_base_free(l->base);
	free(l);
}

void loop_run(struct loop *l)
{
	event_base_dispatch(l->base);
}

void loop_stop(struct loop *l)
{
	event_base_loopbreak(l->base);
}

struct event_base *loop_base(struct loop *l)
{
	return l->base;
}

static void on_event(evutil_socket_t fd, short what, void *arg)
{
	struct watcher *w = arg;

	(void)fd;
	(void)what;
	w->call(w->arg);
}

/* The set of watchers is fixed by the code: too many is a bug. */
static struct watcher *watch(struct loop *l, int fd, short what,
    loop_call *call, void *arg)
{
	struct watcher *w;

	if (l->n == WATCHERS_MAX)
		abort();
	w = &l->watchers[l->n++];
	w->call = call;
	w->arg = arg;
	w->event = event_new(l->base, fd, what, on_event, w);
	if (w->event == NULL)
		abort();
	if (what != 0)
		event_add(w->event, NULL);
	return w;
}

struct watcher *loop_timer(struct loop *l, loop_call *call, void *arg)
{
	return watch(l, -1, 0, call, arg);
}

void timer_in(struct watcher *t, int64_t us)
{
	struct timeval tv = { us / 1000000, us % 1000000 };

	event_add(t->event, &tv);
}

struct watcher *loop_signal(struct loop *l, int sig, loop_call *call,
    void *arg)
{
	return watch(l, sig, EV_SIGNAL | EV_PERSIST, call, arg);
}

struct watcher *loop_readable(struct loop *l, int fd, loop_call *call,
    void *arg)
{
	return watch(l, fd, EV_READ | EV_PERSIST, call, arg);
}
