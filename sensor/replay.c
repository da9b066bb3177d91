/*
 * replay.c - files -> worker -> analysis -> summary or JSON, in one process.
 */
#include "replay.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/record.h"
#include "analysis/analysis.h"
#include "base/log.h"
#include "command/command.h"
#include "progress.h"
#include "service/forward.h"
#include "summary.h"
#include "worker/worker.h"

struct replay {
	const struct options *o;
	struct analysis *analysis;
	struct book *book;
	struct worker *worker;
	struct summary *summary;	/* NULL with --json */
	struct forward *forward;	/* NULL: no outputs */
	struct record_head head;
	struct progress progress;
	uint64_t packets;
	int opened;			/* files that are captures */
	int code;
	char line[RECORD_MAX];
};

/* The next record's line, to be filled and printed. */
static struct text next_line(struct replay *r)
{
	r->head.seq++;
	return text_in(r->line, sizeof(r->line));
}

static void on_flow(const struct flow_seen *f, void *arg)
{
	struct replay *r = arg;

	struct text line;

	if (r->summary != NULL) {
		summary_flow(r->summary, f);
		return;
	}
	line = next_line(r);
	record_flow(&line, &r->head, f);
	puts(r->line);
}

static void on_transfer(const struct transfer *t, void *arg)
{
	struct replay *r = arg;

	struct text line;

	if (r->summary != NULL) {
		summary_transfer(r->summary, t);
		return;
	}
	line = next_line(r);
	record_transfer(&line, &r->head, t);
	puts(r->line);
}

static void on_access(const struct access *a, void *arg)
{
	struct replay *r = arg;

	struct text line;

	if (r->summary != NULL)
		return;
	line = next_line(r);
	record_access(&line, &r->head, a);
	puts(r->line);
}

static void on_binding(const struct event *ev, const struct who *who,
    void *arg)
{
	struct replay *r = arg;

	struct text line;

	if (r->summary != NULL)
		return;
	line = next_line(r);
	record_binding(&line, &r->head, ev, who);
	puts(r->line);
}

/* Also what is not sent. */
static void show_alert(const struct alert *a, void *arg)
{
	struct replay *r = arg;
	struct text line;

	if (r->summary != NULL) {
		summary_alert(r->summary, a);
		return;
	}
	line = next_line(r);
	record_alert(&line, &r->head, a);
	puts(r->line);
}

static void on_alert(const struct alert *a, void *arg)
{
	struct replay *r = arg;

	if (r->forward != NULL)
		forward_alert(r->forward, a);
	show_alert(a, arg);
}

static void on_event(const struct event *ev, void *arg)
{
	struct replay *r = arg;

	analysis_event(r->analysis, ev);
}

static void failed(struct replay *r, int code)
{
	if (code > r->code)
		r->code = code;
}

/* ^C: what was read so far is reported.  A second one ends at once. */
static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

static void stop_on_signals(void)
{
	struct sigaction once = { .sa_handler = on_signal,
		.sa_flags = (int)SA_RESETHAND };

	sigaction(SIGINT, &once, NULL);
	sigaction(SIGTERM, &once, NULL);
}

/* All frames of one open capture. */
static enum captured read_frames(struct replay *r, struct capture *c)
{
	struct frame frames[WORKER_BATCH];
	enum captured why = CAPTURE_END;
	size_t n;

	while (!stop && (n = capture_batch(c, frames, WORKER_BATCH,
	    &why)) > 0) {
		struct capture_counts at;

		worker_frames(r->worker, frames, n);
		r->packets += n;
		if (!r->progress.on)
			continue;
		at = capture_counts(c);
		progress_show(&r->progress, at.read_bytes, at.total_bytes,
		    r->packets);
	}
	return why;
}

static void read_file(struct replay *r, const char *path)
{
	char error[CAPTURE_ERROR];
	struct capture *c = capture_open_file(path, r->o->filter, error);
	enum captured why;

	if (c == NULL) {
		failed(r, errno == EBADMSG ? EXIT_DAMAGED : EXIT_RUNTIME);
		log_warnx("%s", error);
		return;
	}
	r->opened++;
	why = read_frames(r, c);
	progress_end(&r->progress);
	if (why == CAPTURE_DAMAGED || why == CAPTURE_FAILED) {
		log_warnx("%s", capture_error(c));
		failed(r, why == CAPTURE_DAMAGED ? EXIT_DAMAGED :
		    EXIT_RUNTIME);
	}
	capture_close(c);
}

/* The service's own secret, if it is here and may be read. */
static bool replay_key(struct replay *r, const struct config *config)
{
	char path[KEY_PATH], why[KEY_WHY];
	struct privacy_key key;
	bool good;

	if (!config->pseudonyms)
		return true;
	config_key_path(config, path);
	if (!key_load(&key, path, false, why)) {
		log_warnx("%s; pseudonyms are for this run alone", why);
		return true;
	}
	good = analysis_key(r->analysis, &key);
	key_forget(&key);
	return good;
}

static bool replay_open(struct replay *r, const struct config *config)
{
	struct worker_setup setup = { .config = config, .emit = on_event,
		.arg = r, .book = r->book,
		.all_transfers = r->o->all_transfers };
	struct analysis_sink sink = { .flow = on_flow,
		.transfer = on_transfer, .access = on_access,
		.binding = on_binding, .alert = on_alert,
		.withheld = show_alert, .arg = r };

	r->head.sensor = config->sensor;
	r->head.policy = config->hash;
	if (!r->o->json)
		r->summary = summary_new();
	r->forward = forward_open(config);
	r->analysis = analysis_new(config, &sink);
	r->worker = worker_new(&setup);
	return r->analysis != NULL && replay_key(r, config) && r->worker != NULL &&
	    (r->o->json || r->summary != NULL);
}

int replay_run(const struct options *o, const struct config *config)
{
	struct replay *r = calloc(1, sizeof(*r));
	struct worker_counts counts;
	int code;

	if (r == NULL)
		return EXIT_RUNTIME;
	r->o = o;
	r->progress = progress_start();
	r->book = book_open(o->names);
	if (r->book == NULL) {
		failed(r, EXIT_RUNTIME);
	} else if (replay_open(r, config)) {
		stop_on_signals();
		for (int i = 0; i < o->files_n && !stop; i++)
			read_file(r, o->files[i]);
		if (stop)
			log_warnx("interrupted: this is what was read so far");
		counts = worker_counts(r->worker);
		worker_free(r->worker);
		analysis_finish(r->analysis);
		if (r->summary != NULL && r->opened > 0)
			summary_print(r->summary, &counts, stdout);
	} else {
		log_warnx("no memory");
		failed(r, EXIT_RUNTIME);
	}
	fflush(stdout);
	if (!forward_close(r->forward))
		failed(r, EXIT_RUNTIME);
	analysis_free(r->analysis);
	book_close(r->book);
	summary_free(r->summary);
	code = r->code;
	free(r);
	return code;
}
