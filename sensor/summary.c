/*
 * summary.c - what a replay sums up: users and services, and the alerts.
 *
 * Bounded: the rows used least recently are dropped when there are very
 * many, and the summary says so.  Names come from the wire: escaped.
 */
#include "summary_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { ROWS = 20000 };

struct summary *summary_new(void)
{
	struct summary *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->alerts = calloc(SUMMARY_ALERTS, sizeof(*s->alerts));
	if (s->alerts == NULL || !table_init(&s->rows,
	    sizeof(struct row_key), sizeof(struct row), ROWS)) {
		free(s->alerts);
		free(s);
		return NULL;
	}
	return s;
}

void summary_free(struct summary *s)
{
	if (s == NULL)
		return;
	table_free(&s->rows);
	free(s->alerts);
	free(s);
}

static void copy(char *to, size_t size, const char *from)
{
	struct text t = text_in(to, size);

	text_escape(&t, slice_str(from));
}

static struct row *row_of(struct summary *s, const struct who *who,
    const struct service *service)
{
	struct row_key key = { 0 };
	struct row *row;
	bool fresh;

	copy(key.who, sizeof(key.who), who->name ? who->name : "");
	copy(key.service, sizeof(key.service), service->id);
	row = table_make(&s->rows, &key, &fresh);
	if (fresh) {
		row->key = key;
		row->category = service->category;
		copy(row->name, sizeof(row->name), service->name);
		copy(row->group, sizeof(row->group), who->group->name);
	}
	return row;
}

/* A hidden name may be anybody's: a row of its own, beside the cover's. */
static void blind(struct summary *s, const struct flow_seen *f)
{
	static const struct service ech = { .id = "ech",
		.name = "Encrypted hello", .category = CATEGORY_VPN };
	uint64_t bytes = f->ev->up + f->ev->down;
	struct row *row;

	s->blind_flows++;
	s->blind_bytes += bytes;
	if (f->to.rule != NULL &&
	    f->to.rule->service->category == CATEGORY_VPN)
		return;			/* a row of that name says it */
	row = row_of(s, &f->who, &ech);
	row->flows++;
	row->up += f->ev->up;
	row->down += f->ev->down;
}

void summary_flow(struct summary *s, const struct flow_seen *f)
{
	const struct event *ev = f->ev;
	struct row *row;

	if (ev->kind != EV_FLOW_END)
		return;
	if (s->first_us == 0 || ev->start_us < s->first_us)
		s->first_us = ev->start_us;
	if (ev->at_us > s->last_us)
		s->last_us = ev->at_us;
	s->tcp_flows += event_shows_sides(ev);
	s->one_sided += event_one_sided(ev);
	if (f->to.blind != NULL)
		blind(s, f);
	if (f->to.rule == NULL) {
		s->unnamed_flows++;
		s->unnamed_bytes += ev->up + ev->down;
		return;
	}
	if (f->to.rule->service->category == CATEGORY_OTHER)
		return;
	row = row_of(s, &f->who, f->to.rule->service);
	row->flows++;
	row->up += ev->up;
	row->down += ev->down;
}

void summary_transfer(struct summary *s, const struct transfer *t)
{
	struct row *row;

	if (t->to.rule == NULL || !t->counted)
		return;
	row = row_of(s, &t->who, t->to.rule->service);
	row->files[t->way] += t->ev->count;
	row->file_bytes[t->way] += t->ev->up;
	row->uncertain[t->way] |= t->ev->count_lo != t->ev->count_hi;
	row->unapproved |= t->egress && !t->approved;
}

void summary_alert(struct summary *s, const struct alert *a)
{
	struct line *line;

	if (s->alerts_n++ >= SUMMARY_ALERTS)
		return;
	line = &s->alerts[s->alerts_n - 1];
	line->risk = a->risk;
	copy(line->kind, sizeof(line->kind), a->kind);
	copy(line->text, sizeof(line->text), a->message);
	line->withheld = a->withheld;
}
