/*
 * data_transfer.c - IT1021 "Data Transfer": what came from chat leaves again.
 *
 * Each upload to an unapproved cloud, personal tenant or device is held
 * against the user's ledger: do objects of the same sizes leave that came in
 * (how likely by chance is a Poisson tail, not a fixed number), or does a
 * comparable volume leave soon after?  One large object of about the taken
 * volume hints at an archive.  A backup at the same hour on most days lowers
 * the score.  Upload alone, unusual by the rule of bulk downloads, is the
 * sibling technique IT1024 at medium risk.
 */
#include "detect/leaving.h"
#include "detect/network.h"
#include "detect/say.h"

#include <math.h>

struct conf {
	struct volume_conf volume;	/* for uploads alone */
	int64_t least_up, least_down, least_same, least_sure;
	double ratio;
	int64_t lag_us, keep_us;
	double log10_p, log10_sure, eps;
	int64_t slack;
};

static const struct conf_field options[] = {
	{ .name = "upload-floor", .type = CONF_BYTES,
	  .offset = offsetof(struct conf, least_up), .max = INT64_MAX,
	  .standard = 20000000,
	  .help = "never alert below this sent in 24 hours" },
	{ .name = "download-floor", .type = CONF_BYTES,
	  .offset = offsetof(struct conf, least_down), .max = INT64_MAX,
	  .standard = 20000000,
	  .help = "nor when less than this was taken from chat before" },
	{ .name = "objects-floor", .type = CONF_BYTES,
	  .offset = offsetof(struct conf, least_same), .max = INT64_MAX,
	  .standard = 20000000,
	  .help = "the same two floors where sizes or names of objects agree" },
	{ .name = "sure-floor", .type = CONF_BYTES,
	  .offset = offsetof(struct conf, least_sure), .max = INT64_MAX,
	  .standard = 2000000,
	  .help = "and where their chance is below 1 in 10^sure-chance" },
	{ .name = "ratio", .type = CONF_REAL,
	  .offset = offsetof(struct conf, ratio), .min = 10, .max = 1000,
	  .standard = 300,
	  .help = "smaller of sent and taken over the larger: alike enough" },
	{ .name = "lag", .type = CONF_DURATION,
	  .offset = offsetof(struct conf, lag_us), .max = 72 * 3600000000LL,
	  .standard = 8 * 3600000000LL,
	  .help = "longest time from the last download for that rule" },
	{ .name = "keep", .type = CONF_DURATION,
	  .offset = offsetof(struct conf, keep_us), .min = 3600000000LL,
	  .max = 7 * 86400000000LL, .standard = 72 * 3600000000LL,
	  .help = "how long what was taken is held against uploads" },
	{ .name = "chance", .type = CONF_REAL,
	  .offset = offsetof(struct conf, log10_p), .min = 1000,
	  .max = 100000, .standard = 4000,
	  .help = "same sizes count when their chance is below 1 in 10^this" },
	{ .name = "sure-chance", .type = CONF_REAL,
	  .offset = offsetof(struct conf, log10_sure), .min = 1000,
	  .max = 100000, .standard = 7000,
	  .help = "so sure that a smaller volume will do" },
	{ .name = "size-tolerance", .type = CONF_REAL,
	  .offset = offsetof(struct conf, eps), .min = 0, .max = 100,
	  .standard = 5, .help = "relative difference of equal sizes" },
	{ .name = "size-slack", .type = CONF_BYTES,
	  .offset = offsetof(struct conf, slack), .max = 1000000,
	  .standard = 2000, .help = "or this much, if it is more" },
	VOLUME_OPTIONS(struct conf, 50000000, 5, 100000000, 10, 250000000,
	    120, 3300),
	{ 0 }
};

/* The present episode of leaving: no gap of 8 hours in it. */
static void note(struct leaving *s, const struct look *look)
{
	const struct event *ev = look->did->ev;

	if (s->bytes == 0 || look->at_us - s->last_us > 8 * HOUR_US) {
		s->first_us = ev->start_us;
		s->bytes = s->largest = 0;
		s->count = 0;
		s->new_target = s->new_network = false;
	}
	if (look->at_us > s->last_us)
		s->last_us = look->at_us;
	s->bytes += ev->up;
	s->count += ev->count;
	if (ev->largest > s->largest)
		s->largest = ev->largest;
	if (s->largest < ev->up && ev->count == 1)
		s->largest = ev->up;
}

/* On how many of the last 7 days before today did uploads run at this hour? */
static int same_hour_days(struct leaving *s, const struct look *look)
{
	unsigned int hour = look->hour % 24;
	uint32_t passed = look->day - s->day;

	if (look->day > s->day) {
		for (unsigned int i = 0; i < 24; i++)
			s->hour_days[i] = passed > 31 ? 0 :
			    s->hour_days[i] << passed;
		s->day = look->day;
	}
	s->hour_days[hour] |= 1;
	return __builtin_popcount(s->hour_days[hour] & 0xfe);
}

struct move {				/* what left, against what came */
	enum way_out kind;
	uint64_t up;			/* sent in 24 hours */
	uint64_t sent;			/* in the present episode */
	uint64_t down;			/* taken, decayed */
	int backup_days;
};

static bool is_usual(const struct look *look, enum way_out kind,
    uint64_t bytes, double z)
{
	struct usual u = baseline_usual(&look->user->windows[kind], kind,
	    DAY_BYTES, look->day, NULL, NULL);

	return u.of == BASELINE_USER && usual_z(&u, log2_of(bytes)) < z;
}

/* Who sends on many days anyway is not suspect for a volume as on other days,
 * nor for a larger one at the hour of a backup, or when nothing unusual was
 * taken before. */
static bool sends_as_usual(const struct look *look, const struct move *m)
{
	return is_usual(look, m->kind, m->sent, 1) ||
	    (is_usual(look, m->kind, m->sent, 3) && (m->backup_days >= 4 ||
	    is_usual(look, CHAT_IN, m->down, 2)));
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool same_volume(const struct conf *c, const struct look *look,
    const struct move *m)
{
	uint64_t least = smaller(m->sent, m->down);
	uint64_t most = m->sent + m->down - least;

	return m->sent >= (uint64_t)c->least_up &&
	    m->down >= (uint64_t)c->least_down &&
	    (double)least >= c->ratio * (double)most &&
	    look->at_us - look->user->ledger.taken_us <= c->lag_us &&
	    !sends_as_usual(look, m);
}

static uint32_t against_ledger(const struct conf *c, const struct look *look,
    const struct move *m, struct ledger_match *match)
{
	uint64_t least = 0;
	bool enough;
	uint32_t grounds = 0;

	if (m->up >= smaller((uint64_t)c->least_same,
	    (uint64_t)c->least_sure)) {
		*match = ledger_compare(&look->user->ledger, look->at_us,
		    c->keep_us, look->at_us - c->keep_us, c->eps,
		    (double)c->slack);
		/* What is known to leave again has not grown less with age. */
		least = smaller(m->up, (uint64_t)fmax((double)m->down,
		    match->same_bytes));
	}
	enough = least >= (uint64_t)c->least_same;
	if (enough && match->objects > 0 && match->named > 0)
		grounds |= SAME_NAMES;
	if (match->sizes > 0 && (enough ? match->log10_p < -c->log10_p :
	    least >= (uint64_t)c->least_sure &&
	    match->log10_p < -c->log10_sure))
		grounds |= SAME_SIZES;
	if (same_volume(c, look, m))
		grounds |= SAME_VOLUME;
	return grounds;
}

static struct move move_of(const struct conf *c, const struct look *look,
    struct leaving *s, enum way_out kind)
{
	const struct user *u = look->user;

	return (struct move){ .kind = kind, .sent = s->bytes,
		.up = window_hours(&u->windows[CLOUD_OUT], look->at_us,
		24).bytes + window_hours(&u->windows[DEVICE_OUT],
		look->at_us, 24).bytes,
		.down = ledger_taken(&u->ledger, look->at_us, c->keep_us),
		.backup_days = same_hour_days(s, look) };
}

static void left(const struct look *look, struct leaving *s, enum way_out kind)
{
	const struct conf *c = look->conf;
	struct move move = move_of(c, look, s, kind);
	struct volume_over v = volume_check(&c->volume,
	    &s->volume[kind == DEVICE_OUT], look, kind);
	struct ledger_match m = { 0 };
	struct alert a = { .risk = RISK_HIGH };

	a.grounds = against_ledger(c, look, &move, &m);
	if (a.grounds == 0) {
		if (v.rules == 0 || move.backup_days >= 4)
			return;
		a.risk = RISK_MEDIUM;
		a.grounds = ALONE;
		a.withheld = v.would ? WITHHELD_COLD : WITHHELD_NOT;
		volume_evidence(&a, &v);
		score_part(&a, "score_excess", volume_points(&v));
	} else if ((double)s->largest >= 0.3 * (double)move.down &&
	    (double)s->largest <= 1.1 * (double)move.down &&
	    s->largest * 2 >= s->bytes) {
		a.grounds |= ARCHIVE;
	}
	leaving_score(&a, s, &m, move.backup_days);
	leaving_tell(look, &a, s, &m, move.down, kind);
}

static void see(const struct look *look)
{
	const struct transfer *t = look->did;
	struct leaving *s = look->state;
	char name[ALERT_NAME];
	struct text text = text_in(name, sizeof(name));
	bool device, network;
	int ago;

	if (t == NULL)
		return;
	network = network_is_new(look);
	if (!t->egress || t->approved)
		return;
	note(s, look);
	s->new_network |= network;
	say_target(&text, t);
	ago = baseline_resource(&look->user->base,
	    name_hash(slice_of(name, text.n)), look->day);
	if (ago < 0)
		s->new_target = true;
	device = t->to.rule != NULL &&
	    category_is_device(t->to.service->category);
	left(look, s, device ? DEVICE_OUT : CLOUD_OUT);
}

/* What is too old to count is not remembered either; some events are told of
 * late. */
static void settle(const struct look *look)
{
	const struct conf *c = look->conf;

	ledger_forget(&look->user->ledger, look->at_us - c->keep_us -
	    2 * HOUR_US);
}

const struct detection detection_data_transfer = {
	.name = "data-transfer",
	.title = "Data Transfer from IM/Chat",
	.risk = RISK_HIGH,
	.techniques = "IT1021",
	.options = options,
	.conf_size = sizeof(struct conf),
	.state_size = sizeof(struct leaving),
	.grows = true,
	.see = see,
	.settle = settle,
};
