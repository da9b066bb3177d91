/*
 * again.c - the same alerts, to the byte, however the events came.
 *
 *	again CONFIG FILE...
 *
 * Each file, a capture or transfer records (*.jsonl), is played by 1, 2 and 4
 * workers, frames dealt out by their addresses as the kernel's fanout does;
 * and by a service with a memory, once in one go, and once killed in a quiet
 * moment half-way and started again.  For a capture that moment is a day: it
 * is played twice.  Prints TAP.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alert/record.h"
#include "analysis/analysis.h"
#include "analysis/records.h"
#include "tap.h"
#include "track/window.h"
#include "worker/worker.h"

enum { MOST_WORKERS = 4 };

struct tale {				/* events, as they were told */
	struct event *all;
	size_t n, room;
	unsigned int workers;
	int64_t ticked_us;
};

struct told {				/* alerts, as records */
	char *text;
	size_t n;
	FILE *to;
	unsigned int alerts;
};

static void tell(struct tale *t, const struct event *ev)
{
	if (t->n == t->room) {
		t->room = t->room ? 2 * t->room : 4096;
		t->all = realloc(t->all, t->room * sizeof(*t->all));
		if (t->all == NULL)
			err(1, NULL);
	}
	t->all[t->n++] = *ev;
}

static void on_event(const struct event *ev, void *arg)
{
	tell(arg, ev);
}

/* The kernel's fanout keeps both ways of a flow together, and so does this:
 * a sum over the addresses of an Ethernet frame. */
static unsigned int share_of(struct slice frame, unsigned int workers)
{
	struct slice in = frame;
	unsigned int sum = 0;
	uint16_t type;

	slice_skip(&in, 12);
	for (type = slice_u16(&in); type == 0x8100; type = slice_u16(&in))
		slice_skip(&in, 2);
	if (type != 0x0800 && type != 0x86dd)
		return 0;
	slice_skip(&in, type == 0x0800 ? 12 : 8);
	in = slice_take(&in, type == 0x0800 ? 8 : 32);
	while (slice_more(in))
		sum += slice_u8(&in);
	return sum % workers;
}

static void frames_of(const char *path, const struct config *c,
    struct tale *t)
{
	struct worker_setup setup = { .config = c, .emit = on_event,
		.arg = t, .book = book_open(NULL) };
	struct worker *workers[MOST_WORKERS];
	struct frame frames[WORKER_BATCH];
	char error[CAPTURE_ERROR];
	enum captured why;
	struct capture *in = capture_open_file(path, NULL, error);
	size_t n;

	if (in == NULL)
		errx(1, "%s", error);
	for (unsigned int w = 0; w < t->workers; w++) {
		setup.number = (uint8_t)w;
		workers[w] = worker_new(&setup);
		if (workers[w] == NULL)
			errx(1, "no worker");
	}
	while ((n = capture_batch(in, frames, WORKER_BATCH, &why)) > 0)
		for (size_t i = 0; i < n; i++) {
			worker_frames(workers[share_of(frames[i].bytes,
			    t->workers)], &frames[i], 1);
			if (frames[i].at_us < t->ticked_us + SECOND_US)
				continue;
			t->ticked_us = frames[i].at_us;
			for (unsigned int w = 0; w < t->workers; w++)
				worker_tick(workers[w], t->ticked_us);
		}
	for (unsigned int w = 0; w < t->workers; w++)
		worker_free(workers[w]);
	capture_close(in);
	book_close(setup.book);
}

/* The same a day later. */
static void repeat(struct tale *t)
{
	size_t n = t->n;

	for (size_t i = 0; i < n; i++) {
		struct event ev = t->all[i];

		ev.at_us += DAY_US;
		ev.start_us += ev.start_us != 0 ? DAY_US : 0;
		ev.flow += UINT64_C(1) << 32;
		tell(t, &ev);
	}
}

static bool on_record(const struct event *ev, void *arg)
{
	struct tale *t = arg;
	struct event mine = *ev;

	mine.worker = (uint8_t)((ev->client.b[14] + ev->client.b[15]) %
	    t->workers);
	tell(t, &mine);
	if (ev->at_us < t->ticked_us + SECOND_US)
		return true;
	t->ticked_us = ev->at_us;
	for (unsigned int w = 0; w < t->workers; w++)
		tell(t, &(struct event){ .kind = EV_TICK,
		    .at_us = ev->at_us, .worker = (uint8_t)w });
	return true;
}

static struct tale tale_of(const char *path, const struct config *c,
    unsigned int workers)
{
	struct tale t = { .workers = workers };
	size_t n = strlen(path);
	FILE *f;

	if (n < 6 || strcmp(path + n - 6, ".jsonl") != 0) {
		frames_of(path, c, &t);
		repeat(&t);
		return t;
	}
	f = fopen(path, "r");
	if (f == NULL)
		err(1, "%s", path);
	(void)records_read(f, c, on_record, &t);
	fclose(f);
	return t;
}

static void on_alert(const struct alert *a, void *arg)
{
	static char line[RECORD_MAX];
	struct told *t = arg;
	struct record_head head = { "again", ++t->alerts, NULL };
	struct text text = text_in(line, sizeof(line));

	record_alert(&text, &head, a);
	fprintf(t->to, "%s\n", line);
}

static struct told told_begin(void)
{
	return (struct told){ .text = NULL };
}

static struct analysis *begin(const struct config *c, struct told *to,
    const char *store)
{
	struct analysis_sink sink = { .alert = on_alert,
		.withheld = on_alert, .arg = to };
	struct analysis *a = analysis_new(c, &sink);

	if (a == NULL || (store != NULL && !analysis_keep(a, store)))
		errx(1, "cannot begin");
	return a;
}

struct stop {				/* in a silence */
	size_t at;			/* the first event after it; 0: none */
	int64_t from_us, until_us;
	bool killed;
};

/* The workers are there, and say what time it is. */
static void be_silent(struct analysis *a, const struct tale *t,
    const struct stop *s)
{
	for (int64_t us = s->from_us; us < s->until_us - SECOND_US &&
	    us < s->from_us + MINUTE_US; us += SECOND_US)
		for (unsigned int w = 0; w < t->workers; w++)
			analysis_event(a, &(struct event){ .kind = EV_TICK,
			    .at_us = us, .worker = (uint8_t)w });
}

static struct told play(const struct tale *t, const struct config *c,
    const char *store, const struct stop *stop)
{
	struct told to = told_begin();
	struct analysis *a;

	to.to = open_memstream(&to.text, &to.n);
	a = begin(c, &to, store);
	for (size_t i = 0; i < t->n; i++) {
		if (stop->at != 0 && i == stop->at)
			be_silent(a, t, stop);
		if (stop->killed && i == stop->at) {
			analysis_commit(a);
			analysis_free(a);	/* without a last word */
			a = begin(c, &to, store);
		}
		analysis_event(a, &t->all[i]);
	}
	analysis_finish(a);
	analysis_free(a);
	fclose(to.to);
	return to;
}

static int64_t *earliest_after(const struct tale *t)
{
	int64_t *after = calloc(t->n + 1, sizeof(*after));

	if (after == NULL)
		err(1, NULL);
	after[t->n] = INT64_MAX;
	for (size_t i = t->n; i-- > 0;)
		after[i] = t->all[i].at_us < after[i + 1] ?
		    t->all[i].at_us : after[i + 1];
	return after;
}

/* The longest silence in the middle half: nothing waits then for its order
 * or its other parts. */
static struct stop quiet_moment(struct tale *t)
{
	int64_t *after = earliest_after(t), latest = INT64_MIN;
	struct stop best = { .at = 0 };

	for (size_t i = 0; i < t->n * 3 / 4; i++) {
		if (i > t->n / 4 && after[i] - latest > best.until_us -
		    best.from_us)
			best = (struct stop){ i, latest, after[i], false };
		if (t->all[i].at_us > latest)
			latest = t->all[i].at_us;
	}
	free(after);
	return best;
}

static bool same(const struct told *a, const struct told *b)
{
	if (a->n == b->n && memcmp(a->text, b->text, a->n) == 0)
		return true;
	printf("# %u alerts, %u alerts\n", a->alerts, b->alerts);
	for (size_t i = 0, line = 0; i < a->n && i < b->n; i++) {
		if (a->text[i] != b->text[i]) {
			printf("# %.*s\n# %.*s\n",
			    (int)strcspn(a->text + line, "\n"),
			    a->text + line,
			    (int)strcspn(b->text + line, "\n"),
			    b->text + line);
			break;
		}
		if (a->text[i] == '\n')
			line = i + 1;
	}
	return false;
}

static void killed(const char *name, struct tale *t, const struct config *c,
    const char *dir)
{
	char path[128];
	struct told once, twice;
	struct stop stop = quiet_moment(t);

	if (stop.until_us - stop.from_us < 20 * SECOND_US) {
		tap_skip("no quiet moment to be killed in");
		return;
	}
	snprintf(path, sizeof(path), "%s/once", dir);
	once = play(t, c, path, &stop);
	stop.killed = true;
	snprintf(path, sizeof(path), "%s/twice", dir);
	twice = play(t, c, path, &stop);
	ok(once.alerts > 0 && same(&once, &twice),
	    "%s: %u alerts, also when killed after %zu of %zu events", name,
	    once.alerts, stop.at, t->n);
	free(once.text);
	free(twice.text);
}

static void try_file(const char *path, const struct config *c)
{
	static const unsigned int workers[] = { 1, 2, 4 };
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	char dir[] = "/tmp/weir-again-XXXXXX", command[64];
	struct told first = told_begin();

	for (int i = 0; i < 3; i++) {
		struct tale t = tale_of(path, c, workers[i]);
		struct told now = play(&t, c, NULL, &(struct stop){ .at = 0 });

		if (i == 0)
			first = now;
		ok(now.alerts > 0 && same(&first, &now),
		    "%s: %u alerts, by %u workers", name, now.alerts,
		    workers[i]);
		if (i == 0) {
			if (mkdtemp(dir) == NULL)
				err(1, "%s", dir);
			killed(name, &t, c, dir);
		} else {
			free(now.text);
		}
		free(t.all);
	}
	free(first.text);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	if (system(command) != 0)
		warnx("%s is left", dir);
}

int main(int argc, char **argv)
{
	struct conf_errors e = { 0 };
	struct config *c;

	if (argc < 3)
		errx(64, "usage: again CONFIG FILE...");
	c = config_load(argv[1], &e);
	if (c == NULL)
		errx(1, "%s: %s", argv[1], e.text);
	for (int i = 2; i < argc; i++)
		try_file(argv[i], c);
	config_free(c);
	return tap_done();
}
