/*
 * playback.c - see playback.h.
 */
#include "analysis/playback.h"

#include <stdio.h>
#include <string.h>

#include "analysis/records.h"
#include "base/exit.h"
#include "track/store.h"

struct span {
	struct analysis *analysis;
	int64_t first_us, last_us;
};

static bool feed(const struct event *ev, void *arg)
{
	struct span *s = arg;

	if (s->first_us == 0)
		s->first_us = ev->at_us;
	if (ev->at_us > s->last_us)
		s->last_us = ev->at_us;
	analysis_event(s->analysis, ev);
	return true;
}

static bool feed_stored(int64_t number, const struct event *ev,
    const struct store_told *told, void *arg)
{
	(void)number;
	(void)told;
	return feed(ev, arg);
}

bool playback_files(struct playback *p, char **files, int n,
    const char *twice)
{
	p->files = files;
	p->files_n = n;
	for (int i = 0; twice != NULL && i < n; i++)
		if (strcmp(files[i], "-") == 0) {
			fprintf(stderr, "weir: %s plays it twice: not from "
			    "standard input\n", twice);
			return false;
		}
	return (p->store == NULL) == (n > 0);
}

void playback_prepare(struct playback *p, struct config *c)
{
	char path[KEY_PATH], why[KEY_WHY];

	if (p->store != NULL && !p->keyed) {
		key_beside(p->store, path);
		p->keyed = key_load(&p->key, path, false, why);
	}
	c->pseudonyms = c->pseudonyms && p->keyed;
}

static int play_store(const struct playback *p, struct span *s)
{
	struct store *store = store_open_readonly(p->store);

	if (store == NULL) {
		fprintf(stderr, "weir: %s: no store\n", p->store);
		return EXIT_RUNTIME;
	}
	if (p->keyed && (!store_seal(store, &p->key) ||
	    !analysis_key(s->analysis, &p->key))) {
		store_close(store);
		return EXIT_RUNTIME;
	}
	store_events(store, 0, NULL, 0, feed_stored, s);
	store_close(store);
	if (s->first_us == 0)
		fprintf(stderr, "weir: %s: no events%s\n", p->store,
		    p->keyed ? "" : " that can be read without its key");
	return EXIT_FINE;
}

int playback_run(const struct playback *p, struct analysis *a,
    int64_t *first_us, int64_t *last_us)
{
	struct span s = { .analysis = a };
	int code = p->store != NULL ? play_store(p, &s) : EXIT_FINE;

	for (int i = 0; p->store == NULL && i < p->files_n; i++) {
		int one = records_file(p->files[i],
		    analysis_config(a), feed, &s);

		code = one > code ? one : code;
	}
	analysis_finish(a);
	if (first_us != NULL)
		*first_us = s.first_us;
	if (last_us != NULL)
		*last_us = s.last_us;
	return code;
}
