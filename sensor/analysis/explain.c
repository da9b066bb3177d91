#include "analysis/explain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/analysis_parts.h"
#include "analysis/persist.h"
#include "base/text.h"

static const int64_t hour_us = 3600 * 1000000LL;

struct listing {			/* where lines go, and of what */
	FILE *to;
	const struct alert *alert;
	struct persisted *read;
};

static const char *time_text(int64_t at_us, char text[40])
{
	struct text t = text_in(text, 40);

	text_time(&t, at_us);
	text[19] = '\0';
	return text;
}

static const struct evidence_pair *find(const struct alert *a,
    const char *key)
{
	for (unsigned int i = 0; i < a->evidence_n; i++)
		if (strcmp(a->evidence[i].key, key) == 0)
			return &a->evidence[i];
	return NULL;
}

static void show_pair(FILE *to, const struct evidence_pair *e)
{
	char shown[256];
	struct text t = text_in(shown, sizeof(shown));

	if (e->is_text)
		text_escape(&t, slice_str(e->text));
	else if (e->is_real)
		text_printf(&t, "%.3g", e->real);
	else
		text_printf(&t, "%" PRId64, e->number);
	fprintf(to, "  %-22s %s\n", e->key, shown);
}

static void show_evidence(FILE *to, const struct alert *a)
{
	int sum = 0;

	fputs("\nEvidence\n", to);
	for (unsigned int i = 0; i < a->evidence_n; i++)
		if (strncmp(a->evidence[i].key, "score_", 6) != 0)
			show_pair(to, &a->evidence[i]);
	fprintf(to, "\nScore %d of 100\n", a->score);
	for (unsigned int i = 0; i < a->evidence_n; i++)
		if (strncmp(a->evidence[i].key, "score_", 6) == 0) {
			fprintf(to, "  %-22s %+" PRId64 "\n",
			    a->evidence[i].key + 6, a->evidence[i].number);
			sum += (int)a->evidence[i].number;
		}
	if (sum != a->score)
		fprintf(to, "  %-22s %d\n", "(kept within 1..100)", a->score);
}

/* "floor-1h-bytes above 312 MB" and the like. */
static void silent_number(FILE *to, const struct alert *a, const char *key,
    const char *option, bool bytes)
{
	const struct evidence_pair *e = find(a, key);
	char shown[32];
	struct text t = text_in(shown, sizeof(shown));

	if (e == NULL)
		return;
	if (bytes)
		text_volume(&t, (uint64_t)e->number);
	else
		text_printf(&t, "%" PRId64, e->number);
	fprintf(to, "  %s above %s\n", option, shown);
}

static void silent_volume(FILE *to, const struct alert *a)
{
	const struct evidence_pair *files = find(a, "z_files");
	const struct evidence_pair *bytes = find(a, "z_bytes");
	const struct evidence_pair *slack = find(a, "bytes_slack");
	double z;

	silent_number(to, a, "window_bytes", "the floor of bytes", true);
	silent_number(to, a, "window_files", "the floor of files", false);
	if (files == NULL || bytes == NULL)
		return;
	z = bytes->real + (slack != NULL ? slack->real : 0);
	z = files->real < z ? files->real : z;
	fprintf(to, "  k above %.2f (unless a ceiling was passed)\n", z);
}

static void show_silent(FILE *to, const struct alert *a)
{
	const struct evidence_pair *chance = find(a, "chance_log10");
	const struct evidence_pair *p = find(a, "p_user");

	fputs("\nAny of these would have kept it silent\n", to);
	silent_volume(to, a);
	silent_number(to, a, "sent_bytes", "data-transfer: upload-floor", true);
	silent_number(to, a, "taken_decayed_bytes",
	    "data-transfer: download-floor", true);
	if (chance != NULL)
		fprintf(to, "  data-transfer: chance above %.1f, where sizes alone "
		    "speak\n", -chance->real);
	if (p != NULL)
		fprintf(to, "  behavioral-anomaly: p-user at most %.4f, or the hour "
		    "in the group's calendar\n", p->real);
	if (find(a, "resource") != NULL)
		fputs("  the group among those allowed to use the resource\n", to);
	fprintf(to, "  an exception for %s and %s\n", a->user, a->kind);
}

static bool show_event(int64_t number, const struct event *ev,
    const struct store_told *told, void *arg)
{
	const struct listing *l = arg;
	const struct alert *a = l->alert;
	FILE *to = l->to;
	char when[40], volume[32];
	struct text t = text_in(volume, sizeof(volume));

	(void)number;
	(void)told;
	if (ev->at_us > a->last_us + hour_us)
		return false;
	if (ev->kind != EV_TRANSFER || (ev->flags & EVENT_PROGRESS))
		return true;
	text_volume(&t, ev->up);
	fprintf(to, "  %s  %-4s %3u file%s %8s  %.*s\n", time_text(ev->at_us,
	    when), ev->flags & EVENT_UPLOAD ? "up" : "down", ev->count,
	    ev->count == 1 ? " " : "s", volume, (int)sizeof(ev->host),
	    addr_is_private(&ev->server) ? "(inside)" : ev->host);
	return true;
}

static void show(FILE *to, struct store *s, const struct alert *a)
{
	char when[40];

	fprintf(to, "%s  %s  %s\n%s\n\n", a->id, a->kind, risk_name(a->risk),
	    a->message);
	fprintf(to, "  user        %s (%s)\n", a->user, a->group);
	fprintf(to, "  client      %s\n", a->client);
	fprintf(to, "  techniques  %s\n", a->techniques);
	fprintf(to, "  from        %s\n", time_text(a->first_us, when));
	fprintf(to, "  to          %s\n", time_text(a->last_us, when));
	if (a->withheld != WITHHELD_NOT)
		fprintf(to, "  not sent    %s\n", withheld_name(a->withheld));
	if (a->update_of[0] != '\0')
		fprintf(to, "  update of   %s\n", a->update_of);
	show_evidence(to, a);
	show_silent(to, a);
	fputs("\nTransfers\n", to);
	store_events(s, 0, a->user, a->first_us - hour_us, show_event,
	    &(struct listing){ to, a, NULL });
}

static bool show_line(const char *id, const void *blob, size_t n, void *arg)
{
	const struct listing *l = arg;
	struct persisted *p = l->read;
	FILE *to = l->to;
	char when[40];

	if (persist_alert_read(p, blob, n))
		fprintf(to, "%s  %s  %-6s %3d  %s\n", id, time_text(
		    p->alert.at_us, when), risk_name(p->alert.risk),
		    p->alert.score, p->alert.message);
	return true;
}

bool explain_list(FILE *to, struct store *s)
{
	struct listing l = { to, NULL, calloc(1, sizeof(*l.read)) };

	if (l.read != NULL)
		store_alerts(s, show_line, &l);
	free(l.read);
	return true;
}

bool explain_alert(FILE *to, struct store *s, const char *id)
{
	struct persisted *p = calloc(1, sizeof(*p));
	size_t n = 0;
	const void *blob = store_alert_find(s, id, &n);
	bool found = p != NULL && blob != NULL &&
	    persist_alert_read(p, blob, n);

	if (found)
		show(to, s, &p->alert);
	free(p);
	return found;
}

bool explain_running(FILE *to, const struct analysis *a, const char *id)
{
	return a->store != NULL && explain_alert(to, a->store, id);
}
