/*
 * health_rules.c - the findings, one function each.
 *
 * Shares are of the last minute, and only of enough packets to tell.  The
 * thresholds are those of operators: 0.1 % loss already bends a volume.
 */
#include <inttypes.h>

#include "service/health_judge.h"

enum { ENOUGH = 1000, ENOUGH_FLOWS = 20, OLD_DAYS = 270 };

#define GREW(member) ((double)(v->now->total.member - v->before->total.member))

static bool share(double part, double whole, double limit, double *value)
{
	*value = whole > 0 ? 100 * part / whole : 0;
	return whole >= ENOUGH && *value > limit;
}

static bool no_packets(const struct health_view *v, double *value,
    struct text *why)
{
	*value = v->seconds;
	text_printf(why, "No packet came in on %s for %.0f s: is the SPAN "
	    "port or tap connected?", v->board->interface, v->seconds);
	return v->seconds >= 25 && v->now->total.received ==
	    v->before->total.received;
}

static bool drops(const struct health_view *v, double *value,
    struct text *why)
{
	bool bad = share(GREW(dropped) + GREW(lost), GREW(received), 0.1,
	    value);

	text_printf(why, "%.2f %% of the packets were dropped: volumes are "
	    "lower bounds; raise capture.ring or capture.workers.", *value);
	return bad;
}

static bool nic_drops(const struct health_view *v, double *value,
    struct text *why)
{
	bool bad = share(GREW(if_dropped), GREW(received), 0.1, value);

	text_printf(why, "The network card dropped %.2f %% of the packets: "
	    "raise its ring (ethtool -G).", *value);
	return bad;
}

/* What TCP acknowledged but we never saw was lost before the card. */
static bool gaps(const struct health_view *v, double *value,
    struct text *why)
{
	bool bad = share(GREW(flow.lost_bytes), GREW(bytes), 0.1, value);

	text_printf(why, "%.2f %% of the bytes that peers acknowledged were "
	    "never seen: the SPAN port or the tap loses packets.", *value);
	return bad;
}

static bool duplicates(const struct health_view *v, double *value,
    struct text *why)
{
	bool bad = share(GREW(flow.copies), GREW(processed), 5, value);

	text_printf(why, "%.1f %% of the packets are copies: the SPAN port "
	    "mirrors both ingress and egress.  They are counted once.",
	    *value);
	return bad;
}

static bool truncation(const struct health_view *v, double *value,
    struct text *why)
{
	bool bad = share(GREW(decode.truncated), GREW(processed), 1, value);

	text_printf(why, "%.1f %% of the packets are cut: raise "
	    "capture.snaplen, or the mirror truncates.", *value);
	return bad;
}

static bool unknown(const struct health_view *v, double *value,
    struct text *why)
{
	uint32_t what = v->now->total.decode.last_unknown;
	bool bad = share(GREW(decode.unknown), GREW(processed), 1, value);

	if (what <= 0xffff)
		text_printf(why, "%.1f %% of the packets are in an "
		    "encapsulation weir cannot open (ethertype 0x%04" PRIx32
		    ").", *value, what);
	else
		text_printf(why, "%.1f %% of the packets have a link layer "
		    "weir cannot open (DLT %" PRIu32 ").", *value,
		    what >> 16);
	return bad;
}

static bool one_sided(const struct health_view *v, double *value,
    struct text *why)
{
	double flows = (double)(v->now->flows - v->before->flows);

	*value = flows > 0 ? 100 * (double)(v->now->one_sided -
	    v->before->one_sided) / flows : 0;
	text_printf(why, "%.0f %% of the TCP flows show one direction alone: "
	    "the mirror takes only ingress or egress.", *value);
	return flows >= ENOUGH_FLOWS && *value > 50;
}

/* One direction tagged, the other not: two mirror ports that differ. */
static bool vlan_asymmetry(const struct health_view *v, double *value,
    struct text *why)
{
	double all[2], share_of[2];

	for (int dir = 0; dir < 2; dir++) {
		all[dir] = GREW(flow.tcp[dir]);
		share_of[dir] = all[dir] > 0 ?
		    100 * GREW(flow.tcp_tagged[dir]) / all[dir] : 0;
	}
	*value = share_of[0] > share_of[1] ? share_of[0] - share_of[1] :
	    share_of[1] - share_of[0];
	text_printf(why, "%.0f %% of the TCP packets to servers carry a VLAN "
	    "tag, %.0f %% of those back: the mirror tags one direction; weir "
	    "joins them, other tools may not.", share_of[0], share_of[1]);
	return all[0] >= ENOUGH && all[1] >= ENOUGH && *value > 80;
}

static bool catalogue_old(const struct health_view *v, double *value,
    struct text *why)
{
	*value = (double)(v->now->real_us - v->board->catalogue_us) /
	    86400e6;
	text_printf(why, "The catalogue of services is %.0f days old: hosts "
	    "move, update weir.", *value);
	return v->board->catalogue_us > 0 && *value > OLD_DAYS;
}

static bool only_broadcast(const struct health_view *v, double *value,
    struct text *why)
{
	double flows = (double)(v->now->all_flows - v->before->all_flows);

	*value = flows > 0 ? 100 * (double)(v->now->broadcast -
	    v->before->broadcast) / flows : 0;
	text_printf(why, "Only broadcast and multicast is seen on %s: an "
	    "ordinary switch port, not a mirror?", v->board->interface);
	return flows >= ENOUGH_FLOWS && *value > 98;
}

static bool events_lost(const struct health_view *v, double *value,
    struct text *why)
{
	*value = GREW(ring_lost);
	text_printf(why, "The core fell behind the workers: %.0f events were "
	    "lost in the last minute.", *value);
	return *value > 0;
}

static bool clock_step(const struct health_view *v, double *value,
    struct text *why)
{
	const struct health_sample *last = v->now - 1;

	*value = (double)((v->now->real_us - last->real_us) -
	    (v->now->monotonic_us - last->monotonic_us)) / 1e6;
	text_printf(why, "The clock jumped by %.1f s: is time synchronised?",
	    *value);
	return *value > 1 || *value < -1;
}

static bool worker_restarts(const struct health_view *v, double *value,
    struct text *why)
{
	*value = GREW(restarts);
	text_printf(why, "A worker ended and was replaced %.0f times in the "
	    "last minute.", *value);
	return *value > 0;
}

static bool skew(const struct health_view *v, double *value,
    struct text *why)
{
	uint64_t most = 0, all = 0;

	for (size_t i = 0; i < v->board->workers; i++) {
		uint64_t n = v->board->worker[i].counts.decode.frames;

		all += n;
		most = n > most ? n : most;
	}
	*value = all > 0 ? (double)most * (double)v->board->workers /
	    (double)all : 0;
	text_printf(why, "One worker carries %.1f times its share: few big "
	    "flows, or an asymmetric hash.", *value);
	return v->board->workers > 2 && all > 100 * ENOUGH && *value > 2.5;
}

static bool collector_down(const struct health_view *v, double *value,
    struct text *why)
{
	const struct board_sender *s = &v->board->sender;

	*value = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (s->collectors[i].up || s->collectors[i].failures == 0)
			continue;
		if (*value == 0)
			text_printf(why, "%.90s cannot be reached (%.60s): "
			    "alerts %s.", s->collectors[i].label,
			    s->collectors[i].why, s->collectors[i].covered ?
			    "go to another one of its group" :
			    "wait in the spool");
		*value += 1;
	}
	return *value > 0;
}

static bool spool_half(const struct health_view *v, double *value,
    struct text *why)
{
	*value = 100 * (double)v->board->core.spool.bytes /
	    (double)v->board->spool_max;
	text_printf(why, "The spool is %.0f %% full: beyond 100 %% the "
	    "oldest low-risk alerts are dropped.", *value);
	return *value > 50;
}

static bool spool_refused(const struct health_view *v, double *value,
    struct text *why)
{
	*value = (double)v->board->core.spool.failures;
	text_add(why, "The disk refuses the spool: alerts go out, but would "
	    "not survive a crash.");
	return v->board->core.spool.full;
}

static bool reload_refused(const struct health_view *v, double *value,
    struct text *why)
{
	*value = v->board->reload_failures;
	text_printf(why, "A new configuration was refused, the old one is in "
	    "force: %.160s", v->board->reload_error);
	return v->board->reload_error[0] != '\0';
}

static bool too_many_flows(const struct health_view *v, double *value,
    struct text *why)
{
	*value = GREW(flow.evicted);
	text_printf(why, "The flow table is full: %.0f flows were ended "
	    "early; raise flow.max-flows, or this is a flood.", *value);
	return *value > 0;
}

static bool too_many_users(const struct health_view *v, double *value,
    struct text *why)
{
	*value = (double)(v->now->users_evicted - v->before->users_evicted);
	text_printf(why, "The table of users is full (%" PRIu32 "): %.0f were "
	    "forgotten in the last minute, and with them what they are used "
	    "to; raise track.max-users or track.memory.",
	    v->board->core.analysis.users, *value);
	/* a core that starts again counts from 0 */
	return v->now->users_evicted > v->before->users_evicted;
}

const struct health_rule health_rules[] = {
	{ "no-packets", "critical", no_packets },
	{ "drops", "warning", drops },
	{ "nic-drops", "warning", nic_drops },
	{ "gaps", "warning", gaps },
	{ "duplicates", "notice", duplicates },
	{ "truncation", "warning", truncation },
	{ "unknown-encapsulation", "warning", unknown },
	{ "one-sided", "warning", one_sided },
	{ "vlan-asymmetry", "notice", vlan_asymmetry },
	{ "only-broadcast", "warning", only_broadcast },
	{ "events-lost", "warning", events_lost },
	{ "clock-step", "warning", clock_step },
	{ "worker-restarted", "warning", worker_restarts },
	{ "skew", "notice", skew },
	{ "collector-down", "warning", collector_down },
	{ "spool-half", "warning", spool_half },
	{ "spool-refused", "critical", spool_refused },
	{ "reload-refused", "warning", reload_refused },
	{ "flow-table-full", "warning", too_many_flows },
	{ "user-table-full", "warning", too_many_users },
	{ "catalogue-old", "notice", catalogue_old },
	{ .kind = NULL }
};
