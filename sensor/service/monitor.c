/*
 * monitor.c - the parent: forks, restarts, stops, reports; holds no packet.
 *
 * It waits for signals, at most a fifth of a second at a time.  A child that
 * ends unasked is counted and started again: at once, or after a second when
 * it has crashed shortly before.  A worker gets a fresh capture handle; what
 * its old one still held is counted as dropped.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/log.h"
#include "service/live_parts.h"
#include "service/notify.h"

enum { SECOND_US = 1000000, AGAIN_US = 900000, MINUTE_US = 60 * SECOND_US,
	STOP_US = 12 * SECOND_US, STUCK_US = 10 * SECOND_US };

static const char *child_name(const struct child *c)
{
	static const char *const names[] = { "core", "sender", "worker" };

	return names[c->role];
}

static int child_life(struct live *l, const struct child *c)
{
	char name[16];			/* what ps and top show */

	if (c->role == CHILD_WORKER)
		snprintf(name, sizeof(name), "weir-worker-%zu", c->number);
	else
		snprintf(name, sizeof(name), "weir-%s", child_name(c));
	prctl(PR_SET_NAME, name, 0, 0, 0);
	switch (c->role) {
	case CHILD_CORE:
		return core_run(l);
	case CHILD_SENDER:
		return sender_run(l);
	default:
		return watch_run(l, c->number);
	}
}

static uint32_t *child_starts(struct live *l, const struct child *c)
{
	switch (c->role) {
	case CHILD_CORE:
		return &l->board->core.starts;
	case CHILD_SENDER:
		return &l->board->sender.starts;
	default:
		return &l->board->worker[c->number].starts;
	}
}

static bool child_start(struct live *l, struct child *c)
{
	pid_t pid;

	++*child_starts(l, c);
	pid = fork();
	if (pid == 0) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		exit(child_life(l, c));
	}
	if (pid == -1) {
		log_warn("cannot start the %s", child_name(c));
		c->again_us = monotonic_us() + SECOND_US;
		return false;
	}
	c->pid = pid;
	c->started_us = monotonic_us();
	log_debug("%s: process %d", child_name(c), (int)pid);
	return true;
}

static void tell_end(const struct child *c, int status)
{
	if (WIFSIGNALED(status))
		log_warnx("%s was ended by signal %d (%s); starting another",
		    child_name(c), WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else
		log_warnx("%s ended with code %d; starting another",
		    child_name(c), WEXITSTATUS(status));
}

static void child_ended(struct live *l, struct child *c, int status)
{
	int64_t now = monotonic_us();
	bool again = now - c->started_us < MINUTE_US;

	c->pid = 0;
	if (l->stopping)
		return;
	tell_end(c, status);
	c->crashes = again ? c->crashes + 1 : 1;
	c->again_us = now + (c->crashes > 1 ? AGAIN_US : 0);
	if (c->role == CHILD_WORKER)
		l->board->worker[c->number].up = false;
}

static void reap(struct live *l)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < l->children_n; i++)
			if (l->children[i].pid == pid)
				child_ended(l, &l->children[i], status);
}

static void start_missing(struct live *l)
{
	int64_t now = monotonic_us();

	for (size_t i = 0; i < l->children_n; i++) {
		struct child *c = &l->children[i];

		if (c->pid != 0 || now < c->again_us)
			continue;
		if (c->role == CHILD_WORKER && c->crashes > 0 &&
		    !live_reopen_capture(l, c->number)) {
			c->again_us = now + SECOND_US;
			continue;
		}
		child_start(l, c);
	}
}

static void send_all(struct live *l, enum child_role role, int sig)
{
	for (size_t i = 0; i < l->children_n; i++)
		if (l->children[i].role == role && l->children[i].pid != 0)
			kill(l->children[i].pid, sig);
}

static bool any_left(const struct live *l, enum child_role role)
{
	for (size_t i = 0; i < l->children_n; i++)
		if (l->children[i].role == role && l->children[i].pid != 0)
			return true;
	return false;
}

/* Ask, wait, and in the end insist. */
static void stop_role(struct live *l, enum child_role role)
{
	int64_t end = monotonic_us() + STOP_US;

	send_all(l, role, SIGTERM);
	while (any_left(l, role)) {
		if (monotonic_us() > end)
			send_all(l, role, SIGKILL);
		usleep(5000);
		reap(l);
	}
}

/* In the order of the data, so that nothing on its way is lost. */
static void stop(struct live *l)
{
	l->stopping = true;
	notify("STOPPING=1");
	stop_role(l, CHILD_WORKER);
	stop_role(l, CHILD_CORE);
	stop_role(l, CHILD_SENDER);
	board_report(l->board);
}

/* Any error and nothing changes; the children load what proved good. */
static void reload(struct live *l)
{
	struct config *fresh;

	if (l->setup->config_path == NULL) {
		log_warnx("no configuration file: nothing to reload");
		return;
	}
	fresh = live_reload(l, "weir");
	if (fresh == NULL) {
		l->board->reload_failures++;
		return;
	}
	live_take(l, fresh);
	l->board->core.generation++;
	log_warnx("configuration %s loaded", fresh->hash);
	for (size_t i = 0; i < l->children_n; i++)
		if (l->children[i].pid != 0)
			kill(l->children[i].pid, SIGHUP);
}

static bool all_up(const struct live *l)
{
	const struct board *b = l->board;

	for (size_t i = 0; i < b->workers; i++)
		if (!b->worker[i].up)
			return false;
	return b->core.up && b->sender.up;
}

/* The watchdog is fed only while every packet loop goes round. */
static bool all_alive(const struct live *l)
{
	int64_t old = monotonic_us() - STUCK_US;

	for (size_t i = 0; i < l->board->workers; i++)
		if (l->board->worker[i].alive_us < old)
			return false;
	return true;
}

static int64_t alive_us(const struct live *l, const struct child *c)
{
	switch (c->role) {
	case CHILD_CORE:
		return l->board->core.alive_us;
	case CHILD_SENDER:
		return l->board->sender.alive_us;
	default:
		return l->board->worker[c->number].alive_us;
	}
}

/* Has it not gone round its loop for long?  A core that starts reads its
 * state for as long as that takes, and waits for disks later. */
static bool is_stuck(const struct live *l, const struct child *c, int64_t now)
{
	int64_t last_us = alive_us(l, c);
	bool worker = c->role == CHILD_WORKER;

	if (last_us < c->started_us) {	/* its predecessor's */
		last_us = c->started_us;
		if (!worker)
			return false;
	}
	return now - last_us >= (worker ? 2 : 4) * STUCK_US;
}

static void kill_stuck(struct live *l)
{
	int64_t now = monotonic_us();

	for (size_t i = 0; i < l->children_n; i++) {
		struct child *c = &l->children[i];

		if (c->pid == 0 || !is_stuck(l, c, now))
			continue;
		log_warnx("%s %zu is stuck: starting another",
		    child_name(c), c->number);
		kill(c->pid, SIGKILL);
	}
}

static bool on_signal(struct live *l, int sig)
{
	if (sig == SIGTERM || sig == SIGINT)
		return false;
	if (sig == SIGHUP)
		reload(l);
	else if (sig == SIGUSR1)
		board_report(l->board);
	return true;
}

static void supervise(struct live *l, const sigset_t *signals)
{
	struct timespec pause = { 0, 200000000 };
	int64_t watchdog = notify_watchdog_us(), fed = 0;
	bool ready = false;

	for (;;) {
		int sig = sigtimedwait(signals, NULL, &pause);

		if (sig > 0 && !on_signal(l, sig))
			return;
		if (atomic_exchange(&l->board->reloads, 0) > 0)
			reload(l);
		reap(l);
		start_missing(l);
		kill_stuck(l);
		if (!ready && all_up(l)) {
			ready = true;
			notify("READY=1");
			log_warnx("watching %s with %zu worker%s",
			    l->setup->interface, l->workers,
			    l->workers == 1 ? "" : "s");
		}
		if (watchdog > 0 && monotonic_us() - fed > watchdog / 3 &&
		    all_alive(l)) {
			fed = monotonic_us();
			notify("WATCHDOG=1");
		}
	}
}

static void add_child(struct live *l, enum child_role role, size_t number)
{
	l->children[l->children_n++] = (struct child){ .role = role,
	    .number = number };
}

int live_run(const struct live_setup *s, const struct config *config)
{
	struct live *l = calloc(1, sizeof(*l));
	int code = EXIT_RUNTIME;
	sigset_t signals;

	if (l == NULL)
		return EXIT_RUNTIME;
	l->setup = s;
	l->config = config;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	if (live_open(l)) {
		add_child(l, CHILD_CORE, 0);
		add_child(l, CHILD_SENDER, 0);
		for (size_t i = 0; i < l->workers; i++)
			add_child(l, CHILD_WORKER, i);
		supervise(l, &signals);
		stop(l);
		code = EXIT_FINE;
	}
	live_close(l);
	free(l);
	return code;
}
