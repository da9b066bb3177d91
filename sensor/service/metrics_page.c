/*
 * metrics_page.c - what Prometheus reads.
 *
 * Names and units by its conventions.  Labels come from short lists and from
 * the operator's own names, never from the wire: the number of series is
 * bounded.
 */
#include <inttypes.h>

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

static void capture_metrics(const struct board *b, struct text *t)
{
	struct board_total s = board_total(b);
	const struct { const char *name, *help; uint64_t value; } all[] = {
		{ "packets_received_total", "Packets the kernel handed over "
		    "or dropped.", s.received },
		{ "packets_processed_total", "Packets decoded.",
		    s.processed },
		{ "packets_dropped_total", "Packets dropped by a full ring.",
		    s.dropped },
		{ "packets_lost_in_restarts_total", "Packets in the ring of "
		    "a worker that ended.", s.lost },
		{ "nic_dropped_total", "Packets dropped by the network "
		    "card.", s.if_dropped },
		{ "wire_bytes_total", "Bytes on the wire.", s.bytes },
		{ "packets_not_ip_total", "Frames that are not IP.",
		    s.decode.other },
		{ "packets_malformed_total", "Frames too short or "
		    "inconsistent.", s.decode.bad },
		{ "packets_unknown_encapsulation_total", "Frames that cannot "
		    "be opened.", s.decode.unknown },
		{ "packets_truncated_total", "Frames cut by the snaplen.",
		    s.decode.truncated },
		{ "packets_too_deep_total", "Frames with too many "
		    "encapsulations.", s.decode.too_deep },
		{ "fragments_total", "IP fragments.", s.decode.fragments },
		{ "fragments_reassembled_total", "Packets put together.",
		    s.decode.reassembled },
		{ "fragments_dropped_total", "Fragments given up.",
		    s.decode.fragments_dropped },
		{ "bad_checksums_total", "Packets with a bad checksum "
		    "(counted, not discarded).", s.decode.bad_checksum },
		{ "packets_tunnelled_total", "Packets inside a tunnel.",
		    s.decode.tunnelled },
		{ "packets_vlan_total", "Packets with a VLAN tag.",
		    s.decode.vlan_tagged },
		{ "packets_copies_total", "Packets seen twice.",
		    s.flow.copies },
		{ "flows_created_total", "Flows begun.", s.flow.created },
		{ "flows_closed_total", "Flows that ended.", s.flow.closed },
		{ "flows_expired_total", "Flows that fell silent.",
		    s.flow.expired },
		{ "flows_evicted_total", "Flows ended early by a full "
		    "table.", s.flow.evicted },
		{ "flows_implausible_total", "Segments with implausible "
		    "sequence numbers.", s.flow.implausible },
		{ "studies_total", "Flows studied.", s.study.studied },
		{ "studies_refused_total", "Flows not studied for lack of "
		    "memory.", s.study.refused },
		{ "studies_evicted_total", "Idle studies given up for "
		    "others.", s.study.evicted },
		{ "budget_refused_total", "Times there was no memory for a "
		    "compressed or multiplexed stream.",
		    s.study.budget_refused },
		{ "budget_evicted_total", "Streams of a connection given up "
		    "for others.", s.study.budget_evicted },
		{ "budget_capped_total", "Compressed streams let go because "
		    "too much came out.", s.study.budget_capped },
		{ "retransmitted_bytes_total", "TCP bytes sent again.",
		    s.flow.retransmitted_bytes },
		{ "gap_bytes_total", "TCP bytes acknowledged but never "
		    "seen.", s.flow.lost_bytes },
		{ "events_total", "Events from workers to the core.",
		    s.events },
		{ "events_lost_total", "Events lost by a full event ring.",
		    s.ring_lost },
		{ "worker_restarts_total", "Workers that were replaced.",
		    s.restarts },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		one(t, all[i].name, "counter", all[i].help,
		    (double)all[i].value);
	one(t, "flows_open", "gauge", "Flows in the tables.",
	    (double)s.flows_now);
	one(t, "last_packet_timestamp_seconds", "gauge",
	    "When the last packet came.", (double)s.last_packet_us / 1e6);
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
	const struct analysis_counts *a = &c->board->analysis;

	one(t, "transfers_total", "counter", "Transfers found.",
	    (double)a->transfers);
	one(t, "transfers_counted_total", "counter",
	    "Transfers that count as deliberate files.",
	    (double)a->counted);
	one(t, "events_late_total", "counter",
	    "Events that came out of order.", (double)a->late);
	one(t, "alerts_total", "counter", "Alerts raised.",
	    (double)a->alerts);
	one(t, "alert_updates_total", "counter",
	    "Updates of open incidents.", (double)a->updates);
	one(t, "alerts_withheld_total", "counter", "Alerts not sent: cold "
	    "start, dry run, storm or suppressed.", (double)a->withheld);
	one(t, "findings_excepted_total", "counter",
	    "Alerts that the policy excepts.", (double)a->excepted);
	one(t, "alerts_suppressed_total", "counter",
	    "Alerts held back by suppressions.", (double)a->suppressed);
	one(t, "users", "gauge", "Users in memory.", a->users);
	one(t, "users_evicted_total", "counter",
	    "Users forgotten for want of room.", (double)a->users_evicted);
	one(t, "bindings", "gauge", "Addresses tied to a user or device.",
	    a->bindings);
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
	capture_metrics(c->live->board, t);
	worker_metrics(c->live->board, t);
	core_metrics(c, t);
	spool_metrics(c, t);
	collector_metrics(&c->live->board->sender, c->board->spool.last, t);
	delay_metrics(&c->live->board->sender, t);
	health_metrics(&c->health, t);
}
