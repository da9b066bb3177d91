/*
 * volume.c - floors, ceilings, z of bytes and of files over three windows.
 */
#include "detect/volume.h"

#include <math.h>

/* Of the budget; the slow rule, whose k is fixed, spends the rest. */
static const double DAILY_SHARE = 0.9;

const char *const volume_cold_names[] = { "auto", "floors", "ceilings",
	NULL };

static uint64_t uncounted(struct volume_state *s, const struct look *look)
{
	uint32_t hour = (uint32_t)(look->at_us / HOUR_US);
	const struct transfer *t = look->did;
	uint64_t kib = 0;

	for (; s->hour < hour; s->hour++) {
		if (hour - s->hour > 24)
			s->hour = hour - 24;
		s->uncounted_kib[(s->hour + 1) % 24] = 0;
	}
	if (t != NULL && t->ev->count_hi == 0 &&
	    (t->ev->flags & EVENT_PROGRESS) == 0)
		s->uncounted_kib[hour % 24] += (uint32_t)(t->ev->up / 1024);
	for (unsigned int i = 0; i < 24; i++)
		kib += s->uncounted_kib[i];
	return kib * 1024;
}

static bool over_floor(const struct amount *a, const struct floors *f)
{
	return a->bytes >= (uint64_t)f->bytes &&
	    a->low >= (uint64_t)f->files;
}

/* An hour's z is large more often than a day's, and so is one against others'
 * days (the first weekends): where they cost as many alerts as they find
 * thefts, the budget is better spent on days.  A patch night adds to the day
 * of many at once. */
static double margin(const struct volume_over *v, uint32_t rule)
{
	return (rule == VOLUME_HOUR ? 0.5 : 0) + (v->crowd ? 1 : 0) +
	    (v->bytes.of != BASELINE_USER ? 0.5 : 0);
}

/* Three members or more, and three in a hundred, are at work about now who
 * seldom are. */
static bool crowded(const struct cohort *in, const struct look *look)
{
	struct crowd k;

	if (in == NULL)
		return false;
	k = cohort_crowd(in, (uint32_t)(look->at_us / HOUR_US), look->hour);
	return k.unusual > 2 && k.unusual >= 0.03 * in->members;
}

static double least_z(const struct volume_over *v)
{
	return fmin(v->z_bytes + v->slack, v->z_files);
}

static void compare(struct volume_over *v, const struct look *look,
    enum way_out kind, bool peak)
{
	const struct window *w = &look->user->windows[kind];

	v->bytes = baseline_usual(w, kind, peak ? PEAK_BYTES : DAY_BYTES,
	    look->day, look->peers, look->everyone);
	v->files = baseline_usual(w, kind, peak ? PEAK_COUNT : DAY_COUNT,
	    look->day, look->peers, look->everyone);
	v->z_bytes = usual_z(&v->bytes, log2_of(v->amount.bytes));
	v->z_files = usual_z(&v->files, log2_of(v->amount.count));
	v->cold = v->bytes.of == BASELINE_NONE;
}

/* Without a baseline: the floors, some times over, where that is allowed.
 * An old sensor has none where nobody ever did such a thing. */
static uint32_t cold_rule(const struct volume_conf *c, struct volume_over *v,
    bool young, uint32_t rule)
{
	int cold = c->cold != COLD_AUTO ? c->cold :
	    young ? COLD_CEILINGS : COLD_FLOORS;
	bool far = (double)v->amount.bytes >=
	    c->cold_factor * (double)v->floors.bytes &&
	    (double)v->amount.count >=
	    c->cold_factor * (double)v->floors.files;

	v->would = cold != COLD_FLOORS;
	return far ? rule | VOLUME_COLD : 0;
}

static uint32_t window_rule(const struct volume_conf *c,
    struct volume_over *v, struct volume_state *s, const struct look *look,
    enum way_out kind, uint32_t rule, uint64_t without_files)
{
	bool young = !look->replay &&
	    look->at_us - look->since_us < c->cold_us;
	bool floor = over_floor(&v->amount, &v->floors);
	bool blind = without_files >= 2 * (uint64_t)v->floors.bytes &&
	    without_files * 2 >= v->amount.bytes;

	if (!floor && !blind)
		return 0;
	compare(v, look, kind, rule == VOLUME_HOUR);
	v->k = threshold_of(look, c->k, DAILY_SHARE * c->budget);
	v->slack = c->slack;
	v->crowd = crowded(look->peers, look) || crowded(look->everyone, look);
	if (v->cold || young)
		return floor ? cold_rule(c, v, young, rule) : 0;
	if (floor && kind == CHAT_IN)
		threshold_learn(look, &s->excess, least_z(v) - margin(v,
		    rule));
	v->k.k += margin(v, rule);
	if (floor && least_z(v) >= v->k.k)
		return rule;
	v->k.k += 1.5;
	return blind && v->z_bytes >= v->k.k ? rule | VOLUME_UNCOUNTED : 0;
}

static uint32_t slow_rule(const struct volume_conf *c, struct volume_over *v,
    struct volume_state *s, const struct look *look, enum way_out kind)
{
	const struct window *w = &look->user->windows[kind];

	if (kind != CHAT_IN || look->day < s->slow_until_day ||
	    !over_floor(&v->amount, &v->floors))
		return 0;
	v->bytes = baseline_lagged(w, false, look->day, look->kept_days,
	    look->peers, look->everyone);
	v->files = baseline_lagged(w, true, look->day, look->kept_days,
	    look->peers, look->everyone);
	v->z_bytes = usual_z(&v->bytes, log2_of(v->amount.bytes));
	v->z_files = usual_z(&v->files, log2_of(v->amount.count));
	v->k = (struct threshold){ .k = c->k_slow };
	v->slack = c->slack;
	/* a ramp is against one's own past: a new user has none */
	if (v->bytes.of != BASELINE_USER || least_z(v) < c->k_slow)
		return 0;
	s->slow_until_day = look->day + 7;
	return VOLUME_SLOW;
}

static void window_set(struct volume_over *v, const char *name,
    struct amount amount, struct floors floors)
{
	*v = (struct volume_over){ .window = name, .amount = amount,
		.floors = floors };
}

static struct floors day_floors(const struct volume_conf *c,
    const struct look *look, enum way_out kind)
{
	return floors_of(look, c->day_bytes, c->day_files,
	    (struct floor_channels){ cohort_channel(kind, DAY_BYTES),
	    cohort_channel(kind, DAY_COUNT) });
}

static struct floors hour_floors(const struct volume_conf *c,
    const struct look *look, enum way_out kind)
{
	return floors_of(look, c->hour_bytes, c->hour_files,
	    (struct floor_channels){ cohort_channel(kind, PEAK_BYTES),
	    cohort_channel(kind, PEAK_COUNT) });
}

static struct floors week_floors(const struct volume_conf *c,
    const struct look *look)
{
	return floors_of(look, c->week_bytes, c->week_files,
	    (struct floor_channels){ COHORT_WEEK_BYTES, COHORT_WEEK_COUNT });
}

/* The day so far: since midnight, as the days are counted that it is compared
 * to, or since the user last slept, who may work past midnight. */
static unsigned int hours_today(const struct look *look,
    const struct window *w)
{
	unsigned int awake = window_awake(w, look->at_us);
	unsigned int midnight = look->hour % 24 + 1;

	return awake > midnight ? awake : midnight;
}

/* What yesterday's incident told of is no reason for one of today. */
static unsigned int hours_untold(const struct look *look)
{
	const struct incident *last = look->last;
	int64_t since_us = look->at_us - last->at_us;

	if (last->day == 0 || last->day == look->day || since_us >= DAY_US)
		return 24;
	return since_us < HOUR_US ? 1 : (unsigned int)(since_us / HOUR_US);
}

struct volume_over volume_check(const struct volume_conf *c,
    struct volume_state *s, const struct look *look, enum way_out kind)
{
	const struct window *w = &look->user->windows[kind];
	uint64_t without_files = uncounted(s, look);
	unsigned int untold = hours_untold(look);
	unsigned int today = hours_today(look, w);
	struct amount all = window_hours(w, look->at_us, untold);
	struct amount day = window_hours(w, look->at_us,
	    today < untold ? today : untold);
	struct floors floors = day_floors(c, look, kind);
	struct volume_over v;

	window_set(&v, "24h", all, floors);
	if (all.bytes >= (uint64_t)c->most_bytes ||
	    all.low >= (uint64_t)c->most_files) {
		compare(&v, look, kind, false);
		v.k = threshold_of(look, c->k, DAILY_SHARE * c->budget);
		v.slack = c->slack;
		v.rules = VOLUME_CEILING;
		return v;
	}
	window_set(&v, "24h", day, floors);
	v.rules = window_rule(c, &v, s, look, kind, VOLUME_DAY,
	    without_files);
	if (v.rules != 0 && !v.would)
		return v;
	window_set(&v, "1h", window_hour(w, look->at_us),
	    hour_floors(c, look, kind));
	v.rules = window_rule(c, &v, s, look, kind, VOLUME_HOUR, 0);
	if (v.rules != 0)
		return v;
	/* days that an alert told of are no reason for another */
	window_set(&v, "7d", window_untainted(w, look->day, 7),
	    week_floors(c, look));
	v.rules = slow_rule(c, &v, s, look, kind);
	return v;
}

static void spread_evidence(struct alert *a, const char *user_key,
    const char *group_key, const struct usual *u)
{
	if (u->user_days > 0)
		alert_number(a, user_key,
		    (int64_t)(exp2(u->user_median) - 0.5));
	if (u->group_days > 0)
		alert_number(a, group_key,
		    (int64_t)(exp2(u->group_median) - 0.5));
}

void volume_evidence(struct alert *a, const struct volume_over *v)
{
	const char *of = v->cold ? "none yet" : baseline_name(v->bytes.of);

	alert_text(a, "window", slice_str(v->window));
	alert_number(a, "window_bytes", (int64_t)v->amount.bytes);
	alert_number(a, "window_files", v->amount.count);
	alert_text(a, "baseline", slice_str(of));
	if (!v->cold) {
		alert_real(a, "z_bytes", v->z_bytes);
		alert_real(a, "z_files", v->z_files);
		alert_real(a, "k", v->k.k);
		alert_text(a, "k_from", slice_str(v->k.fitted ?
		    "budget" : "settings"));
		if (v->k.fitted)
			alert_number(a, "k_user_days",
			    (int64_t)v->k.user_days);
		if (v->crowd)
			alert_text(a, "common_cause", slice_str("yes"));
		alert_real(a, "bytes_slack", v->slack);
		alert_number(a, "baseline_days", v->bytes.of == BASELINE_USER ?
		    v->bytes.user_days : v->bytes.group_days);
		spread_evidence(a, "user_median_bytes", "group_median_bytes",
		    &v->bytes);
		spread_evidence(a, "user_median_files", "group_median_files",
		    &v->files);
	}
	alert_number(a, "floor_bytes", v->floors.bytes);
	alert_number(a, "floor_files", v->floors.files);
	alert_text(a, "floors_from", slice_str(v->floors.of == BASELINE_NONE ?
	    "settings" : baseline_name(v->floors.of)));
}

int volume_points(const struct volume_over *v)
{
	double far = v->cold ? log2((double)v->amount.bytes /
	    fmax(1, (double)v->floors.bytes)) : 4 * (least_z(v) - v->k.k);

	if (v->rules & VOLUME_CEILING)
		far = fmax(far, 10);
	return far <= 0 ? 0 : far >= 20 ? 20 : (int)far;
}
