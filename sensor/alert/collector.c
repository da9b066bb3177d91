/*
 * collector.c - one output at work.
 *
 * State: no link (a retry is scheduled) or a link.  All of its callbacks
 * only note what happened and activate an event, so a link is never closed
 * from within itself.
 */
#include "alert/failover.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/log.h"
#include "track/alert.h"

enum { TURN = 64 };			/* letters before others may run */
enum { RETRY_FIRST_MS = 250, RETRY_MAX_MS = 60000 };

static bool wanted(const struct collector *c, const struct notice *n)
{
	int risk = slice_is(n->risk, "high") ? RISK_HIGH :
	    slice_is(n->risk, "medium") ? RISK_MEDIUM : RISK_LOW;

	return n->is_alert ? risk >= c->settings->least :
	    c->settings->health;
}

static void tell_arrived(const struct collector *c, uint64_t seq)
{
	const struct deliver_source *s = &c->owner->source;
	uint64_t at = c->acked + 1;

	if (s->arrived == NULL)
		return;
	if (seq > COLLECTOR_SENT && at <= seq - COLLECTOR_SENT)
		at = seq - COLLECTOR_SENT + 1;
	for (; at <= seq; at++) {
		const struct sent *l = &c->sent[at % COLLECTOR_SENT];

		if (l->seq == at)
			s->arrived(s->arg, l->alert, l->at_us);
	}
}

static void advance(struct collector *c, uint64_t seq)
{
	if (seq <= c->acked)
		return;
	tell_arrived(c, seq);
	c->acked = seq;
	failover_settle(c);
	c->owner->source.delivered(c->owner->source.arg, c->name, seq);
}

/* A letter that is not for this collector counts as delivered. */
static void skip(struct collector *c, uint64_t seq)
{
	c->status.skipped++;
	c->next = seq + 1;
	if (c->acked >= c->sent_to)
		advance(c, seq);
}

/* False: the link cannot take it now. */
static bool hand_over(struct collector *c, const struct letter *l)
{
	struct deliver *d = c->owner;
	struct text t = text_in(d->line, sizeof(d->line));

	if (!notice_read(&d->notice, l->record) ||
	    !wanted(c, &d->notice)) {
		skip(c, l->seq);
		return true;
	}
	memcpy(d->notice.chain, l->chain, sizeof(d->notice.chain));
	format_line(&t, &c->settings->style, &d->notice);
	if (!c->output->send(c->link, l->seq, slice_of(t.p, t.n)))
		return false;
	if (l->seq > c->sent_to)
		c->sent_to = l->seq;
	if (l->seq <= c->highest)
		c->status.resent++;
	else
		c->highest = l->seq;
	c->status.sent++;
	c->sent[l->seq % COLLECTOR_SENT] = (struct sent){ l->seq,
	    d->notice.at_us, d->notice.is_alert };
	c->next = l->seq + 1;
	return true;
}

/* Its turn begins behind what another one of the group has delivered. */
static bool may_send(struct collector *c)
{
	bool carried = c->carrying;

	c->carrying = failover_carries(c);
	if (c->carrying && !carried) {
		c->next = c->acked + 1;
		c->sent_to = c->acked;
	}
	return c->carrying && c->link != NULL;
}

static void pump(struct collector *c)
{
	struct deliver_source *s = &c->owner->source;
	struct letter l;

	if (!may_send(c))
		return;
	for (int i = 0; i < TURN; i++) {
		if (!s->read(s->arg, c->next, &l) || !hand_over(c, &l))
			return;
	}
	event_active(c->pump, EV_TIMEOUT, 0);
}

static void is_reached(struct collector *c)
{
	if (c->told_down) {
		log_warnx("%s: reached again", c->label);
		c->told_down = false;
	}
	c->tries = 0;
	c->status.up = true;
}

static void on_acked(void *arg, uint64_t seq)
{
	struct collector *c = arg;

	is_reached(c);
	advance(c, seq);
	/* Those skipped meanwhile are settled with it. */
	if (c->acked >= c->sent_to && c->next > 0)
		advance(c, c->next - 1);
}

static void on_ready(void *arg)
{
	struct collector *c = arg;

	c->failed = false;
	/* One that only stands by has no better proof. */
	if (!failover_carries(c))
		is_reached(c);
	event_active(c->pump, EV_TIMEOUT, 0);
}

static void schedule_retry(struct collector *c)
{
	int64_t ms = RETRY_MAX_MS;
	struct timeval pause;

	if (c->tries < 8)
		ms = (int64_t)RETRY_FIRST_MS << c->tries;
	/* A little apart, so that a farm of sensors does not knock at once. */
	ms += (int64_t)(hash_seed() % (uint64_t)(ms / 4));
	c->tries++;
	pause.tv_sec = ms / 1000;
	pause.tv_usec = ms % 1000 * 1000;
	event_add(c->retry, &pause);
}

void collectors_wake(struct deliver *d)
{
	for (size_t i = 0; i < d->n; i++)
		event_active(d->collectors[i]->pump, EV_TIMEOUT, 0);
}

static void on_down(void *arg, const char *why)
{
	struct collector *c = arg;

	c->failed = true;
	c->status.up = false;
	c->status.failures++;
	snprintf(c->status.why, sizeof(c->status.why), "%s", why);
	if (!c->told_down)
		log_warnx("%s: %s; alerts %s", c->label, why,
		    failover_covered(c) ? "go to the next of its group" :
		    "are kept and sent later");
	c->told_down = true;
	collectors_wake(c->owner);
	schedule_retry(c);
}

static void close_link(struct collector *c)
{
	if (c->link != NULL)
		c->output->close(c->link);
	c->link = NULL;
	c->next = c->acked + 1;
}

static void open_link(struct collector *c)
{
	struct output_host host = { c->owner->base, on_acked, on_ready,
	    on_down, c };
	char why[OUTPUT_WHY] = "no memory";

	close_link(c);
	c->link = c->output->open(c->settings, &host, why);
	if (c->link == NULL)
		on_down(c, why);
}

static void on_retry(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	open_link(arg);
}

static void on_pump(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	pump(arg);
}

struct collector *collector_new(struct deliver *d, const struct output *o,
    const void *settings)
{
	struct collector *c = calloc(1, sizeof(*c));
	struct text label;

	if (c == NULL)
		return NULL;
	c->owner = d;
	c->output = o;
	c->settings = settings;
	label = text_in(c->label, sizeof(c->label));
	o->label(settings, &label);
	output_name(o, settings, c->name, sizeof(c->name));
	c->acked = c->sent_to = d->source.cursor(d->source.arg, c->name);
	c->next = c->acked + 1;
	c->pump = evtimer_new(d->base, on_pump, c);
	c->retry = evtimer_new(d->base, on_retry, c);
	event_active(c->retry, EV_TIMEOUT, 0);
	return c;
}

void collector_free(struct collector *c)
{
	if (c->link != NULL)
		c->output->close(c->link);
	event_free(c->pump);
	event_free(c->retry);
	free(c);
}

void collector_reopen(struct collector *c)
{
	c->tries = 0;
	event_active(c->retry, EV_TIMEOUT, 0);
}
