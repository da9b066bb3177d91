/*
 * watch.c - a worker process: frames from its handle, events into its ring.
 *
 * At the end the kernel is told to take no more packets, what it still holds
 * is read, and every open flow is reported: so received = processed +
 * dropped holds to the packet.
 *
 * How long it was away from its packets is measured, and how long for events:
 * handing these over is all that the loop has to do with delivery.
 */
#include <linux/filter.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/exit.h"
#include "base/log.h"
#include "service/live_parts.h"

enum { SECOND_US = 1000000, DRAIN_US = 3 * SECOND_US,
	PATIENCE_US = 5 * SECOND_US, MARGIN_US = SECOND_US / 5 };

struct watch {
	struct live *live;
	struct board_worker *board;
	struct capture *capture;
	struct ring *ring;
	struct worker *worker;
	int64_t next_us;		/* monotonic: next second */
	int64_t tick_us;		/* monotonic: tell of the time again */
	int64_t taken_us;		/* monotonic: frames came; 0: none */
	int64_t patient_until_us;	/* the end: wait for a full ring */
	unsigned int forgot;		/* board->forget.asked, as done */
};

static volatile sig_atomic_t stop_asked, reload_asked;

static void on_signal(int sig)
{
	if (sig == SIGTERM)
		stop_asked = 1;
	else
		reload_asked = 1;
}

static void catch_signals(void)
{
	struct sigaction act = { .sa_handler = on_signal };

	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
	act.sa_handler = SIG_IGN;
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGUSR1, &act, NULL);
	sigaction(SIGPIPE, &act, NULL);
}

static void keep_longest(int64_t *longest_us, int64_t since_us)
{
	int64_t took_us = monotonic_us() - since_us;

	if (took_us > *longest_us)
		*longest_us = took_us;
}

/* At the end there is time: a full ring empties. */
static void put_patiently(struct watch *w, const struct event *ev)
{
	while (!ring_put(w->ring, ev)) {
		if (monotonic_us() > w->patient_until_us)
			return;
		/* This try was counted, but the event is not lost. */
		atomic_fetch_sub(&w->ring->lost, 1);
		usleep(1000);
	}
}

/* Until then the capture never waits for the analysis. */
static void put_event(const struct event *ev, void *arg)
{
	struct watch *w = arg;
	int64_t begin_us = monotonic_us();

	if (w->patient_until_us != 0) {
		put_patiently(w, ev);
		return;
	}
	ring_put(w->ring, ev);
	keep_longest(&w->board->longest_handover_us, begin_us);
}

static void publish(struct watch *w)
{
	w->board->counts = worker_counts(w->worker);
	w->board->capture = capture_counts(w->capture);
	w->board->ring_lost = atomic_load(&w->ring->lost);
}

static void reload(struct watch *w)
{
	struct config *fresh = live_reload(w->live, "worker");

	reload_asked = 0;
	if (fresh == NULL)
		return;
	worker_reload(w->worker, fresh);
	live_take(w->live, fresh);
}

static void forget(struct watch *w)
{
	const struct board_forget *f = &w->live->board->forget;
	unsigned int asked = atomic_load(&f->asked);

	if (asked == w->forgot)
		return;
	worker_forget(w->worker, f->clients, f->n);
	w->forgot = asked;
}

/* While packets come, they are the clock; behind them nothing is left in the
 * kernel that is older than this. */
static void tell_time(struct watch *w, int64_t now)
{
	if (now < w->tick_us)
		return;
	w->tick_us = now + WORKER_TICK_US;
	worker_tick(w->worker, real_us() - MARGIN_US);
}

static void each_second(struct watch *w, int64_t now)
{
	if (now < w->next_us)
		return;
	w->next_us = now + SECOND_US;
	forget(w);
	publish(w);
}

static enum captured take_batch(struct watch *w)
{
	struct frame frames[WORKER_BATCH];
	enum captured why;
	size_t n;

	if (w->taken_us != 0)
		keep_longest(&w->board->longest_turn_us, w->taken_us);
	n = capture_batch(w->capture, frames, WORKER_BATCH, &why);
	w->taken_us = n > 0 ? monotonic_us() : 0;
	if (n > 0) {
		worker_frames(w->worker, frames, n);
		w->board->last_packet_us = frames[n - 1].at_us;
	}
	return n > 0 ? CAPTURE_MORE : why;
}

/* No packet passes this filter: the ring only empties from now on. */
static void close_tap(const struct watch *w)
{
	struct sock_filter none = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { 1, &none };

	if (setsockopt(capture_fd(w->capture), SOL_SOCKET, SO_ATTACH_FILTER,
	    &program, sizeof(program)) == -1)
		log_warn("cannot close the tap: the last packets of %s count "
		    "as dropped", w->live->setup->interface);
}

static void finish(struct watch *w)
{
	int64_t end = monotonic_us() + DRAIN_US;
	int idle = 0;

	close_tap(w);
	while (idle < 3 && monotonic_us() < end)
		idle = take_batch(w) == CAPTURE_MORE ? 0 : idle + 1;
	w->patient_until_us = monotonic_us() + PATIENCE_US;
	publish(w);
	worker_free(w->worker);
	w->board->ring_lost = atomic_load(&w->ring->lost);
	w->board->counts.flows_now = 0;
}

static int watch(struct watch *w)
{
	while (!stop_asked) {
		enum captured why = take_batch(w);
		int64_t now;

		if (why == CAPTURE_FAILED) {
			log_warnx("%s", capture_error(w->capture));
			publish(w);
			return EXIT_RUNTIME;
		}
		now = w->board->alive_us = monotonic_us();
		if (why == CAPTURE_IDLE)
			tell_time(w, now);
		each_second(w, now);
		if (reload_asked)
			reload(w);
	}
	finish(w);
	return EXIT_FINE;
}

static void close_others(struct live *l, size_t number)
{
	for (size_t i = 0; i < l->workers; i++) {
		if (i == number)
			continue;
		capture_close(l->captures[i]);
		l->captures[i] = NULL;
	}
	close(l->wake[0]);
	close(l->wake[1]);
	l->wake[0] = l->wake[1] = -1;
}

int watch_run(struct live *l, size_t number)
{
	struct watch w = { .live = l, .board = &l->board->worker[number],
	    .capture = l->captures[number], .ring = l->rings[number],
	    .forgot = atomic_load(&l->board->forget.asked) };
	struct worker_setup setup = { .config = l->config, .book = l->book,
	    .number = (uint8_t)number, .emit = put_event, .arg = &w,
	    .all_transfers = l->setup->all_transfers };
	int code;

	catch_signals();
	key_forget(&l->key);
	close_others(l, number);
	privs_drop(&l->privs, l->parent);
	w.worker = worker_new(&setup);
	if (w.worker == NULL)
		return EXIT_RUNTIME;
	sandbox_enter(&(struct sandbox){ .who = "worker",
	    .only_compute = true, .read = { l->setup->config_path,
	    l->config->conf_d,
	    l->config->site, l->config->asn_db, l->config->country_db,
	    "/sys/class/net", "/sys/devices", "/proc/net" } });
	w.board->up = true;
	code = watch(&w);
	w.board->up = false;
	return code;
}
