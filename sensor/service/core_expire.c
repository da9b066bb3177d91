/*
 * core_expire.c - nothing stays longer than the configuration says, and what
 * goes is told.
 *
 * Once an hour.  The analysis forgets by the time of its events
 * (analysis/retention.c); spool and sealed identities go by the clock.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "service/core_parts.h"

/* What is kept of people and is gone by age, since it was last told. */
static void tell(struct core *c, uint64_t letters, uint64_t sealed)
{
	struct analysis_counts now = analysis_counts(c->analysis);
	const struct analysis_counts *then = &c->told;
	const struct health_count counters[] = {
		{ "users", now.users_expired - then->users_expired },
		{ "user_days", now.days_expired - then->days_expired },
		{ "events", now.events_expired - then->events_expired },
		{ "alerts", now.alerts_expired - then->alerts_expired },
		{ "letters", letters },
		{ "sealed_identities", sealed },
	};
	const size_t n = sizeof(counters) / sizeof(counters[0]);
	struct health h = { .kind = "retention", .severity = "notice",
		.counters = counters, .counters_n = n };
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += counters[i].value;
	c->told = now;
	if (sum == 0)
		return;
	snprintf(h.message, sizeof(h.message), "Forgotten by age: %" PRIu64
	    " users, %" PRIu64 " days of users, %" PRIu64 " events, %" PRIu64
	    " alerts, %" PRIu64 " letters, %" PRIu64 " sealed identities.",
	    counters[0].value, counters[1].value, counters[2].value,
	    counters[3].value, letters, sealed);
	log_info("%s", h.message);
	letters_health(c, &h);
}

void core_expire(struct core *c)
{
	int64_t before_us = real_us() - c->live->config->retain_alerts_us;
	uint64_t sealed = identities_expire(c->identities, before_us);

	tell(c, spool_expire(c->spool, before_us), sealed);
}
