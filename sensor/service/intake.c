/*
 * intake.c - the socket: clients, bounds, counters.  See intake.h.
 */
#include "service/intake.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>

#include "analysis/analysis.h"
#include "base/log.h"
#include "service/core_parts.h"
#include "service/guests.h"

enum { LINES_A_TURN = 256 };

struct intake {
	struct core *core;
	struct guests *clients;
	struct intake_counts counts;
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

static const struct guest_rules rules = { .max = 16,
	.unread_max = 2 * INTAKE_LINE, .idle_s = 3600,
	.came = on_came, .read = on_read, .crowded = on_crowded };

struct intake *intake_new(struct core *c, int fd)
{
	struct intake *i = calloc(1, sizeof(*i));

	if (i == NULL)
		return NULL;
	i->core = c;
	i->clients = guests_new(c->loop, fd, &rules, i);
	if (i->clients != NULL)
		return i;
	free(i);
	return NULL;
}

void intake_free(struct intake *i)
{
	if (i == NULL)
		return;
	guests_free(i->clients);
	free(i);
}

const struct intake_counts *intake_counts(const struct intake *i)
{
	static const struct intake_counts none;

	return i == NULL ? &none : &i->counts;
}
