/*
 * bulk_download.c - IT1021 "Bulk IM/Chat Download".
 *
 * A user took far more files from chat than is usual: within an hour or a
 * day against the days before, within a week against weeks that ended two
 * weeks ago (a ramp too slow for the daily rules teaches itself to them), or
 * more than the ceiling.  Without a baseline only the floors, some times
 * over, or the ceiling can be used; the alert says which.
 */
#include "detect/say.h"
#include "detect/volume.h"

#include <math.h>

struct conf {
	struct volume_conf volume;
};

static const struct conf_field options[] = {
	VOLUME_OPTIONS(struct conf, -50000000, -25, -100000000, -40,
	    -250000000, -120, -3500),
	{ 0 }
};

static void usual_words(struct text *t, const struct volume_over *v)
{
	const char *whose = v->bytes.of == BASELINE_USER ? "this user" :
	    v->bytes.of == BASELINE_GROUP ? "the group" : "everyone";
	double files = exp2(v->files.median) - 1;
	double bytes = exp2(v->bytes.median) - 1;

	if (v->rules & VOLUME_CEILING)
		text_add(t, "; over the ceiling");
	if (v->cold) {
		text_add(t, "; no baseline yet");
		return;
	}
	text_printf(t, "; usual for %s in %s: ", whose, v->window);
	say_amount(t, (uint32_t)(files + 0.5), (uint64_t)(bytes + 0.5));
}

static void say(struct alert *a, const struct look *look,
    const struct volume_over *v)
{
	const struct ledger_episode *e = &look->user->ledger.episode;
	struct text t = text_in(a->message, sizeof(a->message));
	bool slow = (v->rules & VOLUME_SLOW) != 0;

	text_printf(&t, "%s took ", look->user->name);
	if (slow)
		say_amount(&t, v->amount.count, v->amount.bytes);
	else
		say_amount(&t, e->count, e->bytes);
	text_printf(&t, " from %s ", e->service);
	if (slow)
		text_add(&t, "in 7 days");
	else
		say_span(&t, look, e->first_us, e->last_us);
	usual_words(&t, v);
}

static void see(const struct look *look)
{
	const struct conf *conf = look->conf;
	const struct ledger_episode *e = &look->user->ledger.episode;
	struct alert a = { .risk = RISK_HIGH };
	struct volume_over v;

	if (look->did == NULL || look->did->way != DOWNLOAD ||
	    !look->did->chat)
		return;
	v = volume_check(&conf->volume, look->state, look, CHAT_IN);
	if (v.rules == 0)
		return;
	a.withheld = v.would ? WITHHELD_COLD : WITHHELD_NOT;
	a.grounds = 1 | (v.rules & (VOLUME_SLOW | VOLUME_CEILING));
	a.bytes = v.rules & VOLUME_SLOW ? v.amount.bytes : e->bytes;
	a.count = v.rules & VOLUME_SLOW ? v.amount.count : e->count;
	a.first_us = e->first_us;
	a.last_us = look->at_us;
	volume_evidence(&a, &v);
	score_part(&a, "score_base", 60);
	score_part(&a, "score_excess", volume_points(&v));
	if (v.rules & VOLUME_UNCOUNTED)
		score_part(&a, "score_uncounted", -15);
	say(&a, look, &v);
	look->raise(look, &a);
}

const struct detection detection_bulk_download = {
	.name = "bulk-download",
	.title = "Bulk IM/Chat Download",
	.risk = RISK_HIGH,
	.techniques = "IT1021,T1213.005",
	.options = options,
	.conf_size = sizeof(struct conf),
	.state_size = sizeof(struct volume_state),
	.grows = true,
	.see = see,
};
