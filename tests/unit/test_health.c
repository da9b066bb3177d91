/*
 * Each finding on counters that show it, and none on healthy ones.
 */
#include <netinet/in.h>

#include "service/health.h"
#include "tap.h"

enum { MINUTE = 60000000 / HEALTH_EVERY_US };	/* steps */

static struct board *board;
static struct health_state state;
static char last_kind[32], last_severity[16];
static unsigned int said;
static int64_t now_us;

static void say(struct health *f, void *arg)
{
	(void)arg;
	said++;
	snprintf(last_kind, sizeof(last_kind), "%s", f->kind);
	snprintf(last_severity, sizeof(last_severity), "%s", f->severity);
}

static void begin(void)
{
	memset(board, 0, sizeof(*board));
	memset(&state, 0, sizeof(state));
	board->workers = 1;
	board->spool_max = 1000;
	said = 0;
	last_kind[0] = '\0';
}

/* Ten seconds of 50,000 sound packets, and what `spoil` makes of them. */
static void step(void (*spoil)(struct board_worker *w))
{
	struct board_worker *w = &board->worker[0];

	w->capture.received += 50000;
	w->counts.decode.frames += 50000;
	w->counts.decode.bytes += 40000000;
	if (spoil != NULL)
		spoil(w);
	now_us += HEALTH_EVERY_US;
	health_check(&state, board, 1764000000000000 + now_us, now_us, say,
	    NULL);
}

static void drop(struct board_worker *w)
{
	w->capture.dropped += 500;
}

static void nic(struct board_worker *w)
{
	w->capture.if_dropped += 500;
}

static void gap(struct board_worker *w)
{
	w->counts.flow.lost_bytes += 100000;
}

static void copy(struct board_worker *w)
{
	w->counts.flow.copies += 25000;
}

static void cut(struct board_worker *w)
{
	w->counts.decode.truncated += 5000;
}

static void strange(struct board_worker *w)
{
	w->counts.decode.unknown += 5000;
	w->counts.decode.last_unknown = 0x8999;
}

static void ring(struct board_worker *w)
{
	w->ring_lost += 1;
}

static void evict(struct board_worker *w)
{
	w->counts.flow.evicted += 1;
}

static void forget(struct board_worker *w)
{
	(void)w;
	board->core.analysis.users_evicted += 3;
}

static void silence(struct board_worker *w)
{
	w->capture.received -= 50000;
	w->counts.decode.frames -= 50000;
}

static void collector(struct board_worker *w)
{
	(void)w;
	board->sender.n = 1;
	board->sender.collectors[0].failures = 1;
}

static void spool(struct board_worker *w)
{
	(void)w;
	board->core.spool.bytes = 600;
}

static void tag(struct board_worker *w)
{
	w->counts.flow.tcp[0] += 20000;
	w->counts.flow.tcp[1] += 25000;
	w->counts.flow.tcp_tagged[1] += 25000;
}

static void tag_some(struct board_worker *w)
{
	for (int dir = 0; dir < 2; dir++) {
		w->counts.flow.tcp[dir] += 20000;
		w->counts.flow.tcp_tagged[dir] += 8000 + 4000 * (unsigned)dir;
	}
}

static void old(struct board_worker *w)
{
	(void)w;
	board->catalogue_us = 1764000000000000 - 300 * 86400000000;
}

static void flows(uint32_t up, uint32_t down, const char *server)
{
	struct event ev = { .kind = EV_FLOW_END, .proto = IPPROTO_TCP,
	    .packets_up = up, .packets_down = down };

	if (!addr_parse(&ev.server, server))
		errx(1, "address");
	for (int i = 0; i < 30; i++)
		health_event(&state, &ev);
}

static void sided(struct board_worker *w)
{
	(void)w;
	flows(10, 0, "192.0.2.1");
}

static void both(struct board_worker *w)
{
	(void)w;
	flows(10, 10, "192.0.2.1");
}

static void broadcast(struct board_worker *w)
{
	(void)w;
	flows(1, 0, "239.255.255.250");
}

static const struct {
	const char *kind;
	void (*spoil)(struct board_worker *w);
} cases[] = {
	{ "drops", drop }, { "nic-drops", nic }, { "gaps", gap },
	{ "duplicates", copy }, { "truncation", cut },
	{ "unknown-encapsulation", strange }, { "events-lost", ring },
	{ "flow-table-full", evict }, { "no-packets", silence },
	{ "user-table-full", forget },
	{ "collector-down", collector }, { "spool-half", spool },
	{ "one-sided", sided }, { "only-broadcast", broadcast },
	{ "vlan-asymmetry", tag }, { "catalogue-old", old },
};

static void test_each(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		for (int s = 0; s < MINUTE; s++)
			step(cases[i].spoil);
		ok(said == 1 && strcmp(last_kind, cases[i].kind) == 0,
		    "%s: raised once within a minute (%u, %s)",
		    cases[i].kind, said, last_kind);
		board->sender.n = 0;
		board->core.spool.bytes = 0;
		board->catalogue_us = 0;
		for (int s = 0; s < 2 * MINUTE; s++)
			step(NULL);
		ok(said == 2 && strcmp(last_severity, "clear") == 0,
		    "%s: cleared by itself", cases[i].kind);
	}
}

static void test_healthy(void)
{
	begin();
	for (int s = 0; s < 100; s++)
		step(both);
	for (int s = 0; s < 20; s++)
		step(tag_some);
	ok(said == 0, "nothing on healthy traffic");
}

static void test_clock(void)
{
	begin();
	step(NULL);
	step(NULL);
	now_us += HEALTH_EVERY_US;
	health_check(&state, board, 1764000000000000 + now_us + 7200000000,
	    now_us, say, NULL);
	ok(said >= 1 && strcmp(last_kind, "clock-step") == 0,
	    "a clock that jumps");
}

static void test_again(void)
{
	begin();
	for (int s = 0; s < MINUTE * 130; s++)
		step(drop);
	ok(said == 3, "said again every hour: %u in 130 minutes", said);
}

int main(void)
{
	board = board_new();
	if (board == NULL)
		err(1, "board");
	test_each();
	test_healthy();
	test_clock();
	test_again();
	return tap_done();
}
