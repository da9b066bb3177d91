/*
 * control.c - clients of the control socket.
 */
#include "service/control.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdlib.h>

#include "base/log.h"
#include "service/guests.h"

enum { REQUEST_MAX = 4096, ANSWER_MAX = 1 << 20 };

struct control {
	struct core *core;
	struct guests *clients;
	char *answer;			/* ANSWER_MAX bytes */
};

static void on_read(struct guest *g, struct evbuffer *in)
{
	struct control *k = g->host;
	size_t n;
	char *line;

	while ((line = evbuffer_readln(in, &n, EVBUFFER_EOL_LF)) != NULL) {
		struct text t = text_in(k->answer, ANSWER_MAX);

		control_answer(k->core, slice_of(line, n), g->who, &t);
		free(line);
		bufferevent_write(g->bev, t.p, t.n);
	}
	/* Neither endless lines nor answers that nobody fetches. */
	if (evbuffer_get_length(in) >= REQUEST_MAX ||
	    evbuffer_get_length(bufferevent_get_output(g->bev)) > ANSWER_MAX)
		guest_leave(g);
}

/* Only somebody of this machine can knock so often, and is told of. */
static void on_refused(void *host, const char *who, const char *why)
{
	(void)host;
	log_warnx("control: %s turned away: %s", who, why);
}

static const struct guest_rules rules = { .max = 8,
	.unread_max = REQUEST_MAX, .idle_s = 30, .read = on_read,
	.refused = on_refused };

struct control *control_new(struct core *c, int fd)
{
	struct control *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->core = c;
	k->answer = malloc(ANSWER_MAX);
	k->clients = guests_new(c->loop, fd, &rules, k);
	if (k->answer != NULL && k->clients != NULL)
		return k;
	control_free(k);
	return NULL;
}

void control_free(struct control *k)
{
	if (k == NULL)
		return;
	guests_free(k->clients);
	free(k->answer);
	free(k);
}
