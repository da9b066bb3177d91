/*
 * alert.c - evidence, pair by pair.
 */
#include "track/alert.h"

#include "base/text.h"

static struct evidence_pair *next(struct alert *a, const char *key)
{
	struct evidence_pair *e;

	if (a->evidence_n == ALERT_EVIDENCE)
		return NULL;
	e = &a->evidence[a->evidence_n++];
	*e = (struct evidence_pair){ .key = key };
	return e;
}

void alert_number(struct alert *a, const char *key, int64_t value)
{
	struct evidence_pair *e = next(a, key);

	if (e != NULL)
		e->number = value;
}

void alert_real(struct alert *a, const char *key, double value)
{
	struct evidence_pair *e = next(a, key);

	if (e != NULL) {
		e->is_real = true;
		e->real = value;
	}
}

void alert_text(struct alert *a, const char *key, struct slice value)
{
	struct evidence_pair *e = next(a, key);
	struct text t;

	if (e == NULL)
		return;
	e->is_text = true;
	t = text_in(e->text, sizeof(e->text));
	text_bytes(&t, value.p, value.n);
}

const char *risk_name(enum risk r)
{
	static const char *const names[] = { "low", "medium", "high" };

	return names[r];
}

const char *withheld_name(enum withheld w)
{
	static const char *const names[] = { "no", "cold-start", "dry-run",
		"storm", "suppressed" };

	return names[w];
}
