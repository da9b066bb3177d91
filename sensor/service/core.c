/*
 * core.c - the process that knows users, policy and baselines.
 *
 * Takes events from the workers' rings, in turns bounded so that neither the
 * spool nor the control socket waits; alerts go to the spool.  Holds no
 * packet and opens no connection.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alert/record.h"
#include "analysis/suppress.h"
#include "base/exit.h"
#include "base/log.h"
#include "service/control.h"
#include "service/core_parts.h"
#include "service/holes.h"
#include "service/metrics.h"

enum { TURN_US = 20000, TURN_EVENTS = 4096, SECOND_US = 1000000,
	SWEEP_US = 2 * SECOND_US,
	SEGMENT_BYTES = 4 << 20,
	LOCK_TRIES = 100, LOCK_PAUSE_US = 50000 };

static const int64_t expire_us = 3600LL * SECOND_US;

static struct text next_line(struct core *c)
{
	c->head.seq++;
	return text_in(c->line, sizeof(c->line));
}

static void show(const struct core *c, const struct text *t)
{
	if (c->live->setup->json)
		puts(t->p);
}

static void on_flow(const struct flow_seen *f, void *arg)
{
	struct core *c = arg;
	struct text t = next_line(c);

	record_flow(&t, &c->head, f);
	recent_flow(&c->recent, f, t.p);
	show(c, &t);
}

static void on_transfer(const struct transfer *tr, void *arg)
{
	struct core *c = arg;
	struct text t = next_line(c);

	record_transfer(&t, &c->head, tr);
	recent_transfer(&c->recent, tr);
	show(c, &t);
}

static void on_access(const struct access *a, void *arg)
{
	struct core *c = arg;
	struct text t = next_line(c);

	record_access(&t, &c->head, a);
	show(c, &t);
}

static void on_binding(const struct event *ev, const struct who *who,
    void *arg)
{
	struct core *c = arg;
	struct text t = next_line(c);

	record_binding(&t, &c->head, ev, who);
	show(c, &t);
}

static void on_alert(const struct alert *a, void *arg)
{
	letters_alert(arg, a);
}

static void on_withheld(const struct alert *a, void *arg)
{
	letters_withheld(arg, a);
}

static void on_storm(const struct storm *s, void *arg)
{
	struct health_count counts[STORM_COUNTS];
	struct health h = storm_health(s, counts);

	letters_health(arg, &h);
}

/* True when a ring has more than this turn may take. */
static bool drain(struct core *c)
{
	bool more = false;
	struct event ev;

	for (size_t i = 0; i < c->live->workers; i++) {
		int n = 0;

		while (n < TURN_EVENTS && ring_get(c->live->rings[i], &ev)) {
			health_event(&c->health, &ev);
			analysis_event(c->analysis, &ev);
			n++;
		}
		more |= n == TURN_EVENTS;
	}
	return more;
}

static void on_turn(void *arg)
{
	struct core *c = arg;
	bool more = drain(c);
	int64_t now = monotonic_us();

	c->board->alive_us = now;
	if (c->commit_us != 0 && now >= c->commit_us)
		letters_flush(c);
	timer_in(c->turn, more ? 0 : TURN_US);
}

static void on_finding(struct health *f, void *arg)
{
	struct core *c = arg;

	c->board->findings++;
	letters_health(c, f);
}

static void on_hole(struct health *f, void *arg)
{
	letters_health(arg, f);
}

/* What kill -9 can take is not yet here: so this is not left to on_second. */
static void on_commit(void *arg)
{
	struct core *c = arg;

	analysis_commit(c->analysis);
	timer_in(c->commit, SECOND_US / ANALYSIS_COMMITS);
}

static void on_second(void *arg)
{
	struct core *c = arg;
	int64_t now = monotonic_us();

	c->board->analysis = analysis_counts(c->analysis);
	if (now >= c->sweep_us) {
		letters_sweep(c);
		c->sweep_us = now + SWEEP_US;
	}
	if (now - c->expired_us >= expire_us || c->expired_us == 0) {
		c->expired_us = now;
		core_expire(c);
		holes_check(c->analysis, real_us(), on_hole, c);
	}
	if (now >= c->beat_us) {
		core_beat(c, "heartbeat", "Watching");
		c->beat_us = now + c->live->config->heartbeat_us;
	}
	holes_over(c->analysis, real_us(), on_hole, c);
	health_check(&c->health, c->live->board, real_us(), now, on_finding,
	    c);
	if (c->live->setup->json)
		fflush(stdout);
	timer_in(c->second, SECOND_US);
}

static void on_reload(void *arg)
{
	struct core *c = arg;
	struct config *fresh = live_reload(c->live, "core");

	if (fresh == NULL)
		return;
	analysis_reload(c->analysis, fresh);
	live_take(c->live, fresh);
	identities_officers(c->identities, fresh->officers);
	c->head.sensor = fresh->sensor;
	c->head.policy = fresh->hash;
	core_beat(c, "reloaded", "New configuration for");
}

static void on_stop(void *arg)
{
	struct core *c = arg;

	loop_stop(c->loop);
}

/* Workers are gone by now: take all that is left, say the last word. */
static void finish(struct core *c)
{
	while (drain(c))
		continue;
	analysis_finish(c->analysis);
	c->board->analysis = analysis_counts(c->analysis);
	core_beat(c, "stopped", "Stops watching");
	letters_flush(c);
	letters_sweep(c);
	fflush(stdout);
}

/* The spool of a weir that was just killed may be locked a moment longer. */
static struct spool *open_spool(const char *dir, int64_t max_bytes)
{
	struct spool_setup setup = { dir, max_bytes, SEGMENT_BYTES };
	char why[OUTPUT_WHY];
	struct spool *s = spool_open(&setup, why);

	for (int i = 0; s == NULL && i < LOCK_TRIES; i++) {
		usleep(LOCK_PAUSE_US);
		s = spool_open(&setup, why);
	}
	if (s == NULL)
		log_warnx("spool: %s", why);
	return s;
}

/* Users, ledgers and baselines outlive the process, beside the spool. */
static void keep_memory(struct core *c)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/state.db", live_spool(c->live));
	if (!analysis_keep(c->analysis, path))
		log_warnx("%s: cannot be used; baselines begin anew", path);
}

static bool core_open(struct core *c)
{
	struct analysis_sink sink = { .flow = on_flow,
	    .transfer = on_transfer, .access = on_access,
	    .binding = on_binding, .alert = on_alert,
	    .withheld = on_withheld, .storm = on_storm, .arg = c };

	c->head.sensor = c->live->config->sensor;
	c->head.policy = c->live->config->hash;
	c->loop = loop_new();
	c->spool = open_spool(live_spool(c->live),
	    c->live->board->spool_max);
	c->analysis = analysis_new(c->live->config, &sink);
	if (c->loop == NULL || c->spool == NULL || c->analysis == NULL ||
	    !analysis_key(c->analysis, &c->live->key) ||
	    (c->identities = identities_open(live_spool(c->live))) == NULL || !recent_init(&c->recent))
		return false;
	identities_officers(c->identities, c->live->config->officers);
	analysis_service(c->analysis);
	keep_memory(c);
	if (c->live->control != -1)
		c->control = control_new(c, c->live->control);
	if (c->live->intake != -1 || c->live->intake_tls != -1)
		c->intake = intake_new(c, c->live->intake,
		    c->live->intake_tls);
	if (c->live->metrics != -1)
		c->metrics = metrics_new(c, c->live->metrics);
	return true;
}

static void core_loop(struct core *c)
{
	c->turn = loop_timer(c->loop, on_turn, c);
	c->second = loop_timer(c->loop, on_second, c);
	loop_signal(c->loop, SIGTERM, on_stop, c);
	loop_signal(c->loop, SIGHUP, on_reload, c);
	c->commit = loop_timer(c->loop, on_commit, c);
	timer_in(c->turn, 0);
	timer_in(c->second, 0);
	timer_in(c->commit, 0);
	core_beat(c, "started", "Watching");
	c->beat_us = monotonic_us() + c->live->config->heartbeat_us;
	sandbox_enter(&(struct sandbox){ .who = "core", .no_connect = true,
	    .read = { "/" }, .write = { live_spool(c->live) } });
	c->board->up = true;
	loop_run(c->loop);
	c->board->up = false;
	finish(c);
}

int core_run(struct live *l)
{
	struct core *c = calloc(1, sizeof(*c));
	bool fine;

	umask(027);			/* what we keep is about people */
	signal(SIGINT, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (c == NULL)
		return EXIT_RUNTIME;
	for (size_t i = 0; i < l->workers; i++) {
		capture_close(l->captures[i]);
		l->captures[i] = NULL;
	}
	privs_drop(&l->privs, l->parent);
	c->live = l;
	c->board = &l->board->core;
	fine = core_open(c);
	if (fine)
		core_loop(c);
	control_free(c->control);
	intake_free(c->intake);
	metrics_free(c->metrics);
	recent_free(&c->recent);
	analysis_free(c->analysis);
	identities_free(c->identities);
	spool_close(c->spool);
	loop_free(c->loop);
	free(c);
	return fine ? EXIT_FINE : EXIT_RUNTIME;
}
