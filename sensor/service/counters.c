/*
 * counters.c - a line for each thing that is counted.
 */
#include "service/counters.h"

#include <string.h>

#define PLACE(type, member) offsetof(type, member), \
	sizeof(((type *)0)->member)

#define OF(member) PLACE(struct board_total, member)
static const struct counter of_board[] = {
	{ "received", "packets_received_total",
	    "Packets the kernel handed over or dropped.", OF(received) },
	{ "processed", "packets_processed_total", "Packets decoded.",
	    OF(processed) },
	{ "dropped", "packets_dropped_total",
	    "Packets dropped by a full ring.", OF(dropped) },
	{ "lost_in_restarts", "packets_lost_in_restarts_total",
	    "Packets in the ring of a worker that ended.", OF(lost) },
	{ "nic_dropped", "nic_dropped_total",
	    "Packets dropped by the network card.", OF(if_dropped) },
	{ "wire_bytes", "wire_bytes_total", "Bytes on the wire.", OF(bytes) },
	{ "not_ip", "packets_not_ip_total", "Frames that are not IP.",
	    OF(decode.other) },
	{ "malformed", "packets_malformed_total",
	    "Frames too short or inconsistent.", OF(decode.bad) },
	{ "unknown_encapsulation", "packets_unknown_encapsulation_total",
	    "Frames that cannot be opened.", OF(decode.unknown) },
	{ "truncated", "packets_truncated_total", "Frames cut by the snaplen.",
	    OF(decode.truncated) },
	{ "too_deep", "packets_too_deep_total",
	    "Frames with too many encapsulations.", OF(decode.too_deep) },
	{ "fragments", "fragments_total", "IP fragments.",
	    OF(decode.fragments) },
	{ "fragments_reassembled", "fragments_reassembled_total",
	    "Packets put together.", OF(decode.reassembled) },
	{ "fragments_dropped", "fragments_dropped_total",
	    "Fragments given up.", OF(decode.fragments_dropped) },
	{ "bad_checksums", "bad_checksums_total",
	    "Packets with a bad checksum (counted, not discarded).",
	    OF(decode.bad_checksum) },
	{ "tunnelled", "packets_tunnelled_total", "Packets inside a tunnel.",
	    OF(decode.tunnelled) },
	{ "vlan_tagged", "packets_vlan_total", "Packets with a VLAN tag.",
	    OF(decode.vlan_tagged) },
	{ "copies", "packets_copies_total", "Packets seen twice.",
	    OF(flow.copies) },
	{ "flows_open", "flows_open", "Flows in the tables.", OF(flows_now) },
	{ "flows_created", "flows_created_total", "Flows begun.",
	    OF(flow.created) },
	{ "flows_closed", "flows_closed_total", "Flows that ended.",
	    OF(flow.closed) },
	{ "flows_expired", "flows_expired_total", "Flows that fell silent.",
	    OF(flow.expired) },
	{ "flows_evicted", "flows_evicted_total",
	    "Flows ended early by a full table.", OF(flow.evicted) },
	{ "flows_implausible", "flows_implausible_total",
	    "Segments with implausible sequence numbers.",
	    OF(flow.implausible) },
	{ "studies", "studies_total", "Flows studied.", OF(study.studied) },
	{ "studies_refused", "studies_refused_total",
	    "Flows not studied for lack of memory.", OF(study.refused) },
	{ "studies_evicted", "studies_evicted_total",
	    "Idle studies given up for others.", OF(study.evicted) },
	{ "budget_refused", "budget_refused_total", "Times there was no "
	    "memory for a compressed or multiplexed stream.",
	    OF(study.budget_refused) },
	{ "budget_evicted", "budget_evicted_total",
	    "Streams of a connection given up for others.",
	    OF(study.budget_evicted) },
	{ "budget_capped", "budget_capped_total",
	    "Compressed streams let go because too much came out.",
	    OF(study.budget_capped) },
	{ "retransmitted_bytes", "retransmitted_bytes_total",
	    "TCP bytes sent again.", OF(flow.retransmitted_bytes) },
	{ "gap_bytes", "gap_bytes_total",
	    "TCP bytes acknowledged but never seen.", OF(flow.lost_bytes) },
	{ "events", "events_total", "Events from workers to the core.",
	    OF(events) },
	{ "events_lost", "events_lost_total",
	    "Events lost by a full event ring.", OF(ring_lost) },
	{ "restarts", "worker_restarts_total", "Workers that were replaced.",
	    OF(restarts) },
	{ .name = NULL }
};
#undef OF

#define OF(member) PLACE(struct analysis_counts, member)
static const struct counter of_analysis[] = {
	{ "events_late", "events_late_total",
	    "Events that came out of order.", OF(late) },
	{ "events_expired", "events_expired_total",
	    "Stored events older than is kept.", OF(events_expired) },
	{ "transfers", "transfers_total", "Transfers found.", OF(transfers) },
	{ "transfers_counted", "transfers_counted_total",
	    "Transfers that count as deliberate files.", OF(counted) },
	{ "transfers_ever", "transfers_ever_total",
	    "Transfers found, over all restarts.", OF(ever) },
	{ "users", "users", "Users in memory.", OF(users) },
	{ "users_evicted", "users_evicted_total",
	    "Users forgotten for want of room.", OF(users_evicted) },
	{ "users_expired", "users_expired_total",
	    "Users not seen for longer than is kept.", OF(users_expired) },
	{ "users_forgotten", "users_forgotten_total",
	    "Users erased when asked.", OF(users_forgotten) },
	{ "bindings", "bindings", "Addresses tied to a user or device.",
	    OF(bindings) },
	{ "bindings_refused", "bindings_refused_total",
	    "Proofs of who has an address that many share.",
	    OF(bindings_refused) },
	{ "alerts", "alerts_total", "Alerts raised.", OF(alerts) },
	{ "alert_updates", "alert_updates_total",
	    "Updates of open incidents.", OF(updates) },
	{ "alerts_withheld", "alerts_withheld_total", "Alerts not sent: cold "
	    "start, dry run, storm or suppressed.", OF(withheld) },
	{ "alerts_suppressed", "alerts_suppressed_total",
	    "Of these, suppressed.", OF(suppressed) },
	{ "alerts_expired", "alerts_expired_total",
	    "Stored alerts older than is kept.", OF(alerts_expired) },
	{ "findings_excepted", "findings_excepted_total",
	    "Findings that the policy excepts.", OF(excepted) },
	{ .name = NULL }
};
#undef OF

#define OF(member) PLACE(struct intake_counts, member)
static const struct counter of_intake[] = {
	{ "intake_lines", "intake_lines_total", "Lines at the intake.",
	    OF(lines) },
	{ "intake_refused", "intake_refused_total",
	    "Lines at the intake that could not be used.", OF(refused) },
	{ "intake_turned_away", "intake_turned_away_total",
	    "Writers that may not speak there.", OF(turned_away) },
	{ .name = NULL }
};
#undef OF

static uint64_t value_of(const struct counter *k, const void *in)
{
	const char *at = (const char *)in + k->at;
	uint32_t narrow;
	uint64_t wide;

	memcpy(&narrow, at, sizeof(narrow));
	if (k->bytes == sizeof(narrow))
		return narrow;
	memcpy(&wide, at, sizeof(wide));
	return wide;
}

void counters_each(const struct core *c, void (*see)(const struct counter *k,
    uint64_t value, void *arg), void *arg)
{
	const struct board_total total = board_total(c->live->board);
	const struct { const struct counter *all; const void *in; } of[] = {
		{ of_board, &total },
		{ of_analysis, &c->board->analysis },
		{ of_intake, intake_counts(c->intake) },
	};

	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++)
		for (const struct counter *k = of[i].all; k->name; k++)
			see(k, value_of(k, of[i].in), arg);
}
