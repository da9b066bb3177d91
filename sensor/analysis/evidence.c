/*
 * evidence.c - what an alert says beside what its detection found.
 *
 * Who it was and how sure that is, where the other end stands, how the bytes
 * were counted, what of the client's traffic could not be seen; and the
 * points of the score that do not depend on the kind of alert.
 */
#include "analysis/analysis_parts.h"

#include <stdio.h>

#include "base/mac.h"

static void who_evidence(struct alert *a, const struct who *w,
    const struct event *ev)
{
	char mac[MAC_TEXT];

	size_t n = strlen(a->message);

	if (strcmp(w->source, WHO_SHARED) == 0)
		snprintf(a->message + n, sizeof(a->message) - n, " Several "
		    "use that address at once: it names nobody.");
	alert_text(a, "identity", slice_str(w->source));
	alert_number(a, "identity_sureness", w->identity);
	if (w->rival != NULL)
		alert_text(a, "rival", slice_str(w->rival));
	if (mac_is_set(ev->mac))
		alert_text(a, "device", slice_str(mac_text(ev->mac, mac)));
}

/* In whose network, and where, the other end stands. */
static void network_evidence(struct alert *a, const struct where *to)
{
	if (to->asn != 0)
		alert_number(a, "asn", to->asn);
	if (to->as_org[0] != '\0')
		alert_text(a, "as_org", slice_str(to->as_org));
	if (to->country[0] != '\0')
		alert_text(a, "country", slice_str(to->country));
}

static void what_evidence(struct alert *a, const struct transfer *t)
{
	const struct event *ev = t->ev;
	const char *method = method_name(ev->method);

	alert_text(a, "host", t->to.host);
	if (slice_more(t->to.tenant))
		alert_text(a, "tenant", t->to.tenant);
	alert_text(a, "method", slice_str(method));
	alert_number(a, "method_sureness", ev->sureness);
	alert_number(a, "count_lo", ev->count_lo);
	alert_number(a, "count_hi", ev->count_hi);
	alert_number(a, "largest", (int64_t)ev->largest);
	if (ev->lost > 0)
		alert_number(a, "lost", ev->lost);
	if (t->to.device == NULL)
		return;
	alert_text(a, "to_device", slice_str(t->to.device));
	alert_number(a, "to_device_age_s", (t->ev->at_us - t->to.appeared_us) /
	    SECOND_US);
}

const char *evidence_person(const struct look *look)
{
	const struct analysis *a = look->arg;

	return disguise_plain(&a->disguise, look->user->name);
}

/* Somebody who is about to leave (IT1007) deserves a closer look. */
static void watched(struct alert *a, const struct look *look)
{
	const char *why = policy_watched(look->policy, evidence_person(look),
	    look->at_us);
	size_t n = strlen(a->techniques);

	if (why == NULL)
		return;
	a->score += 10;
	alert_number(a, "score_watched", 10);
	alert_text(a, "watched", slice_str(why));
	snprintf(a->techniques + n, sizeof(a->techniques) - n, ",IT1007");
}

/* Points that do not depend on the kind. */
static void common_points(struct alert *a, const struct look *look,
    const struct who *w, const struct event *ev)
{
	int other = 0;

	watched(a, look);
	for (unsigned int i = 0; i < USER_INCIDENTS; i++)
		other += look->user->incidents[i].day != 0 &&
		    look->at_us - look->user->incidents[i].at_us < DAY_US &&
		    strcmp(detections[i]->name, a->kind) != 0;
	if (other > 0) {
		a->score += 10;
		alert_number(a, "score_other_alert", 10);
	}
	if (w->identity < BINDING_SURE) {
		a->score -= 5;
		alert_number(a, "score_identity", -5);
	}
	if (ev != NULL && ev->kind == EV_TRANSFER && ev->sureness < 50) {
		a->score -= 10;
		alert_number(a, "score_method", -10);
	}
	if (ev != NULL && (ev->flags & EVENT_LOWER_BOUND)) {
		a->score -= 5;
		alert_number(a, "score_loss", -5);
	}
	a->score = a->score < 1 ? 1 : a->score > 100 ? 100 : a->score;
}

static void tags(struct alert *a, const struct detection *d)
{
	char own[ALERT_NAME];

	snprintf(own, sizeof(own), "%s", a->techniques);
	snprintf(a->techniques, sizeof(a->techniques), "%.60s%s%.30s",
	    d->techniques, own[0] != '\0' ? "," : "", own);
}

void evidence_add(struct alert *a, const struct look *look,
    const struct detection *d)
{
	const struct who *w = look->did != NULL ? &look->did->who :
	    look->opened != NULL ? &look->opened->who : NULL;
	const struct event *ev = look->did != NULL ? look->did->ev :
	    look->opened != NULL ? look->opened->ev : NULL;
	const struct where *to = look->did != NULL ? &look->did->to :
	    look->opened != NULL ? &look->opened->to : NULL;
	struct who nobody = { .identity = 100, .source = "history" };
	const struct user *u = look->user;
	struct analysis *an = look->arg;

	a->kind = d->name;
	a->title = d->title;
	a->at_us = look->at_us;
	tags(a, d);
	snprintf(a->user, sizeof(a->user), "%s", u->name);
	snprintf(a->group, sizeof(a->group), "%s", look->group->name);
	if (a->service[0] == '\0' && u->ledger.episode.service[0] != '\0' &&
	    look->at_us - u->ledger.episode.last_us < 72 * HOUR_US)
		snprintf(a->service, sizeof(a->service), "%s",
		    u->ledger.episode.service);
	if (a->service[0] == '\0' && to != NULL && to->rule != NULL)
		snprintf(a->service, sizeof(a->service), "%s",
		    to->service->name);
	if (ev != NULL) {
		addr_text(&ev->client, a->client);
		disguise_keep(&an->disguise);
	}
	for (uint32_t i = 0; i < u->transfers_n && i < ALERT_TRANSFERS; i++)
		a->transfers[a->transfers_n++] = u->transfers[
		    (u->transfers_n - 1 - i) % USER_TRANSFERS];
	common_points(a, look, w != NULL ? w : &nobody, ev);
	if (look->did != NULL)
		what_evidence(a, look->did);
	if (to != NULL)
		network_evidence(a, to);
	if (ev != NULL)
		unseen_evidence(&an->unseen, a, &ev->client, look->at_us);
	if (w != NULL && ev != NULL)
		who_evidence(a, w, ev);
}
