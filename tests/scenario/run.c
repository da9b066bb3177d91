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

static void syntax(const struct play *p, const char *what, const char *word)
{
	errx(2, "%s:%u: %s '%s'", p->path, p->line, what, word);
}

/* ---- words ---- */

static char *next(char **rest)
{
	char *w;

	while (**rest == ' ' || **rest == '\t')
		(*rest)++;
	if (**rest == '\0' || **rest == '#')
		return NULL;
	if (**rest == '"') {
		w = ++*rest;
		*rest += strcspn(*rest, "\"");
	} else {
		w = *rest;
		*rest += strcspn(*rest, " \t");
	}
	if (**rest != '\0')
		*(*rest)++ = '\0';
	return w;
}

static char *need(const struct play *p, char **rest, const char *what)
{
	char *w = next(rest);

	if (w == NULL)
		syntax(p, "missing", what);
	return w;
}

static double volume(const struct play *p, const char *w)
{
	static const char *const units[] = { "B", "kB", "MB", "GB" };
	char *end;
	double v = strtod(w, &end);

	for (size_t i = 0; i < 4; i++)
		if (strcmp(end, units[i]) == 0)
			return v * pow(1000, (double)i);
	syntax(p, "not a volume", w);
	return 0;
}

static int64_t duration(const struct play *p, const char *w)
{
	char *end;
	double v = strtod(w, &end);
	int64_t unit = *end == 's' ? SECOND_US : *end == 'm' ? MINUTE_US :
	    *end == 'h' ? HOUR_US : *end == 'd' ? DAY_US : 0;

	if (unit == 0)
		syntax(p, "not a duration", w);
	return (int64_t)(v * (double)unit);
}

/* "5..15" or "7"; a unit at the end belongs to both. */
static void range(const char *w, double *from, double *to)
{
	char *dots = strstr(w, "..");

	*from = strtod(w, NULL);
	*to = dots != NULL ? strtod(dots + 2, NULL) : *from;
}

static double chance(struct play *p)
{
	p->random = p->random * 6364136223846793005ull +
	    1442695040888963407ull;
	return (double)(p->random >> 11) / 9007199254740992.0;
}

static double between(struct play *p, double from, double to)
{
	return from <= 0 || from == to ? from :
	    from * pow(to / from, chance(p));
}

/* ---- time ---- */

static int weekday(const char *w)
{
	static const char *const names[] = { "Mon", "Tue", "Wed", "Thu",
	    "Fri", "Sat", "Sun" };

	for (int i = 0; i < 7; i++)
		if (strcmp(w, names[i]) == 0)
			return i;
	return -1;
}

static int64_t clock_of(const struct play *p, const char *w)
{
	int h, m, s = 0;

	if (sscanf(w, "%d:%d:%d", &h, &m, &s) < 2)
		syntax(p, "not a time", w);
	return h * HOUR_US + m * MINUTE_US + s * SECOND_US;
}

/* ---- people ---- */

/* Zeroed fields stay zero behind the text. */
static void put(char *field, size_t size, const char *text)
{
	memcpy(field, text, strnlen(text, size - 1));
}

static struct person *person(struct play *p, const char *name)
{
	struct person *u = p->people;
	unsigned int i;

	for (i = 0; i < p->people_n; i++, u++)
		if (strcmp(u->name, name) == 0)
			return u;
	if (p->people_n == PEOPLE)
		syntax(p, "too many people", name);
	p->people_n++;
	snprintf(u->name, sizeof(u->name), "%s", name);
	u->addr = addr_v4((uint8_t[]){ 10, 20, (uint8_t)(i >> 8),
	    (uint8_t)i });
	return u;
}

/* The account is proven where it first acts, and stays so. */
static void log_on(struct play *p, struct person *u, int64_t at_us)
{
	struct event ev = { .kind = EV_BINDING, .at_us = at_us,
		.start_us = at_us, .client = u->addr,
		.count = 300 * 86400, .sureness = PROOF_TICKET };

	if (u->known || p->nameless)
		return;
	u->known = true;
	put(ev.text, sizeof(ev.text), u->name);
	play_event(p, &ev);
}

/* ---- what they do ---- */

static uint16_t dissector_of(const struct play *p, const char *service)
{
	for (uint32_t i = 0; i < catalogue_rules(p->config->catalogue); i++) {
		const struct rule *r = catalogue_rule(p->config->catalogue,
		    i);

		if (strcmp(r->service->id, service) != 0 ||
		    r->matcher != MATCH_DISSECTOR)
			continue;
		for (uint16_t d = 0; dissectors[d] != NULL; d++)
			if (strcmp(dissectors[d]->name, r->pattern) == 0)
				return (uint16_t)(d + 1);
	}
	return 0;
}

/* Empty where the protocol itself is the name. */
static const char *host_of(struct play *p, const char *service, bool upload)
{
	const struct catalogue *c = p->config->catalogue;
	unsigned int way = upload ? MOVES_UP : MOVES_DOWN;
	const char *found = NULL;

	if (strchr(service, '.') != NULL)
		return service;
	for (uint32_t i = 0; i < catalogue_rules(c); i++) {
		const struct rule *r = catalogue_rule(c, i);

		if (strcmp(r->service->id, service) == 0 &&
		    r->matcher == MATCH_HOST && r->files == FILES_YES &&
		    (r->moves & way) && strpbrk(r->pattern, "*{#") == NULL &&
		    (found == NULL || found[0] == '.'))
			found = r->pattern;
	}
	if (found == NULL && dissector_of(p, service) != 0)
		return "";
	if (found == NULL)
		syntax(p, "no file host is known of", service);
	return found[0] == '.' ? found + 1 : found;
}

static void fill(struct event *ev, const struct person *u, const char *host)
{
	*ev = (struct event){ .kind = EV_TRANSFER, .client = u->addr,
		.server = addr_v4((uint8_t[]){ 198, 51, 100, 7 }),
		.client_port = 40000, .server_port = 443, .proto = 6,
		.evidence = EVIDENCE_SNI, .confidence = 95,
		.method = METHOD_TLS_RECORDS, .sureness = 90 };
	put(ev->host, sizeof(ev->host), host);
}

static void sizes_of(struct play *p, const struct act *a,
    struct person *u)
{
	double sum = 0;

	if (a->same) {
		if (u->sizes_n == 0)
			syntax(p, "nothing was downloaded by", u->name);
		return;
	}
	u->sizes_n = a->files > SIZES ? SIZES : a->files;
	for (unsigned int i = 0; i < u->sizes_n; i++)
		sum += u->sizes[i] = between(p, 1, a->alike ? 1.0001 : 30);
	for (unsigned int i = 0; i < u->sizes_n; i++)
		u->sizes[i] *= a->bytes / sum;
}

static void move(struct play *p, const struct act *a, struct person *u)
{
	unsigned int n = a->files < SIZES ? a->files : SIZES;
	struct event ev;

	log_on(p, u, a->at_us - 1);
	sizes_of(p, a, u);
	if (a->same && n > u->sizes_n)
		n = u->sizes_n;
	fill(&ev, u, a->host);
	ev.flow = ++p->flows;
	ev.flags = (uint8_t)((a->upload ? EVENT_UPLOAD : 0));
	ev.method = a->dissector != 0 ? METHOD_CLEAR : a->method;
	ev.dissector = a->dissector;
	for (unsigned int i = 0; i < n; i++) {
		ev.start_us = a->at_us + a->over_us * i / n;
		ev.at_us = a->at_us + a->over_us * (i + 1) / n;
		ev.up = (uint64_t)u->sizes[i];
		ev.down = ev.largest = ev.up;
		ev.count = ev.count_lo = ev.count_hi = a->uncounted ? 0 : 1;
		if (a->name != NULL)
			put(ev.text, sizeof(ev.text), a->name);
		play_event(p, &ev);
	}
}

static void read_options(struct play *p, struct act *a, char *rest)
{
	char *w;

	while ((w = next(&rest)) != NULL) {
		if (strcmp(w, "over") == 0)
			a->over_us = duration(p, need(p, &rest, "duration"));
		else if (strcmp(w, "name") == 0)
			a->name = need(p, &rest, "file name");
		else if (strcmp(w, "uncounted") == 0)
			a->uncounted = true;
		else if (strcmp(w, "alike") == 0)
			a->alike = true;
		else
			syntax(p, "unknown option", w);
	}
}

/* "SERVICE N files VOLUME" or "SERVICE N files same" */
static struct act read_act(struct play *p, char *rest, bool upload)
{
	struct act a = { .upload = upload, .at_us = p->now_us,
		.over_us = 10 * MINUTE_US, .method = METHOD_TLS_RECORDS };
	char *w;

	w = need(p, &rest, "service");
	a.host = host_of(p, w, upload);
	a.dissector = *a.host == '\0' ? dissector_of(p, w) : 0;
	a.files = (unsigned int)atoi(need(p, &rest, "count"));
	w = need(p, &rest, "files");
	if (strncmp(w, "file", 4) != 0)
		syntax(p, "expected 'files', not", w);
	w = need(p, &rest, "volume");
	a.same = strcmp(w, "same") == 0;
	a.bytes = a.same ? 0 : volume(p, w);
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
		does(p, a, person(p, who));
		return;
	}
	from = atoi(who + stem);
	to = atoi(dots + 2 + stem);
	for (int i = from; i <= to; i++) {
		snprintf(name, sizeof(name), "%.*s%d", (int)stem, who, i);
		does(p, a, person(p, name));
	}
}

static void present(struct play *p, const struct act *a, struct person *u)
{
	struct event ev;

	log_on(p, u, a->at_us - 1);
	fill(&ev, u, a->host);
	ev.kind = EV_FLOW;
	ev.flow = ++p->flows;
	ev.at_us = ev.start_us = a->at_us;
	play_event(p, &ev);
}

static void open_room(struct play *p, const struct act *a, struct person *u)
{
	struct event ev;

	log_on(p, u, a->at_us - 1);
	fill(&ev, u, a->host);
	ev.kind = EV_ROOM;
	ev.dissector = a->dissector;
	ev.flow = ++p->flows;
	ev.at_us = ev.start_us = a->at_us;
	put(ev.text, sizeof(ev.text), a->name);
	play_event(p, &ev);
}

/* ---- history: ordinary days before the scenario ---- */

static void history_day(struct play *p, const struct history *h,
    struct person *u, int64_t day_us)
{
	struct act a = { .host = h->host, .upload = h->upload,
		.method = METHOD_TLS_RECORDS };
	double files = between(p, h->files_from, h->files_to);
	unsigned int hours = (unsigned int)between(p, 2, 5);

	log_on(p, u, day_us);
	a.files = (unsigned int)fmax(1, files / hours + 0.5);
	a.bytes = between(p, h->bytes_from, h->bytes_to) / hours;
	for (unsigned int i = 0; i < hours; i++) {
		a.at_us = day_us + h->from_us + (int64_t)(chance(p) *
		    (double)(h->to_us - h->from_us));
		a.over_us = 5 * MINUTE_US;
		move(p, &a, u);
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
		syntax(p, "too many histories", u->name);
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
	h->days = (unsigned int)atoi(need(p, &rest, "days"));
	need(p, &rest, "'days'");
	who = need(p, &rest, "who");
	service = need(p, &rest, "service");
	range(need(p, &rest, "files"), &h->files_from, &h->files_to);
	need(p, &rest, "'files'");
	w = need(p, &rest, "volume");
	range(w, &h->bytes_from, &h->bytes_to);
	for (unit = w + strlen(w); unit > w && isalpha(unit[-1]);)
		unit--;
	{
		char one[16];

		snprintf(one, sizeof(one), "1%s", unit);
		h->bytes_from *= volume(p, one);
		h->bytes_to *= volume(p, one);
	}
	while ((w = next(&rest)) != NULL) {
		if (strcmp(w, "weekends") == 0) {
			h->weekends = true;
		} else if (strcmp(w, "up") == 0) {
			h->upload = true;
		} else if (strcmp(w, "at") == 0) {
			char *span = need(p, &rest, "span");
			char *to = strstr(span, "..");

			if (to == NULL)
				syntax(p, "not a span", span);
			h->to_us = clock_of(p, to + 2);
			*to = '\0';
			h->from_us = clock_of(p, span);
		} else {
			syntax(p, "unknown option", w);
		}
	}
	h->host = host_of(p, service, h->upload);
	each_person(p, who, add_history, NULL);
}

/* ---- statements ---- */

static void does(struct play *p, char *who, char *rest)
{
	char *verb = need(p, &rest, "verb");
	struct act a;

	if (strcmp(verb, "download") == 0 || strcmp(verb, "upload") == 0) {
		a = read_act(p, rest, verb[0] == 'u');
		each_person(p, who, move, &a);
	} else if (strcmp(verb, "online") == 0) {
		a = (struct act){ .at_us = p->now_us };
		a.host = need(p, &rest, "host");
		each_person(p, who, present, &a);
	} else if (strcmp(verb, "opens") == 0) {
		a = (struct act){ .at_us = p->now_us };
		a.host = "";
		a.dissector = dissector_of(p, need(p, &rest, "service"));
		a.name = need(p, &rest, "room");
		each_person(p, who, open_room, &a);
	} else {
		syntax(p, "unknown verb", verb);
	}
}

static void at_time(struct play *p, int day, char *rest)
{
	int64_t at_us = p->base_us + day * DAY_US +
	    clock_of(p, need(p, &rest, "time"));
	char *who = need(p, &rest, "who");

	history_play(p);
	if (at_us < p->now_us && p->now_us != 0)
		syntax(p, "goes back in time:", who);
	p->now_us = at_us;
	play_kill(p, at_us);
	if (strcmp(who, "restart") == 0) {
		play_until(p, at_us);
		play_restart(p, (who = next(&rest)) != NULL &&
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
	char *rest = line, *w = next(&rest);

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
		p->random = strtoull(need(p, &rest, "number"), NULL, 0);
	else if (strcmp(w, "watching") == 0)
		play_until(p, p->base_us - duration(p,
		    need(p, &rest, "duration")));
	else if (strcmp(w, "expect") == 0) {
		history_play(p);
		play_end(p);
		expect_read(p, rest);
	} else if (weekday(w) >= 0)
		at_time(p, weekday(w), rest);
	else
		syntax(p, "unknown statement", w);
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
