/*
 * run.c - plays a scenario against the analysis and compares the alerts.
 *
 *	run [-kv] [-w WORKERS] FILE...
 *
 * A file says what it is about, then has a line `---`, a configuration in
 * YAML and another line `---` if it needs one, then one statement a line, in
 * order of time; the files beside this one show the language.  The events
 * are synthetic, everything behind them is what runs in the sensor.  With -w
 * they come from so many workers, with -k the sensor is killed and started
 * again before each act: the alerts must be the same.
 */
#include <ctype.h>
#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenario.h"

static void read_options(struct play *p, struct act *a, char *rest)
{
	char *w;

	while ((w = word_next(&rest)) != NULL) {
		if (strcmp(w, "over") == 0)
			a->over_us = word_duration(p, word_need(p, &rest, "duration"));
		else if (strcmp(w, "name") == 0)
			a->name = word_need(p, &rest, "file name");
		else if (strcmp(w, "uncounted") == 0)
			a->uncounted = true;
		else if (strcmp(w, "alike") == 0)
			a->alike = true;
		else
			play_syntax(p, "unknown option", w);
	}
}

/* "SERVICE N files VOLUME" or "SERVICE N files same" */
static struct act read_act(struct play *p, char *rest, bool upload)
{
	struct act a = { .upload = upload, .at_us = p->now_us,
		.over_us = 10 * MINUTE_US, .method = METHOD_TLS_RECORDS };
	char *w;

	w = word_need(p, &rest, "service");
	a.host = act_host(p, w, upload);
	a.dissector = *a.host == '\0' ? act_dissector(p, w) : 0;
	a.files = (unsigned int)atoi(word_need(p, &rest, "count"));
	w = word_need(p, &rest, "files");
	if (strncmp(w, "file", 4) != 0)
		play_syntax(p, "expected 'files', not", w);
	w = word_need(p, &rest, "volume");
	a.same = strcmp(w, "same") == 0;
	a.bytes = a.same ? 0 : word_volume(p, w);
	read_options(p, &a, rest);
	return a;
}

/* "user7", "user1..user40" */
static void each_person(struct play *p, const char *who,
    void (*does)(struct play *p, const struct act *a, struct person *u),
    const struct act *a)
{
	const char *dots = strstr(who, "..");
	size_t stem = strcspn(who, "0123456789");
	char name[ALERT_NAME];
	int from, to;

	if (dots == NULL) {
		does(p, a, act_person(p, who));
		return;
	}
	from = atoi(who + stem);
	to = atoi(dots + 2 + stem);
	for (int i = from; i <= to; i++) {
		snprintf(name, sizeof(name), "%.*s%d", (int)stem, who, i);
		does(p, a, act_person(p, name));
	}
}

static void present(struct play *p, const struct act *a, struct person *u)
{
	struct event ev;

	act_log_on(p, u, a->at_us - 1);
	act_event(&ev, u, a->host);
	ev.kind = EV_FLOW;
	ev.flow = ++p->flows;
	ev.at_us = ev.start_us = a->at_us;
	play_event(p, &ev);
}

static void open_room(struct play *p, const struct act *a, struct person *u)
{
	struct event ev;

	act_log_on(p, u, a->at_us - 1);
	act_event(&ev, u, a->host);
	ev.kind = EV_ROOM;
	ev.dissector = a->dissector;
	ev.flow = ++p->flows;
	ev.at_us = ev.start_us = a->at_us;
	act_put(ev.text, sizeof(ev.text), a->name);
	play_event(p, &ev);
}

/* ---- history: ordinary days before the scenario ---- */

static void history_day(struct play *p, const struct history *h,
    struct person *u, int64_t day_us)
{
	struct act a = { .host = h->host, .upload = h->upload,
		.method = METHOD_TLS_RECORDS };
	double files = act_between(p, h->files_from, h->files_to);
	unsigned int hours = (unsigned int)act_between(p, 2, 5);

	act_log_on(p, u, day_us);
	a.files = (unsigned int)fmax(1, files / hours + 0.5);
	a.bytes = act_between(p, h->bytes_from, h->bytes_to) / hours;
	for (unsigned int i = 0; i < hours; i++) {
		a.at_us = day_us + h->from_us + (int64_t)(act_chance(p) *
		    (double)(h->to_us - h->from_us));
		a.over_us = 5 * MINUTE_US;
		act_move(p, &a, u);
	}
}

static void history_play(struct play *p)
{
	unsigned int most = 0;

	for (unsigned int i = 0; i < p->histories_n; i++)
		if (p->histories[i].days > most)
			most = p->histories[i].days;
	for (unsigned int back = most; back >= 1; back--) {
		int64_t day_us = p->base_us - back * DAY_US;

		for (unsigned int i = 0; i < p->histories_n; i++) {
			struct history *h = &p->histories[i];

			if (back <= h->days && (h->weekends ||
			    !day_is_weekend((uint32_t)(day_us / DAY_US))))
				history_day(p, h, h->who, day_us);
		}
		play_sorted(p);
	}
	p->histories_n = 0;
}

static void add_history(struct play *p, const struct act *a,
    struct person *u)
{
	struct history *h = &p->histories[p->histories_n];

	(void)a;
	if (p->histories_n + 1 == HISTORIES)
		play_syntax(p, "too many histories", u->name);
	*h = p->histories[HISTORIES - 1];
	h->who = u;
	p->histories_n++;
}

/* history 30 days WHO SERVICE 5..15 files 20..60MB [at 09:00..17:00]
 * [weekends] [up] */
static void history(struct play *p, char *rest)
{
	struct history *h = &p->histories[HISTORIES - 1];
	char *who, *service, *w, *unit;

	*h = (struct history){ .from_us = 9 * HOUR_US,
		.to_us = 17 * HOUR_US };
	h->days = (unsigned int)atoi(word_need(p, &rest, "days"));
	word_need(p, &rest, "'days'");
	who = word_need(p, &rest, "who");
	service = word_need(p, &rest, "service");
	word_range(word_need(p, &rest, "files"), &h->files_from, &h->files_to);
	word_need(p, &rest, "'files'");
	w = word_need(p, &rest, "volume");
	word_range(w, &h->bytes_from, &h->bytes_to);
	for (unit = w + strlen(w); unit > w && isalpha(unit[-1]);)
		unit--;
	{
		char one[16];

		snprintf(one, sizeof(one), "1%s", unit);
		h->bytes_from *= word_volume(p, one);
		h->bytes_to *= word_volume(p, one);
	}
	while ((w = word_next(&rest)) != NULL) {
		if (strcmp(w, "weekends") == 0) {
			h->weekends = true;
		} else if (strcmp(w, "up") == 0) {
			h->upload = true;
		} else if (strcmp(w, "at") == 0) {
			char *span = word_need(p, &rest, "span");
			char *to = strstr(span, "..");

			if (to == NULL)
				play_syntax(p, "not a span", span);
			h->to_us = word_clock(p, to + 2);
			*to = '\0';
			h->from_us = word_clock(p, span);
		} else {
			play_syntax(p, "unknown option", w);
		}
	}
	h->host = act_host(p, service, h->upload);
	each_person(p, who, add_history, NULL);
}

/* Of those that were nameless until now. */
static void log_on_now(struct play *p, const struct act *a, struct person *u)
{
	bool nameless = p->nameless;

	p->nameless = false;
	act_log_on(p, u, a->at_us);
	p->nameless = nameless;
}

/* ---- statements ---- */

static void does(struct play *p, char *who, char *rest)
{
	char *verb = word_need(p, &rest, "verb");
	struct act a;

	if (strcmp(verb, "download") == 0 || strcmp(verb, "upload") == 0) {
		a = read_act(p, rest, verb[0] == 'u');
		each_person(p, who, act_move, &a);
	} else if (strcmp(verb, "online") == 0) {
		a = (struct act){ .at_us = p->now_us };
		a.host = word_need(p, &rest, "host");
		each_person(p, who, present, &a);
	} else if (strcmp(verb, "logs-on") == 0) {
		a = (struct act){ .at_us = p->now_us };
		each_person(p, who, log_on_now, &a);
	} else if (strcmp(verb, "opens") == 0) {
		a = (struct act){ .at_us = p->now_us };
		a.host = "";
		a.dissector = act_dissector(p, word_need(p, &rest, "service"));
		a.name = word_need(p, &rest, "room");
		each_person(p, who, open_room, &a);
	} else {
		play_syntax(p, "unknown verb", verb);
	}
}

static void at_time(struct play *p, int day, char *rest)
{
	int64_t at_us = p->base_us + day * DAY_US +
	    word_clock(p, word_need(p, &rest, "time"));
	char *who = word_need(p, &rest, "who");

	history_play(p);
	if (at_us < p->now_us && p->now_us != 0)
		play_syntax(p, "goes back in time:", who);
	p->now_us = at_us;
	play_kill(p, at_us);
	if (strcmp(who, "restart") == 0) {
		play_until(p, at_us);
		play_restart(p, (who = word_next(&rest)) != NULL &&
		    strcmp(who, "snapshot") == 0);
	} else if (strcmp(who, "expect") == 0) {
		play_until(p, at_us);
		expect_read(p, rest);
	} else {
		does(p, who, rest);
	}
}

static void statement(struct play *p, char *line)
{
	char *rest = line, *w = word_next(&rest);

	if (w == NULL)
		return;
	if (strcmp(w, "history") == 0)
		history(p, rest);
	else if (strcmp(w, "week") == 0)
		p->base_us += 7 * DAY_US;
	else if (strcmp(w, "service") == 0)
		analysis_service(p->analysis);
	else if (strcmp(w, "keep") == 0)
		play_keep(p);
	else if (strcmp(w, "nameless") == 0)
		p->nameless = true;
	else if (strcmp(w, "forget") == 0) {
		history_play(p);
		play_until(p, p->base_us);
		p->alerts_n = 0;
	} else if (strcmp(w, "seed") == 0)
		p->random = strtoull(word_need(p, &rest, "number"), NULL, 0);
	else if (strcmp(w, "watching") == 0)
		play_until(p, p->base_us - word_duration(p,
		    word_need(p, &rest, "duration")));
	else if (strcmp(w, "expect") == 0) {
		history_play(p);
		play_end(p);
		expect_read(p, rest);
	} else if (word_weekday(w) >= 0)
		at_time(p, word_weekday(w), rest);
	else
		play_syntax(p, "unknown statement", w);
}

static bool run(const char *path, const struct stage *s, bool verbose)
{
	struct play *p = play_open(path, s);
	char line[512];
	bool good;

	p->verbose = verbose;
	while (fgets(line, sizeof(line), p->file) != NULL) {
		p->line++;
		line[strcspn(line, "\n")] = '\0';
		statement(p, line);
	}
	good = play_close(p);
	printf("%s %s\n", good ? "pass" : "FAIL", path);
	return good;
}

int main(int argc, char **argv)
{
	struct stage s = { .workers = 1 };
	bool verbose = false;
	int failed = 0, c;

	while ((c = getopt(argc, argv, "kvw:")) != -1)
		if (c == 'k')
			s.keeps_dying = true;
		else if (c == 'v')
			verbose = true;
		else if (c == 'w')
			s.workers = (unsigned int)atoi(optarg);
		else
			return 2;
	if (s.workers < 1 || s.workers > 64)
		errx(2, "1 to 64 workers");
	for (int i = optind; i < argc; i++)
		failed += !run(argv[i], &s, verbose);
	return failed != 0;
}
