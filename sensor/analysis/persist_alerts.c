/*
 * persist_alerts.c - alerts in the store: those that went out, and those that
 * still grow.
 *
 * The keys of an alert's evidence are pointers; they are written behind it as
 * text.
 */
#include "analysis/analysis_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "analysis/persist.h"
#include "analysis/persist_parts.h"

enum { KEY_TEXT = 32 };

size_t persist_alert(const struct alert *a, char *into, size_t size)
{
	size_t n = sizeof(*a) + KEY_TEXT * (a->evidence_n + 1);
	char *key = into + sizeof(*a);

	if (n > size)
		return 0;
	memcpy(into, a, sizeof(*a));
	memset(key, 0, n - sizeof(*a));
	snprintf(key, KEY_TEXT, "%s", a->kind);
	for (unsigned int i = 0; i < a->evidence_n; i++)
		snprintf(key + KEY_TEXT * (i + 1), KEY_TEXT, "%s",
		    a->evidence[i].key);
	return n;
}

static void name_kind(struct alert *a, const char *kind)
{
	a->kind = a->title = "unknown";
	for (unsigned int i = 0; detections[i] != NULL; i++)
		if (strcmp(detections[i]->name, kind) == 0) {
			a->kind = detections[i]->name;
			a->title = detections[i]->title;
		}
}

bool persist_alert_read(struct persisted *p, const void *blob, size_t n)
{
	struct slice in = slice_of(blob, n);
	const void *alert = slice_bytes(&in, sizeof(p->alert)), *key;
	char kind[KEY_TEXT];

	if (alert == NULL)
		return false;
	memcpy(&p->alert, alert, sizeof(p->alert));
	if (p->alert.evidence_n > ALERT_EVIDENCE ||
	    (key = slice_bytes(&in, KEY_TEXT)) == NULL)
		return false;
	memcpy(kind, key, KEY_TEXT);
	kind[KEY_TEXT - 1] = '\0';
	name_kind(&p->alert, kind);
	for (unsigned int i = 0; i < p->alert.evidence_n; i++) {
		key = slice_bytes(&in, KEY_TEXT);
		if (key == NULL)
			return false;
		memcpy(p->keys[i], key, KEY_TEXT);
		p->keys[i][KEY_TEXT - 1] = '\0';
		p->alert.evidence[i].key = p->keys[i];
	}
	return true;
}

/* Interned for the life of the analysis: keys are few. */
static const char *intern(struct analysis *a, const char *key)
{
	unsigned int i = 0;

	for (; i < KEYS_MAX && a->keys[i] != NULL; i++)
		if (strcmp(a->keys[i], key) == 0)
			return a->keys[i];
	return i == KEYS_MAX ? "other" : (a->keys[i] = strdup(key));
}

void persist_pending(struct analysis *a)
{
	store_clear(a->store, "pending");
	for (struct pending *p = table_oldest(&a->pending); p != NULL;
	    p = table_newer(&a->pending, p)) {
		size_t n = sizeof(*p);

		memcpy(a->scratch, p, n);
		n += persist_alert(&p->alert, a->scratch + n,
		    SCRATCH - n);
		store_put(a->store, "pending", table_key(&a->pending, p),
		    sizeof(struct pending_key), a->scratch, n);
	}
}

static bool load_pending(const void *name, size_t name_n, const void *blob,
    size_t n, void *arg)
{
	struct analysis *a = arg;
	struct pending_key k;
	struct persisted *read = calloc(1, sizeof(*read));
	struct pending *p;
	bool fresh;

	if (read == NULL || name_n != sizeof(k) || n < sizeof(*p))
		goto out;
	memcpy(&k, name, sizeof(k));
	if (!persist_alert_read(read, (const char *)blob + sizeof(*p),
	    n - sizeof(*p)))
		goto out;
	p = table_make(&a->pending, &k, &fresh);
	if (p == NULL)
		goto out;
	memcpy(p, blob, sizeof(*p));
	p->alert = read->alert;
	for (unsigned int i = 0; i < p->alert.evidence_n; i++)
		p->alert.evidence[i].key = intern(a,
		    read->alert.evidence[i].key);
out:
	free(read);
	return true;
}

void restore_pending(struct analysis *a)
{
	store_each(a->store, "pending", load_pending, a);
}

/* True when it has to be sent: it has not been, as far as is known. */
bool persist_send(struct analysis *a, const struct alert *al)
{
	size_t n;

	if (a->store == NULL)
		return true;
	if (a->rebuilding || store_has_alert(a->store, al->id))
		return false;
	n = persist_alert(al, a->scratch, SCRATCH);
	store_alert(a->store, al->id, al->at_us, a->scratch, n);
	return true;
}
