/*
 * play.c - the stage of a scenario: configuration, events in, alerts out.
 */
#include "scenario.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void keep(struct play *p, const struct alert *a, bool would)
{
	if (p->alerts_n == ALERTS)
		errx(1, "%s: a storm of alerts", p->path);
	p->would[p->alerts_n] = would;
	p->alerts[p->alerts_n++] = *a;
}

static void on_alert(const struct alert *a, void *arg)
{
	keep(arg, a, false);
}

static void on_withheld(const struct alert *a, void *arg)
{
	keep(arg, a, true);
}

/* Its summary, as if it were an alert. */
static void on_storm(const struct storm *s, void *arg)
{
	struct health_count counts[STORM_COUNTS];
	struct health h = storm_health(s, counts);
	struct alert a = { .kind = "storm" };

	snprintf(a.message, sizeof(a.message), "%s", h.message);
	keep(arg, &a, false);
}

static unsigned int separators(FILE *f)
{
	char line[512];
	unsigned int n = 0;

	while (fgets(line, sizeof(line), f) != NULL)
		n += strcmp(line, "---\n") == 0;
	rewind(f);
	return n;
}

/* The YAML up to the last line `---`. */
static char *preamble(struct play *p)
{
	unsigned int n_left = separators(p->file);
	size_t room = 1 << 16, n = 0;
	char *text = calloc(1, room), line[512];

	if (text == NULL)
		err(1, NULL);
	while (fgets(line, sizeof(line), p->file) != NULL) {
		p->line++;
		if (strcmp(line, "---\n") == 0 && --n_left == 0)
			return text;
		if (n + strlen(line) + 1 > room)
			errx(2, "%s: too much configuration", p->path);
		n += (size_t)snprintf(text + n, room - n, "%s", line);
	}
	errx(2, "%s: no line ---", p->path);
}

/* The loader wants a file: one that has no name. */
static void configure(struct play *p, const char *text)
{
	struct conf_errors e = { 0 };
	char path[32];
	int fd;

	if (strstr(text, "---") == NULL) {
		p->config = config_load(NULL, &e);
		return;
	}
	fd = memfd_create("weir.yaml", 0);
	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		err(1, "memfd");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	p->config = config_load(path, &e);
	close(fd);
	if (p->config == NULL)
		errx(2, "%s: %s", p->path, e.text);
	p->config->pseudonyms = false;	/* scenarios speak of people */
}

struct play *play_open(const char *path, const struct stage *s)
{
	struct play *p = calloc(1, sizeof(*p));
	char *text;

	p->path = path;
	p->file = fopen(path, "r");
	if (p->file == NULL)
		err(2, "%s", path);
	p->sink = (struct analysis_sink){ .alert = on_alert,
		.withheld = on_withheld, .storm = on_storm, .arg = p };
	p->alerts = calloc(ALERTS, sizeof(*p->alerts));
	p->random = 1;
	p->workers = s->workers;
	p->keeps_dying = s->keeps_dying;
	p->base_us = 1772409600 * SECOND_US;	/* Monday, 2026-03-02 */
	text = preamble(p);
	configure(p, text);
	free(text);
	p->analysis = analysis_new(p->config, &p->sink);
	if (p->analysis == NULL)
		err(1, "analysis");
	if (p->keeps_dying)
		play_keep(p);
	return p;
}

void play_event(struct play *p, const struct event *ev)
{
	if (p->events_n == p->events_room) {
		p->events_room = p->events_room ? 2 * p->events_room : 1024;
		p->events = realloc(p->events, p->events_room *
		    sizeof(*p->events));
		if (p->events == NULL)
			err(1, NULL);
	}
	p->events[p->events_n++] = *ev;
}

static int by_time(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	return x->at_us != y->at_us ? (x->at_us > y->at_us ? 1 : -1) :
	    memcmp(x, y, sizeof(*x));
}

/* A second of events, as several workers would tell of them: each in order,
 * but one after the other. */
static size_t slice_end(const struct play *p, size_t i, int64_t until_us)
{
	int64_t end_us = p->events[i].at_us + SECOND_US;

	while (i < p->events_n && p->events[i].at_us <= until_us &&
	    p->events[i].at_us < end_us)
		i++;
	return i;
}

static void deliver(struct play *p, size_t from, size_t to)
{
	for (unsigned int w = p->workers; w-- > 0;)
		for (size_t i = from; i < to; i++) {
			struct event ev = p->events[i];

			ev.worker = (uint8_t)((ev.client.b[14] +
			    ev.client.b[15]) % p->workers);
			if (ev.worker == w)
				analysis_event(p->analysis, &ev);
		}
}

static void hand_over(struct play *p, int64_t until_us)
{
	size_t i = 0;

	if (p->events_n == 0)
		return;
	qsort(p->events, p->events_n, sizeof(*p->events), by_time);
	while (i < p->events_n && p->events[i].at_us <= until_us) {
		size_t n = slice_end(p, i, until_us);

		deliver(p, i, n);
		i = n;
	}
	if (i > 0 && i < p->events_n)
		memmove(p->events, p->events + i,
		    (p->events_n - i) * sizeof(*p->events));
	p->events_n -= i;
}

void play_sorted(struct play *p)
{
	hand_over(p, INT64_MAX);
}

void play_until(struct play *p, int64_t at_us)
{
	hand_over(p, at_us);
	for (unsigned int w = 0; w < p->workers; w++) {
		struct event tick = { .kind = EV_TICK, .at_us = at_us,
			.worker = (uint8_t)w };

		analysis_event(p->analysis, &tick);
	}
}

/* All that has happened is out of the workers' hands; then it is killed. */
void play_kill(struct play *p, int64_t at_us)
{
	if (!p->keeps_dying)
		return;
	hand_over(p, at_us);
	play_until(p, at_us + 3 * SECOND_US);
	play_restart(p, p->random++ % 2 == 0);
}

void play_keep(struct play *p)
{
	int fd;

	snprintf(p->store, sizeof(p->store), "%s/weir-XXXXXX",
	    getenv("TMPDIR") != NULL && strlen(getenv("TMPDIR")) < 40 ?
	    getenv("TMPDIR") : "/tmp");
	fd = mkstemp(p->store);
	if (fd == -1 || close(fd) == -1 ||
	    !analysis_keep(p->analysis, p->store))
		err(1, "%s", p->store);
}

void play_restart(struct play *p, bool snapshot)
{
	for (int i = 0; snapshot && i < 700; i++)
		analysis_commit(p->analysis);
	analysis_commit(p->analysis);
	analysis_free(p->analysis);
	p->analysis = analysis_new(p->config, &p->sink);
	if (p->analysis == NULL || !analysis_keep(p->analysis, p->store))
		errx(1, "%s: no restart", p->path);
}

static void forget_store(struct play *p)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char path[80];

	for (int i = 0; i < 3 && p->store[0] != '\0'; i++) {
		snprintf(path, sizeof(path), "%s%s", p->store, ends[i]);
		unlink(path);
	}
}

void play_end(struct play *p)
{
	play_sorted(p);
	analysis_finish(p->analysis);
	p->ended = true;
}

bool play_close(struct play *p)
{
	bool good = p->failed == 0;

	if (p->expected == 0 || p->alerts_n > 0) {
		printf("%s: does not end with `expect`\n", p->path);
		good = false;
	}
	fclose(p->file);
	analysis_free(p->analysis);
	forget_store(p);
	config_free(p->config);
	free(p->events);
	free(p->alerts);
	free(p);
	return good;
}
