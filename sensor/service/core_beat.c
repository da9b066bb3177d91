/*
 * core_beat.c - the heartbeat.
 *
 * Every five minutes a health record says that the sensor lives, how much it
 * has seen and lost, and by which configuration it judges.  A collector that
 * misses two of them has something to alarm about.
 */
#include <inttypes.h>
#include <stdio.h>

#include "service/core_parts.h"

void core_beat(struct core *c, const char *kind, const char *what)
{
	const struct board *b = c->live->board;
	struct board_total t = board_total(b);
	int64_t up_us = real_us() - b->started_us;
	const struct health_count counters[] = {
		{ "uptime_s", (uint64_t)(up_us / 1000000) },
		{ "packets", t.received },
		{ "processed", t.processed },
		{ "dropped", t.dropped + t.lost },
		{ "wire_bytes", t.bytes },
		{ "flows", t.flow.created },
		{ "flows_open", t.flows_now },
		{ "events", t.events },
		{ "events_lost", t.ring_lost },
		{ "users", c->board->analysis.users },
		{ "alerts", c->board->analysis.alerts },
		{ "alerts_withheld", c->board->analysis.withheld },
		{ "spool_bytes", c->board->spool.bytes },
		{ "restarts", t.restarts },
		{ "generation", c->board->generation },
	};
	struct health h = { .kind = kind, .severity = "notice",
	    .since_us = b->started_us, .counters = counters,
	    .counters_n = sizeof(counters) / sizeof(counters[0]) };

	snprintf(h.message, sizeof(h.message), "%s %s: %" PRIu64
	    " packets, %" PRIu64 " dropped, %" PRIu64 " alerts, "
	    "configuration %s.", what, b->interface, t.received,
	    t.dropped + t.lost, (uint64_t)c->board->analysis.alerts,
	    c->live->config->hash);
	letters_health(c, &h);
}
