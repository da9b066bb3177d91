/*
 * storm CONFIG COUNT RATE WAIT_S: alerts through the service's own spool and
 * sender, for scripts/delivery-trial.
 *
 * This process is the core (core_letters.c), its child the sender; both as
 * in `weir -i`, but the alerts are made up.  Prints the number of the last
 * alert that was committed, each time; those must arrive whatever happens.
 * Numbers go on where an earlier run was killed.  Ends when COUNT alerts are
 * in the spool and delivered, or after WAIT_S seconds more.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command/command.h"
#include "service/core_parts.h"
#include "service/identities.h"
#include "service/kept.h"

static struct core core;
static struct live live;

static void open_all(const char *path)
{
	static struct live_setup setup;
	struct conf_errors errors = { .text = NULL };

	setup.interface = "storm";
	setup.config_path = path;
	live.setup = &setup;
	live.config = config_load(path, &errors);
	if (live.config == NULL)
		errx(EXIT_CONFIG, "%s", errors.text);
	live.parent = getpid();
	live.board = board_new();
	live.spill = ring_new(SPILL_LETTERS, sizeof(struct spilled));
	if (live.board == NULL || live.spill == NULL ||
	    pipe2(live.wake, O_NONBLOCK) == -1 ||
	    !recent_init(&core.recent) ||
	    !privs_find(&live.privs, live.config->user) ||
	    !privs_directory(&live.privs, live_spool(&live), 0750))
		errx(EXIT_RUNTIME, "cannot start");
	core.live = &live;
	core.identities = identities_open(live_spool(&live));
	if (core.identities == NULL)
		errx(EXIT_RUNTIME, "no memory");
	core.board = &live.board->core;
}

static void open_spool(void)
{
	struct spool_setup spool = { live_spool(&live), 256 << 20, 1 << 20 };
	char why[OUTPUT_WHY];

	privs_drop(&live.privs, getppid());
	core.spool = spool_open(&spool, why);
	for (int i = 0; core.spool == NULL && i < 100; i++) {
		usleep(50000);
		core.spool = spool_open(&spool, why);
	}
	if (core.spool == NULL)
		errx(EXIT_RUNTIME, "%s", why);
	core.board->spool = *spool_counts(core.spool);
}

static void make_alert(struct alert *a)
{
	uint64_t n = spool_next(core.spool);

	*a = (struct alert){ .kind = "bulk-download", .risk = RISK_HIGH,
	    .score = 70, .user = "storm", .group = "rnd",
	    .service = "slack", .client = "10.0.0.1",
	    .techniques = "IT1021", .at_us = real_us(), .bytes = n,
	    .count = 1 };
	snprintf(a->id, sizeof(a->id), "storm-%" PRIu64, n);
	snprintf(a->message, sizeof(a->message), "Alert %" PRIu64
	    " of a storm.", n);
	a->first_us = a->last_us = a->at_us;
}

/* What the core does each 20 ms, without events. */
static void turn(void)
{
	uint64_t before = spool_counts(core.spool)->written;

	if (core.commit_us != 0 && monotonic_us() >= core.commit_us)
		letters_flush(&core);
	core.board->spool = *spool_counts(core.spool);
	if (spool_counts(core.spool)->written == before)
		return;
	printf("%" PRIu64 "\n", spool_next(core.spool) - 1 -
	    spool_pending(core.spool));
	fflush(stdout);
}

static bool delivered(uint64_t last)
{
	const struct board_sender *s = &live.board->sender;

	for (size_t i = 0; i < s->n; i++)
		if (s->collectors[i].acked < last)
			return false;
	return s->n > 0;
}

static void produce(uint64_t count, uint64_t rate)
{
	int64_t start = monotonic_us();
	uint64_t n = 0;
	struct alert a;

	while (spool_next(core.spool) <= count) {
		uint64_t due = (uint64_t)(monotonic_us() - start) * rate /
		    1000000;

		for (; n < due && spool_next(core.spool) <= count; n++) {
			make_alert(&a);
			letters_alert(&core, &a);
		}
		turn();
		usleep(5000);
	}
}

int main(int argc, char **argv)
{
	uint64_t count;
	int64_t until;
	pid_t sender;
	int status;

	if (argc != 5)
		errx(EXIT_USAGE, "storm CONFIG COUNT RATE WAIT_S");
	count = strtoull(argv[2], NULL, 10);
	signal(SIGPIPE, SIG_IGN);
	open_all(argv[1]);
	sender = fork();
	if (sender == 0)
		return sender_run(&live);
	open_spool();
	produce(count, strtoull(argv[3], NULL, 10));
	until = monotonic_us() + strtoll(argv[4], NULL, 10) * 1000000;
	while (!delivered(count) && monotonic_us() < until) {
		turn();
		usleep(50000);
	}
	kill(sender, SIGTERM);
	waitpid(sender, &status, 0);
	board_report(live.board);
	return delivered(count) ? EXIT_FINE : EXIT_RUNTIME;
}
