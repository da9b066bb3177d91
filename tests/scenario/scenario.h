/*
 * scenario.h - a play: configuration, people, analysis, alerts so far.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdio.h>

#include "analysis/analysis.h"
#include "detect/detect.h"
#include "dissector.h"

enum { PEOPLE = 1024, SIZES = 4096, HISTORIES = 1025, ALERTS = 512 };

struct person {
	char name[ALERT_NAME];
	struct addr addr;
	bool known;
	double sizes[SIZES];		/* of what was last downloaded */
	unsigned int sizes_n;
};

struct act {
	const char *host, *name;
	bool upload, same, uncounted, alike;
	unsigned int files;
	double bytes;
	int64_t at_us, over_us;
	uint8_t method;
	uint16_t dissector;
};

struct history {
	struct person *who;
	const char *host;
	unsigned int days;
	double files_from, files_to, bytes_from, bytes_to;
	int64_t from_us, to_us;
	bool weekends, upload;
};

struct play {
	const char *path;
	FILE *file;
	unsigned int line;
	struct config *config;
	struct analysis *analysis;
	struct analysis_sink sink;
	int64_t base_us;		/* Monday 00:00 UTC of this week */
	int64_t now_us;
	uint64_t random, flows;
	bool nameless, ended, verbose, keeps_dying;
	unsigned int workers;
	char store[64];			/* path, empty: nothing is kept */
	struct person people[PEOPLE];
	unsigned int people_n;
	struct history histories[HISTORIES];
	unsigned int histories_n;
	struct event *events;		/* waiting to be sorted */
	size_t events_n, events_room;
	struct alert *alerts;		/* since the last `expect` */
	bool would[ALERTS];
	unsigned int alerts_n;
	unsigned int failed, expected;
};

struct stage {			/* what must make no difference */
	unsigned int workers;		/* that tell of the events */
	bool keeps_dying;		/* restarted before each act */
};

/* Ends the program with a message when the file is no scenario. */
struct play *play_open(const char *path, const struct stage *s);
bool play_close(struct play *p);	/* did everything happen? */

void play_event(struct play *p, const struct event *ev);
void play_sorted(struct play *p);	/* hand over what waits */
void play_until(struct play *p, int64_t at_us);
void play_end(struct play *p);
void play_kill(struct play *p, int64_t at_us);
void play_keep(struct play *p);		/* a service with a store from now on */
/* Killed, and started again: with a snapshot just before, or only events. */
void play_restart(struct play *p, bool snapshot);

/* "nothing", or "KIND [of USER] [high|medium] [to TARGET] [says "TEXT"]
 * [would] [update], ..."; `storm` is the summary of one */
void expect_read(struct play *p, char *rest);

/* words.c: a word that is not what it should be ends the program. */
void play_syntax(const struct play *p, const char *what, const char *word);
char *word_next(char **rest);		/* NULL: no more on this line */
char *word_need(const struct play *p, char **rest, const char *what);
double word_volume(const struct play *p, const char *w);
int64_t word_duration(const struct play *p, const char *w);
void word_range(const char *w, double *from, double *to);
int word_weekday(const char *w);	/* 0: Monday; -1: it is none */
int64_t word_clock(const struct play *p, const char *w);

/* acts.c: from 0 to 1, the same in every run; and evenly over orders of
 * magnitude */
double act_chance(struct play *p);
double act_between(struct play *p, double from, double to);
/* Zeroed fields stay zero behind the text. */
void act_put(char *field, size_t size, const char *text);
struct person *act_person(struct play *p, const char *name);
/* The account is proven where it first acts, and stays so. */
void act_log_on(struct play *p, struct person *u, int64_t at_us);
uint16_t act_dissector(const struct play *p, const char *service);
/* Empty where the protocol itself is the name. */
const char *act_host(struct play *p, const char *service, bool upload);
void act_event(struct event *ev, const struct person *u, const char *host);
void act_move(struct play *p, const struct act *a, struct person *u);

#endif
