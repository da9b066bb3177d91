/*
 * outbox.c - a list of letters and the delivery engine.
 */
#include "alert/outbox.h"

#include <event2/event.h>
#include <stdlib.h>

#include "alert/chain.h"
#include "alert/deliver.h"
#include "base/log.h"

struct kept {
	char *record;
	size_t n;
	char chain[CHAIN];
};

struct outbox {
	struct event_base *base;
	struct deliver *deliver;
	struct kept *letters;		/* number 1 first */
	size_t n, room;
	char chain[CHAIN];
};

static bool read_letter(void *arg, uint64_t seq, struct letter *l)
{
	struct outbox *o = arg;
	const struct kept *k;

	if (seq == 0 || seq > o->n)
		return false;
	k = &o->letters[seq - 1];
	l->seq = seq;
	l->record = slice_of(k->record, k->n);
	memcpy(l->chain, k->chain, sizeof(l->chain));
	return true;
}

static uint64_t no_cursor(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return 0;
}

static void no_delivered(void *arg, const char *name, uint64_t seq)
{
	(void)arg;
	(void)name;
	(void)seq;
}

struct outbox *outbox_new(void)
{
	struct outbox *o = calloc(1, sizeof(*o));
	struct deliver_source source = { .read = read_letter,
	    .cursor = no_cursor, .delivered = no_delivered, .arg = o };

	if (o == NULL)
		return NULL;
	o->base = event_base_new();
	o->deliver = o->base == NULL ? NULL : deliver_new(o->base, &source);
	if (o->deliver == NULL) {
		outbox_free(o);
		return NULL;
	}
	return o;
}

void outbox_free(struct outbox *o)
{
	if (o == NULL)
		return;
	deliver_free(o->deliver);
	if (o->base != NULL)
		event_base_free(o->base);
	for (size_t i = 0; i < o->n; i++)
		free(o->letters[i].record);
	free(o->letters);
	free(o);
}

bool outbox_add(struct outbox *o, const struct output *output,
    const void *settings)
{
	return deliver_add(o->deliver, output, settings);
}

static bool grow(struct outbox *o)
{
	size_t room = o->room == 0 ? 64 : o->room * 2;
	struct kept *more;

	if (o->n < o->room)
		return true;
	more = realloc(o->letters, room * sizeof(*more));
	if (more == NULL)
		return false;
	o->letters = more;
	o->room = room;
	return true;
}

bool outbox_put(struct outbox *o, struct slice record)
{
	struct kept *k;

	if (!grow(o))
		return false;
	k = &o->letters[o->n];
	k->record = malloc(record.n);
	if (k->record == NULL)
		return false;
	memcpy(k->record, record.p, record.n);
	k->n = record.n;
	chain_record(o->chain, record);
	memcpy(k->chain, o->chain, sizeof(k->chain));
	o->n++;
	return true;
}

static size_t report(const struct outbox *o)
{
	size_t missing = 0;

	for (size_t i = 0; i < deliver_collectors(o->deliver); i++) {
		struct deliver_status s;

		deliver_status(o->deliver, i, &s);
		if (s.acked >= o->n)
			continue;
		log_warnx("%s: %zu of %zu alerts could not be delivered",
		    s.label, o->n - (size_t)s.acked, o->n);
		if (o->n - (size_t)s.acked > missing)
			missing = o->n - (size_t)s.acked;
	}
	return missing;
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(bool *)arg = true;
}

size_t outbox_drain(struct outbox *o, int64_t wait_us)
{
	struct timeval wait = { .tv_sec = wait_us / 1000000,
	    .tv_usec = wait_us % 1000000 };
	bool over = false;
	struct event *end = evtimer_new(o->base, on_time, &over);

	if (end == NULL)
		return o->n;
	event_add(end, &wait);
	deliver_wake(o->deliver);
	while (!over && !deliver_done(o->deliver, o->n))
		event_base_loop(o->base, EVLOOP_ONCE);
	event_free(end);
	return report(o);
}
