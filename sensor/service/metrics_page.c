/*
 * metrics_page.c - what Prometheus reads.
 *
 * Names and units by its conventions.  Labels come from short lists and from
 * the operator's own names, never from the wire: the number of series is
 * bounded.
 */
#include <inttypes.h>
#include <string.h>

#include "service/counters.h"
#include "service/metrics.h"

static void head(struct text *t, const char *name, const char *type,
    const char *help)
{
	text_printf(t, "# HELP weir_%s %s\n# TYPE weir_%s %s\n", name, help,
	    name, type);
}

static void one(struct text *t, const char *name, const char *type,
    const char *help, double value)
{
	head(t, name, type, help);
	text_printf(t, "weir_%s %.15g\n", name, value);
}

static void put_counter(const struct counter *k, uint64_t value, void *page)
{
	size_t n = strlen(k->metric);
	bool total = n > 6 && strcmp(k->metric + n - 6, "_total") == 0;

	one(page, k->metric, total ? "counter" : "gauge", k->help,
	    (double)value);
}

/* A worker's numbers run to WORKERS_MAX. */
static void worker_metrics(const struct board *b, struct text *t)
{
	head(t, "worker_longest_turn_seconds", "gauge", "Longest time from "
	    "packets until the next were asked for.");
	for (size_t i = 0; i < b->workers; i++)
		text_printf(t, "weir_worker_longest_turn_seconds{worker=\""
		    "%zu\"} %.6f\n", i,
		    (double)b->worker[i].longest_turn_us / 1e6);
	head(t, "worker_longest_handover_seconds", "gauge", "Longest time "
	    "that handing an event to the core took.");
	for (size_t i = 0; i < b->workers; i++)
		text_printf(t, "weir_worker_longest_handover_seconds{worker="
		    "\"%zu\"} %.6f\n", i,
		    (double)b->worker[i].longest_handover_us / 1e6);
}

static void core_metrics(const struct core *c, struct text *t)
{
	int64_t last_us = board_total(c->live->board).last_packet_us;

	one(t, "last_packet_timestamp_seconds", "gauge",
	    "When the last packet came.", (double)last_us / 1e6);
	one(t, "configuration_generation", "gauge",
	    "Configurations loaded since the start.", c->board->generation);
	one(t, "reloads_refused_total", "counter",
	    "Configurations that were refused.",
	    c->live->board->reload_failures);
	one(t, "start_time_seconds", "gauge", "When the service started.",
	    (double)c->live->board->started_us / 1e6);
}

static void spool_metrics(const struct core *c, struct text *t)
{
	static const char *const ranks[] = { "health", "low", "medium",
	    "high" };
	const struct spool_counts *s = spool_counts(c->spool);

	one(t, "spool_bytes", "gauge", "Bytes in the spool.",
	    (double)s->bytes);
	one(t, "spool_max_bytes", "gauge", "Bound of the spool.",
	    (double)c->live->board->spool_max);
	one(t, "spool_letters_total", "counter", "Letters written.",
	    (double)s->written);
	one(t, "spool_commits_total", "counter", "Group commits.",
	    (double)s->commits);
	one(t, "spool_failures_total", "counter",
	    "Commits that the disk refused.", (double)s->failures);
	one(t, "spool_unkept_total", "counter", "Letters that the disk "
	    "refused and memory had no room for.",
	    (double)(c->board->unspilled +
	    c->live->board->sender.kept_lost));
	head(t, "spool_dropped_total", "counter",
	    "Letters dropped by the bound.");
	for (int i = 0; i < SPOOL_RANKS; i++)
		text_printf(t, "weir_spool_dropped_total{risk=\"%s\"} %"
		    PRIu64 "\n", ranks[i], s->dropped[i]);
}

/* Labels are the operator's own names of his collectors, 16 at most. */
static void label(struct text *t, const char *name, const char *value)
{
	text_printf(t, "weir_%s{collector=\"", name);
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			text_add(t, "\\");
		text_escape(t, slice_of(value, 1));
	}
	text_add(t, "\"} ");
}

static void collector_metrics(const struct board_sender *s, uint64_t last,
    struct text *t)
{
	head(t, "collector_up", "gauge", "Is the collector reached?");
	for (size_t i = 0; i < s->n; i++) {
		label(t, "collector_up", s->collectors[i].label);
		text_printf(t, "%d\n", s->collectors[i].up);
	}
	head(t, "collector_waiting", "gauge", "Letters not delivered yet.");
	for (size_t i = 0; i < s->n; i++) {
		uint64_t acked = s->collectors[i].acked;

		label(t, "collector_waiting", s->collectors[i].label);
		text_printf(t, "%" PRIu64 "\n", last > acked ? last - acked :
		    0);
	}
	head(t, "collector_sent_total", "counter", "Letters sent.");
	for (size_t i = 0; i < s->n; i++) {
		label(t, "collector_sent_total", s->collectors[i].label);
		text_printf(t, "%" PRIu64 "\n", s->collectors[i].sent);
	}
	head(t, "collector_resent_total", "counter", "Letters sent again.");
	for (size_t i = 0; i < s->n; i++) {
		label(t, "collector_resent_total", s->collectors[i].label);
		text_printf(t, "%" PRIu64 "\n", s->collectors[i].resent);
	}
	head(t, "collector_failures_total", "counter",
	    "Connections that broke or could not be made.");
	for (size_t i = 0; i < s->n; i++) {
		label(t, "collector_failures_total", s->collectors[i].label);
		text_printf(t, "%" PRIu64 "\n", s->collectors[i].failures);
	}
}

static void histogram(struct text *t, const char *record,
    const struct board_delay *d)
{
	for (int i = 0; i < DELAY_BUCKETS; i++)
		text_printf(t, "weir_delay_seconds_bucket{record=\"%s\","
		    "le=\"%g\"} %" PRIu64 "\n", record, delay_bounds_s[i],
		    d->within[i]);
	text_printf(t, "weir_delay_seconds_bucket{record=\"%s\","
	    "le=\"+Inf\"} %" PRIu64 "\n", record, d->n);
	text_printf(t, "weir_delay_seconds_sum{record=\"%s\"} %.6f\n",
	    record, d->sum_s);
	text_printf(t, "weir_delay_seconds_count{record=\"%s\"} %" PRIu64
	    "\n", record, d->n);
}

static void delay_metrics(const struct board_sender *s, struct text *t)
{
	head(t, "delay_seconds", "histogram", "From the time a record tells "
	    "of until a collector had it; an alert waits for its user to be "
	    "quiet, a health record does not.");
	histogram(t, "alert", &s->alerts);
	histogram(t, "health", &s->health);
}

static void health_metrics(const struct health_state *h, struct text *t)
{
	head(t, "finding", "gauge", "Health findings: 1 while it lasts.");
	for (size_t i = 0; health_kind(i) != NULL; i++)
		text_printf(t, "weir_finding{kind=\"%s\"} %d\n",
		    health_kind(i), h->active[i].since_us != 0);
}

void metrics_write(const struct core *c, struct text *t)
{
	head(t, "info", "gauge", "Version and configuration.");
	text_printf(t, "weir_info{version=\"%s\",configuration=\"%s\"} 1\n",
	    VERSION, c->live->config->hash);
	counters_each(c, put_counter, t);
	worker_metrics(c->live->board, t);
	core_metrics(c, t);
	spool_metrics(c, t);
	collector_metrics(&c->live->board->sender, c->board->spool.last, t);
	delay_metrics(&c->live->board->sender, t);
	health_metrics(&c->health, t);
}
