/*
 * control_answers.c - what the commands say that only look.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "service/control_parts.h"
#include "service/counters.h"

static size_t findings(const struct core *c)
{
	size_t n = 0;

	for (size_t i = 0; health_kind(i) != NULL; i++)
		n += c->health.active[i].since_us != 0;
	return n;
}

void answer_status(struct core *c, struct text *t, size_t max)
{
	const struct board *b = c->live->board;
	struct board_total sum = board_total(b);
	struct json j = answer_line(t);

	(void)max;
	json_str(&j, "version", VERSION);
	json_str(&j, "sensor", c->live->config->sensor);
	json_str(&j, "interface", b->interface);
	json_time(&j, "since", b->started_us);
	json_bool(&j, "pseudonyms", c->live->config->pseudonyms);
	json_str(&j, "configuration", c->live->config->hash);
	json_u64(&j, "generation", b->core.generation);
	json_u64(&j, "reloads_refused", b->reload_failures);
	if (b->reload_error[0] != '\0')
		json_str(&j, "reload_error", b->reload_error);
	json_u64(&j, "workers", b->workers);
	json_u64(&j, "packets", sum.received);
	json_u64(&j, "dropped", sum.dropped + sum.lost);
	if (sum.last_packet_us != 0)
		json_time(&j, "last_packet", sum.last_packet_us);
	json_u64(&j, "flows_open", sum.flows_now);
	json_u64(&j, "users", b->core.analysis.users);
	json_u64(&j, "alerts", b->core.analysis.alerts);
	json_u64(&j, "alerts_withheld", b->core.analysis.withheld);
	json_bool(&j, "dry_run", c->live->config->dry_run);
	json_u64(&j, "findings", findings(c));
	answer_end(&j);
}

static void put_counter(const struct counter *k, uint64_t value, void *line)
{
	json_u64(line, k->name, value);
}

void answer_stats(struct core *c, struct text *t, size_t max)
{
	struct json j = answer_line(t);

	(void)max;
	counters_each(c, put_counter, &j);
	answer_end(&j);
}

void answer_health(struct core *c, struct text *t, size_t max)
{
	(void)max;
	for (size_t i = 0; health_kind(i) != NULL; i++) {
		const struct health_active *a = &c->health.active[i];
		struct json j;

		if (a->since_us == 0)
			continue;
		j = answer_line(t);
		json_str(&j, "kind", health_kind(i));
		json_str(&j, "severity", health_severity(i));
		json_time(&j, "since", a->since_us);
		json_real(&j, "value", a->value, 3);
		json_str(&j, "message", a->message);
		answer_end(&j);
	}
}

void answer_collectors(struct core *c, struct text *t, size_t max)
{
	const struct board_sender *s = &c->live->board->sender;

	(void)max;
	for (size_t i = 0; i < s->n; i++) {
		const struct board_collector *k = &s->collectors[i];
		uint64_t last = c->board->spool.last;
		struct json j = answer_line(t);

		json_str(&j, "collector", k->label);
		json_bool(&j, "up", k->up);
		if (k->covered)
			json_bool(&j, "stands_by", true);
		json_u64(&j, "delivered", k->acked);
		json_u64(&j, "waiting", last > k->acked ? last - k->acked : 0);
		json_u64(&j, "sent", k->sent);
		json_u64(&j, "sent_again", k->resent);
		json_u64(&j, "failures", k->failures);
		if (k->why[0] != '\0')
			json_str(&j, "last_failure", k->why);
		answer_end(&j);
	}
}

void answer_spool(struct core *c, struct text *t, size_t max)
{
	const struct spool_counts *s = spool_counts(c->spool);
	struct json j = answer_line(t);

	(void)max;
	json_str(&j, "directory", live_spool(c->live));
	json_u64(&j, "first", s->first);
	json_u64(&j, "last", s->last);
	json_u64(&j, "bytes", s->bytes);
	json_u64(&j, "max_bytes", (uint64_t)c->live->board->spool_max);
	json_u64(&j, "segments", s->segments);
	json_bool(&j, "disk_refuses", s->full);
	json_u64(&j, "dropped_health", s->dropped[SPOOL_HEALTH]);
	json_u64(&j, "dropped_low", s->dropped[SPOOL_LOW]);
	json_u64(&j, "dropped_medium", s->dropped[SPOOL_MEDIUM]);
	json_u64(&j, "dropped_high", s->dropped[SPOOL_HIGH]);
	answer_end(&j);
}

/* The last `max` records of a ring, oldest first. */
static void ring(struct text *t, char (*lines)[RECENT_LINE], size_t size,
    uint64_t n, size_t max)
{
	uint64_t first = n > size ? n - size : 0;

	if (n - first > max)
		first = n - max;
	for (; first < n; first++) {
		text_add(t, lines[first % size]);
		text_add(t, "\n");
	}
}

void answer_alerts(struct core *c, struct text *t, size_t max)
{
	ring(t, c->recent.alerts, RECENT_ALERTS, c->recent.alerts_n, max);
}

void answer_flows(struct core *c, struct text *t, size_t max)
{
	ring(t, c->recent.flows, RECENT_FLOWS, c->recent.flows_n, max);
}

static int by_bytes(const void *a, const void *b)
{
	const struct recent_total *const *x = a, *const *y = b;
	uint64_t m = (*x)->down + (*x)->up, n = (*y)->down + (*y)->up;

	return (m < n) - (m > n);
}

static void totals(struct text *t, const struct table *from,
    const char *what, size_t max)
{
	const struct recent_total **all = calloc(table_count(from) + 1,
	    sizeof(*all));
	const void *at = table_oldest(from);
	size_t n = 0;

	for (; all != NULL && at != NULL; at = table_newer(from, at))
		all[n++] = at;
	if (n > 0)
		qsort(all, n, sizeof(*all), by_bytes);
	for (size_t i = 0; i < n && i < max; i++) {
		struct json j = answer_line(t);

		json_str(&j, what, all[i]->name);
		json_u64(&j, "bytes_down", all[i]->down);
		json_u64(&j, "bytes_up", all[i]->up);
		json_u64(&j, "flows", all[i]->flows);
		json_u64(&j, "files", all[i]->files);
		json_time(&j, "last", all[i]->last_us);
		answer_end(&j);
	}
	free(all);
}

void answer_top(struct core *c, struct text *t, size_t max)
{
	totals(t, &c->recent.services, "service", max);
}

void answer_users(struct core *c, struct text *t, size_t max)
{
	totals(t, &c->recent.users, "user", max);
}
