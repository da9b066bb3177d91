/*
 * weir explain: every number that led to an alert.
 *
 * Without an ID: what alerts there are.  An ID may be cut short as long as
 * it is the only one.  Shows the evidence, the parts of the score, what
 * would have kept it silent, and the user's transfers of that time, where the
 * key of the store (beside it) may be read.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command.h"
#include "persist.h"

extern const struct command command_explain;

static const int64_t hour_us = 3600 * 1000000LL;

static const struct command_word words[] = {
	{ 's', "-s, --store FILE", "the store of a sensor, see weir.yaml" },
	{ .word = NULL }
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

static void show_pair(const struct evidence_pair *e)
{
	char shown[256];
	struct text t = text_in(shown, sizeof(shown));

	if (e->is_text)
		text_escape(&t, slice_of(e->text, strlen(e->text)));
	else if (e->is_real)
		text_printf(&t, "%.3g", e->real);
	else
		text_printf(&t, "%" PRId64, e->number);
	printf("  %-22s %s\n", e->key, shown);
}

static void show_evidence(const struct alert *a)
{
	int sum = 0;

	puts("\nEvidence");
	for (unsigned int i = 0; i < a->evidence_n; i++)
		if (strncmp(a->evidence[i].key, "score_", 6) != 0)
			show_pair(&a->evidence[i]);
	printf("\nScore %d of 100\n", a->score);
	for (unsigned int i = 0; i < a->evidence_n; i++)
		if (strncmp(a->evidence[i].key, "score_", 6) == 0) {
			printf("  %-22s %+" PRId64 "\n",
			    a->evidence[i].key + 6, a->evidence[i].number);
			sum += (int)a->evidence[i].number;
		}
	if (sum != a->score)
		printf("  %-22s %d\n", "(kept within 1..100)", a->score);
}

/* "floor-1h-bytes above 312 MB" and the like. */
static void silent_number(const struct alert *a, const char *key,
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
	printf("  %s above %s\n", option, shown);
}

static void silent_volume(const struct alert *a)
{
	const struct evidence_pair *files = find(a, "z_files");
	const struct evidence_pair *bytes = find(a, "z_bytes");
	const struct evidence_pair *slack = find(a, "bytes_slack");
	double z;

	silent_number(a, "window_bytes", "the floor of bytes", true);
	silent_number(a, "window_files", "the floor of files", false);
	if (files == NULL || bytes == NULL)
		return;
	z = bytes->real + (slack != NULL ? slack->real : 0);
	z = files->real < z ? files->real : z;
	printf("  k above %.2f (unless a ceiling was passed)\n", z);
}

static void show_silent(const struct alert *a)
{
	const struct evidence_pair *chance = find(a, "chance_log10");
	const struct evidence_pair *p = find(a, "p_user");

	puts("\nAny of these would have kept it silent");
	silent_volume(a);
	silent_number(a, "sent_bytes", "data-transfer: upload-floor", true);
	silent_number(a, "taken_decayed_bytes",
	    "data-transfer: download-floor", true);
	if (chance != NULL)
		printf("  data-transfer: chance above %.1f, where sizes alone "
		    "speak\n", -chance->real);
	if (p != NULL)
		printf("  behavioral-anomaly: p-user at most %.4f, or the hour "
		    "in the group's calendar\n", p->real);
	if (find(a, "resource") != NULL)
		puts("  the group among those allowed to use the resource");
	printf("  an exception for %s and %s\n", a->user, a->kind);
}

static bool show_event(int64_t number, const struct event *ev, void *arg)
{
	const struct alert *a = arg;
	char when[40], volume[32];
	struct text t = text_in(volume, sizeof(volume));

	(void)number;
	if (ev->at_us > a->last_us + hour_us)
		return false;
	if (ev->kind != EV_TRANSFER || (ev->flags & EVENT_PROGRESS))
		return true;
	text_volume(&t, ev->up);
	printf("  %s  %-4s %3u file%s %8s  %.*s\n", time_text(ev->at_us,
	    when), ev->flags & EVENT_UPLOAD ? "up" : "down", ev->count,
	    ev->count == 1 ? " " : "s", volume, (int)sizeof(ev->host),
	    addr_is_private(&ev->server) ? "(inside)" : ev->host);
	return true;
}

static void show(struct store *s, const struct alert *a)
{
	char when[40];

	printf("%s  %s  %s\n%s\n\n", a->id, a->kind, risk_name(a->risk),
	    a->message);
	printf("  user        %s (%s)\n", a->user, a->group);
	printf("  client      %s\n", a->client);
	printf("  techniques  %s\n", a->techniques);
	printf("  from        %s\n", time_text(a->first_us, when));
	printf("  to          %s\n", time_text(a->last_us, when));
	if (a->withheld != WITHHELD_NOT)
		printf("  not sent    %s\n", withheld_name(a->withheld));
	if (a->update_of[0] != '\0')
		printf("  update of   %s\n", a->update_of);
	show_evidence(a);
	show_silent(a);
	puts("\nTransfers");
	store_events(s, 0, a->user, a->first_us - hour_us, show_event,
	    (void *)(uintptr_t)a);
}

static bool show_line(const char *id, const void *blob, size_t n, void *arg)
{
	struct persisted *p = arg;
	char when[40];

	if (persist_alert_read(p, blob, n))
		printf("%s  %s  %-6s %3d  %s\n", id, time_text(
		    p->alert.at_us, when), risk_name(p->alert.risk),
		    p->alert.score, p->alert.message);
	return true;
}

/* Alerts can be read by whoever may read the file, transfers with its key
 * alone: they say who was where. */
static void unlock(struct store *s, const char *path)
{
	char beside[KEY_PATH], why[KEY_WHY];
	struct privacy_key key;

	key_beside(path, beside);
	if (!key_load(&key, beside, false, why) || !store_seal(s, &key))
		fprintf(stderr, "weir: no transfers are shown: %s\n", why);
	key_forget(&key);
}

static int explain(struct store *s, struct persisted *p, const char *id)
{
	const void *blob;
	size_t n = 0;

	if (id == NULL) {
		store_alerts(s, show_line, p);
		return EXIT_FINE;
	}
	blob = store_alert_find(s, id, &n);
	if (blob == NULL || !persist_alert_read(p, blob, n)) {
		fprintf(stderr, "weir: no alert '%.32s', or several\n", id);
		return EXIT_RUNTIME;
	}
	show(s, &p->alert);
	return EXIT_FINE;
}

static int run(int argc, char **argv)
{
	struct persisted *p;
	const char *path = NULL;
	struct store *s;
	int c, code;

	optind = 1;
	while ((c = command_next(words, argc, argv)) != -1)
		if (c == 's')
			path = optarg;
		else
			return command_usage(&command_explain);
	if (path == NULL || argc - optind > 1)
		return command_usage(&command_explain);
	s = store_open_readonly(path);
	p = calloc(1, sizeof(*p));
	if (s == NULL || p == NULL) {
		fprintf(stderr, "weir: %s: no store\n", path);
		store_close(s);
		free(p);
		return EXIT_RUNTIME;
	}
	unlock(s, path);
	code = explain(s, p, argc > optind ? argv[optind] : NULL);
	store_close(s);
	free(p);
	return code;
}

const struct command command_explain = {
	.name = "explain",
	.usage = "-s STORE [ID]",
	.summary = "every number that led to an alert",
	.words = words,
	.run = run,
};
