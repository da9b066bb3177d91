/*
 * leaving.c - what is told of data that left: sentence, evidence and score.
 */
#include "detect/leaving.h"

#include <math.h>

#include "detect/say.h"

static void say_left(struct text *t, const struct look *look,
    const struct leaving *s, const struct ledger_match *m, uint32_t grounds)
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
    const struct leaving *s, const struct ledger_match *m)
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

void leaving_score(struct alert *a, const struct leaving *s,
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

void leaving_tell(const struct look *look, struct alert *a,
    const struct leaving *s, const struct ledger_match *m, uint64_t down,
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
