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
#include "detect/network.h"
#include "detect/say.h"
#include "detect/volume.h"

#include <math.h>

enum ground { SAME_NAMES = 1, SAME_SIZES = 2, SAME_VOLUME = 4, ALONE = 8,
	ARCHIVE = 16 };

struct conf {
	struct volume_conf volume;	/* for uploads alone */
	int64_t least_up, least_down, least_same, least_sure;
	double ratio;
	int64_t lag_us, keep_us;
	double log10_p, log10_sure, eps;
	int64_t slack;
};

struct state {
	struct volume_state volume[2];	/* cloud, device */
	int64_t first_us, last_us;	/* the present episode of leaving */
	uint64_t bytes;
	uint64_t largest;
	uint32_t count;
	uint32_t hour_days[24];		/* bit i: uploads i days ago */
	uint32_t day;			/* that bit 0 stands for */
	bool new_target;		/* first seen in this episode */
	bool new_network;		/* its AS: never seen here before */
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
static void note(struct state *s, const struct look *look)
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
static int same_hour_days(struct state *s, const struct look *look)
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

static void say_left(struct text *t, const struct look *look,
    const struct state *s, const struct ledger_match *m, uint32_t grounds)
{
	if (grounds & (SAME_SIZES | SAME_NAMES)) {
		text_printf(t, "%u file%s of the same size%s went to ",
		    m->objects, m->objects == 1 ? "" : "s",
		    m->objects == 1 ? "" : "s");
		say_target(t, look->did);
		text_add(t, " from ");
		say_time(t, look, m->first_out_us);
		if (grounds & SAME_SIZES)
			text_printf(t, " (chance 1 in 10^%.0f)",
			    floor(-m->log10_p));
		if (grounds & SAME_NAMES)
			text_printf(t, ", %u under the same name", m->named);
		return;
	}
	say_amount(t, s->count, s->bytes);
	text_add(t, " went to ");
	say_target(t, look->did);
	text_add(t, " from ");
	say_time(t, look, s->first_us);
}

static void say(struct alert *a, const struct look *look,
    const struct state *s, const struct ledger_match *m)
{
	const struct ledger_episode *e = &look->user->ledger.episode;
	struct text t = text_in(a->message, sizeof(a->message));

	text_printf(&t, "%s ", look->user->name);
	if (a->grounds & ALONE) {
		text_add(&t, "sent ");
		say_amount(&t, s->count, s->bytes);
		text_add(&t, " to ");
		say_target(&t, look->did);
		text_add(&t, " ");
		say_span(&t, look, s->first_us, s->last_us);
		text_add(&t, "; nothing comparable came from chat before");
	} else {
		text_add(&t, "took ");
		say_amount(&t, e->count, e->bytes);
		text_printf(&t, " from %s ", e->service);
		say_span(&t, look, e->first_us, e->last_us);
		text_add(&t, "; ");
		say_left(&t, look, s, m, a->grounds);
		if (a->grounds & ARCHIVE)
			text_add(&t, ", mostly in one object: an archive?");
	}
	say_device(&t, look);
}

static void match_evidence(struct alert *a, const struct ledger_match *m)
{
	if (m->in == 0 || m->out == 0)
		return;
	alert_number(a, "objects_in", m->in);
	alert_number(a, "objects_out", m->out);
	alert_number(a, "objects_same", m->objects);
	alert_number(a, "sizes_same", m->sizes);
	alert_real(a, "sizes_expected", m->expected);
	alert_real(a, "tolerance_used", m->near);
	alert_real(a, "chance_log10", m->log10_p);
	alert_number(a, "same_bytes", (int64_t)m->same_bytes);
}

static void score(struct alert *a, const struct state *s,
    const struct ledger_match *m, int backup_days)
{
	if (a->grounds & ALONE) {
		score_part(a, "score_base", 40);
	} else {
		score_part(a, "score_base", 60);
		if (a->grounds & (SAME_NAMES | SAME_SIZES))
			score_part(a, "score_same_objects",
			    m->log10_p < -12 ? 20 : 12);
		if ((a->grounds & SAME_VOLUME) && (a->grounds & SAME_SIZES))
			score_part(a, "score_same_volume", 5);
		if (a->grounds & ARCHIVE)
			score_part(a, "score_archive", 5);
	}
	if (s->new_target)
		score_part(a, "score_first_seen", 5);
	if (s->new_network)
		score_part(a, "score_new_network", 5);
	if (backup_days >= 4)
		score_part(a, "score_regular", -20);
}

static void tags(struct alert *a, enum way_out kind)
{
	struct text t = text_in(a->techniques, sizeof(a->techniques));

	text_add(&t, kind == DEVICE_OUT ? "IT1026,T1052.001" :
	    "IT1024,T1567.002");
}

static void tell(const struct look *look, struct alert *a,
    const struct state *s, const struct ledger_match *m, uint64_t down,
    enum way_out kind)
{
	struct text t = text_in(a->target, sizeof(a->target));
	int64_t lag_us = s->first_us - look->user->ledger.episode.last_us;

	say_target(&t, look->did);
	tags(a, kind);
	a->bytes = s->bytes;
	a->count = s->count;
	a->first_us = a->grounds & ALONE ? s->first_us :
	    look->user->ledger.episode.first_us;
	a->last_us = look->at_us;
	alert_number(a, "sent_bytes", (int64_t)s->bytes);
	alert_number(a, "sent_files", s->count);
	if (s->new_network)
		alert_number(a, "as_first_seen", 1);
	if (!(a->grounds & ALONE)) {
		alert_number(a, "taken_bytes",
		    (int64_t)look->user->ledger.episode.bytes);
		alert_number(a, "taken_decayed_bytes", (int64_t)down);
		alert_number(a, "taken_files",
		    look->user->ledger.episode.count);
		if (lag_us > 0)
			alert_number(a, "lag_s", lag_us / SECOND_US);
		match_evidence(a, m);
	}
	say(a, look, s, m);
	look->raise(look, a);
}

static struct move move_of(const struct conf *c, const struct look *look,
    struct state *s, enum way_out kind)
{
	const struct user *u = look->user;

	return (struct move){ .kind = kind, .sent = s->bytes,
		.up = window_hours(&u->windows[CLOUD_OUT], look->at_us,
		24).bytes + window_hours(&u->windows[DEVICE_OUT],
		look->at_us, 24).bytes,
		.down = ledger_taken(&u->ledger, look->at_us, c->keep_us),
		.backup_days = same_hour_days(s, look) };
}

static void left(const struct look *look, struct state *s, enum way_out kind)
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
	score(&a, s, &m, move.backup_days);
	tell(look, &a, s, &m, move.down, kind);
}

static void see(const struct look *look)
{
	const struct transfer *t = look->did;
	struct state *s = look->state;
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
	.state_size = sizeof(struct state),
	.grows = true,
	.see = see,
	.settle = settle,
};
