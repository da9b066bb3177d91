/*
 * expect.c - the alerts that a scenario wants, against those that came.
 */
#include "scenario.h"

#include <err.h>
#include <string.h>

struct wanted {
	char *kind, *user, *target, *says;
	int risk;			/* -1: any */
	bool would, update;
};

/* Words up to a comma; texts in quotes keep theirs. */
static char *word(char **rest, bool *last)
{
	char *w;

	*rest += strspn(*rest, " \t");
	if (**rest == '\0' || **rest == '#')
		return NULL;
	if (**rest == '"') {
		w = ++*rest;
		*rest += strcspn(*rest, "\"");
		if (**rest != '\0')
			*(*rest)++ = '\0';
	} else {
		w = *rest;
		*rest += strcspn(*rest, " \t,");
	}
	*last = **rest == ',';
	if (**rest != '\0')
		*(*rest)++ = '\0';
	return w;
}

static bool read_one(struct play *p, char **rest, struct wanted *w)
{
	bool last = false;
	char *at = word(rest, &last);

	*w = (struct wanted){ .kind = at, .risk = -1 };
	if (at == NULL)
		return false;
	while (!last && (at = word(rest, &last)) != NULL) {
		if (strcmp(at, "of") == 0)
			w->user = word(rest, &last);
		else if (strcmp(at, "to") == 0)
			w->target = word(rest, &last);
		else if (strcmp(at, "says") == 0)
			w->says = word(rest, &last);
		else if (strcmp(at, "high") == 0)
			w->risk = RISK_HIGH;
		else if (strcmp(at, "medium") == 0)
			w->risk = RISK_MEDIUM;
		else if (strcmp(at, "would") == 0)
			w->would = true;
		else if (strcmp(at, "update") == 0)
			w->update = true;
		else
			errx(2, "%s:%u: unknown '%s'", p->path, p->line, at);
	}
	return true;
}

static bool fits(const struct wanted *w, const struct alert *a, bool would)
{
	return strcmp(w->kind, a->kind) == 0 && w->would == would &&
	    (w->user == NULL || strcmp(w->user, a->user) == 0) &&
	    (w->target == NULL || strcmp(w->target, a->target) == 0) &&
	    (w->says == NULL || strstr(a->message, w->says) != NULL) &&
	    (w->risk < 0 || w->risk == (int)a->risk) &&
	    w->update == (a->update_of[0] != '\0');
}

static void show(const struct play *p, const char *what, unsigned int i)
{
	const struct alert *a = &p->alerts[i];

	printf("%s:%u: %s %s%s%s %s (score %d): %s\n", p->path, p->line, what,
	    p->would[i] ? "would-be " : "", a->kind,
	    a->update_of[0] != '\0' ? " update" : "", risk_name(a->risk),
	    a->score, a->message);
}

void expect_read(struct play *p, char *rest)
{
	struct wanted w;

	p->expected++;
	while (read_one(p, &rest, &w)) {
		unsigned int i = 0;

		if (strcmp(w.kind, "nothing") == 0)
			break;
		while (i < p->alerts_n &&
		    !fits(&w, &p->alerts[i], p->would[i]))
			i++;
		if (i == p->alerts_n) {
			printf("%s:%u: missing %s of %s\n", p->path, p->line,
			    w.kind, w.user != NULL ? w.user : "anyone");
			p->failed++;
			continue;
		}
		if (p->verbose)
			show(p, "as expected,", i);
		p->alerts_n--;
		memmove(&p->alerts[i], &p->alerts[i + 1],
		    (p->alerts_n - i) * sizeof(*p->alerts));
		memmove(&p->would[i], &p->would[i + 1],
		    (p->alerts_n - i) * sizeof(*p->would));
	}
	for (unsigned int i = 0; i < p->alerts_n; i++) {
		show(p, "unexpected", i);
		p->failed++;
	}
	p->alerts_n = 0;
}
