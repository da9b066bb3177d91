/*
 * sender.c - the only process with network: spool -> collectors.
 *
 * Reads the spool's files and, when the disk refused letters, those that the
 * core handed over in memory.  Keeps one cursor per collector on disk.  At
 * the end it goes on for a moment, so that the last word is delivered too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alert/notice.h"
#include "base/exit.h"
#include "base/log.h"
#include "service/kept.h"
#include "service/live_parts.h"
#include "service/loop.h"

enum { SECOND_US = 1000000, POLL_US = 200000, LINGER_US = 5 * SECOND_US,
	CURSOR_LETTERS = 200 };

struct cursor {
	char name[BOARD_NAME * 2];
	uint64_t seq, stored;
};

struct sender {
	struct live *live;
	struct board_sender *board;
	struct loop *loop;
	struct deliver *deliver;
	struct spool_reader *reader;
	struct watcher *poll, *second;
	struct cursor cursors[COLLECTORS_MAX];
	size_t cursors_n;
	struct kept *kept;
	uint64_t last;			/* highest number seen */
	int64_t until_us;		/* lingering; 0: not asked to stop */
	uint64_t acked_before[COLLECTORS_MAX];
};

static struct cursor *cursor_of(struct sender *s, const char *name)
{
	struct cursor *c;

	for (size_t i = 0; i < s->cursors_n; i++)
		if (strcmp(s->cursors[i].name, name) == 0)
			return &s->cursors[i];
	if (s->cursors_n == COLLECTORS_MAX)
		return NULL;
	c = &s->cursors[s->cursors_n++];
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->seq = c->stored = cursor_load(live_spool(s->live), name);
	return c;
}

/* A spool that was wiped begins at 1 again; its cursors count no longer. */
static uint64_t load_cursor(void *arg, const char *name)
{
	struct sender *s = arg;
	struct cursor *c = cursor_of(s, name);
	uint64_t last = s->live->board->core.spool.last;

	if (c == NULL)
		return 0;
	if (last > 0 && c->seq > last)
		c->seq = 0;
	return c->seq;
}

static void write_cursor(const struct sender *s, struct cursor *c)
{
	if (c->seq != c->stored &&
	    cursor_store(live_spool(s->live), c->name, c->seq))
		c->stored = c->seq;
}

/* What is behind the cursor on disk is sent again after a kill -9. */
static void store_cursor(void *arg, const char *name, uint64_t seq)
{
	struct cursor *c = cursor_of(arg, name);

	if (c == NULL)
		return;
	c->seq = seq;
	if (seq - c->stored >= CURSOR_LETTERS)
		write_cursor(arg, c);
}

static void note_delay(void *arg, bool alert, int64_t at_us)
{
	struct sender *s = arg;

	board_delay(alert ? &s->board->alerts : &s->board->health,
	    real_us() - at_us);
}

static void store_cursors(struct sender *s)
{
	for (size_t i = 0; i < s->cursors_n; i++)
		write_cursor(s, &s->cursors[i]);
}

static bool on_disk(void *arg, uint64_t seq, struct letter *l)
{
	struct sender *s = arg;

	return spool_read(s->reader, seq, l);
}

static bool read_letter(void *arg, uint64_t seq, struct letter *l)
{
	struct sender *s = arg;

	if (!kept_read(s->kept, seq, l, on_disk, s))
		return false;
	if (l->seq > s->last)
		s->last = l->seq;
	return true;
}

/* What every collector has need not be kept in memory. */
static void forget_kept(struct sender *s)
{
	uint64_t seq;

	while ((seq = kept_first(s->kept)) != 0 &&
	    deliver_done(s->deliver, seq))
		kept_drop_first(s->kept);
	s->board->kept_lost = kept_lost(s->kept);
}

static void show(struct sender *s)
{
	size_t n = deliver_collectors(s->deliver);

	for (size_t i = 0; i < n && i < COLLECTORS_MAX; i++) {
		struct board_collector *to = &s->board->collectors[i];
		struct deliver_status from;

		deliver_status(s->deliver, i, &from);
		snprintf(to->name, sizeof(to->name), "%s", from.name);
		snprintf(to->label, sizeof(to->label), "%s", from.label);
		memcpy(to->why, from.why, sizeof(to->why));
		to->up = from.up;
		to->covered = from.covered;
		to->acked = from.acked;
		to->sent = from.sent;
		to->resent = from.resent;
		to->failures = from.failures;
		to->skipped = from.skipped;
	}
	s->board->n = n;
}

static bool all_delivered(struct sender *s)
{
	struct letter l;

	return !read_letter(s, s->last + 1, &l) &&
	    deliver_done(s->deliver, s->last);
}

static void on_poll(void *arg)
{
	struct sender *s = arg;

	s->board->alive_us = monotonic_us();
	kept_take(s->kept);
	forget_kept(s);
	store_cursors(s);
	deliver_wake(s->deliver);
	if (s->until_us != 0 && (all_delivered(s) ||
	    monotonic_us() > s->until_us)) {
		loop_stop(s->loop);
		return;
	}
	timer_in(s->poll, s->until_us != 0 ? POLL_US / 4 : POLL_US);
}

static void on_wake(void *arg)
{
	struct sender *s = arg;
	char bytes[256];

	while (read(s->live->wake[0], bytes, sizeof(bytes)) > 0)
		continue;
	kept_take(s->kept);
	deliver_wake(s->deliver);
}

static void on_second(void *arg)
{
	struct sender *s = arg;

	show(s);
	timer_in(s->second, SECOND_US);
}

static void on_stop(void *arg)
{
	struct sender *s = arg;

	s->until_us = monotonic_us() + LINGER_US;
	timer_in(s->poll, 0);
}

static bool add_outputs(struct sender *s)
{
	struct output_use uses[COLLECTORS_MAX];
	struct deliver_source source = { .read = read_letter,
	    .cursor = load_cursor, .delivered = store_cursor,
	    .arrived = note_delay, .arg = s };
	size_t n = live_outputs(s->live, uses);

	s->deliver = deliver_new(loop_base(s->loop), &source);
	if (s->deliver == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!deliver_add(s->deliver, uses[i].output,
		    uses[i].settings))
			return false;
	return true;
}

/* Other outputs, new certificates, rotated files: begin anew. */
static void on_reload(void *arg)
{
	struct sender *s = arg;
	struct config *fresh = live_reload(s->live, "sender");

	store_cursors(s);
	if (fresh == NULL) {
		deliver_reopen(s->deliver);
		return;
	}
	deliver_free(s->deliver);
	live_take(s->live, fresh);
	if (!add_outputs(s))
		loop_stop(s->loop);
}

/* Outputs may write wherever the operator wants files. */
static bool writes_files(const struct sender *s)
{
	struct output_use uses[COLLECTORS_MAX];
	size_t n = live_outputs(s->live, uses);

	for (size_t i = 0; i < n; i++)
		if (strcmp(uses[i].output->name, "file") == 0)
			return true;
	return false;
}

static void sender_loop(struct sender *s)
{
	s->poll = loop_timer(s->loop, on_poll, s);
	s->second = loop_timer(s->loop, on_second, s);
	loop_signal(s->loop, SIGTERM, on_stop, s);
	loop_signal(s->loop, SIGHUP, on_reload, s);
	loop_readable(s->loop, s->live->wake[0], on_wake, s);
	timer_in(s->poll, 0);
	timer_in(s->second, SECOND_US / 10);
	sandbox_enter(&(struct sandbox){ .who = "sender",
	    .files_free = writes_files(s), .read = { "/" },
	    .write = { live_spool(s->live) } });
	s->board->up = true;
	loop_run(s->loop);
	s->board->up = false;
	store_cursors(s);
	show(s);
}

int sender_run(struct live *l)
{
	struct sender *s = calloc(1, sizeof(*s));
	bool fine;

	signal(SIGINT, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	key_forget(&l->key);
	if (s == NULL)
		return EXIT_RUNTIME;
	for (size_t i = 0; i < l->workers; i++) {
		capture_close(l->captures[i]);
		l->captures[i] = NULL;
	}
	privs_drop(&l->privs, l->parent);
	s->live = l;
	s->board = &l->board->sender;
	s->loop = loop_new();
	s->reader = spool_reader_new(live_spool(l));
	s->kept = kept_new(l->spill);
	fine = s->loop != NULL && s->reader != NULL && s->kept != NULL &&
	    add_outputs(s);
	if (fine)
		sender_loop(s);
	deliver_free(s->deliver);
	spool_reader_free(s->reader);
	kept_free(s->kept);
	loop_free(s->loop);
	free(s);
	return fine ? EXIT_FINE : EXIT_RUNTIME;
}
