/*
 * summary_print.c - the table of users and services, doubts, alerts.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "summary_parts.h"

enum { ROWS_SHOWN = 60 };

static uint64_t weight(const struct row *r)
{
	return r->up + r->down;
}

/* The largest user on top, and each user's largest service. */
static int by_weight(const void *a, const void *b)
{
	const struct row *x = *(const struct row *const *)a;
	const struct row *y = *(const struct row *const *)b;
	int order = strcmp(x->key.who, y->key.who);

	if (x->user_bytes != y->user_bytes)
		return x->user_bytes < y->user_bytes ? 1 : -1;
	if (order != 0)
		return order;
	if (weight(x) != weight(y))
		return weight(x) < weight(y) ? 1 : -1;
	return strcmp(x->key.service, y->key.service);
}

static void print_way(FILE *to, const struct row *r, enum way way)
{
	char cell[64];
	struct text t = text_in(cell, sizeof(cell));

	if (r->files[way] > 0) {
		text_printf(&t, "%s%" PRIu64 " file%s, ",
		    r->uncertain[way] ? "~" : "", r->files[way],
		    r->files[way] == 1 ? "" : "s");
		text_volume(&t, r->file_bytes[way]);
	} else {
		text_add(&t, "-");
	}
	fprintf(to, "  %-20s", cell);
}

static void print_row(FILE *to, const struct row *r, const char *previous,
    int width)
{
	char volume[32];
	struct text t = text_in(volume, sizeof(volume));
	bool same = previous != NULL && strcmp(previous, r->key.who) == 0;

	text_volume(&t, weight(r));
	fprintf(to, "%-*s  %-18.18s %-11.11s", width,
	    same ? "" : r->key.who, r->name, category_name(r->category));
	print_way(to, r, DOWNLOAD);
	print_way(to, r, UPLOAD);
	fprintf(to, "  %9s%s\n", volume, r->unapproved ? "  unapproved" : "");
}

/* Rows of one user stand together when all have user_bytes 0. */
static void sum_users(struct row **rows, uint32_t n)
{
	uint32_t first = 0, end;

	qsort(rows, n, sizeof(*rows), by_weight);
	for (; first < n; first = end) {
		uint64_t sum = 0;

		for (end = first; end < n && strcmp(rows[end]->key.who,
		    rows[first]->key.who) == 0; end++)
			sum += weight(rows[end]);
		for (uint32_t i = first; i < end; i++)
			rows[i]->user_bytes = sum;
	}
	qsort(rows, n, sizeof(*rows), by_weight);
}

/* As wide as the longest name that is shown: an IPv6 address is no use cut. */
static int who_width(struct row *const *rows, uint32_t n)
{
	size_t width = 12;

	for (uint32_t i = 0; i < n && i < ROWS_SHOWN; i++)
		if (strlen(rows[i]->key.who) > width)
			width = strlen(rows[i]->key.who);
	return (int)width;
}

static void print_rows(struct summary *s, FILE *to)
{
	uint32_t n = table_count(&s->rows), i = 0;
	struct row **rows = calloc(n + 1, sizeof(*rows));
	int width;

	if (rows == NULL)
		return;
	for (struct row *r = table_oldest(&s->rows); r != NULL;
	    r = table_newer(&s->rows, r))
		rows[i++] = r;
	sum_users(rows, n);
	width = who_width(rows, n);
	if (n > 0)
		fprintf(to, "%-*s  %-18s %-11s  %-20s  %-20s  %9s\n", width,
		    "WHO", "SERVICE", "KIND", "TOOK", "SENT", "VOLUME");
	for (i = 0; i < n && i < ROWS_SHOWN; i++)
		print_row(to, rows[i], i > 0 ? rows[i - 1]->key.who : NULL,
		    width);
	if (n > ROWS_SHOWN)
		fprintf(to, "... and %u more rows: --json lists all\n",
		    n - ROWS_SHOWN);
	if (n == 0)
		fputs("no chat, cloud or device traffic\n", to);
	if (s->rows.evicted > 0)
		fprintf(to, "%" PRIu64 " rows were dropped to bound memory\n",
		    s->rows.evicted);
	free(rows);
}

static void print_blind(const struct summary *s, FILE *to)
{
	char volume[32];
	struct text t = text_in(volume, sizeof(volume));

	if (s->blind_flows == 0)
		return;
	text_volume(&t, s->blind_bytes);
	fprintf(to, "\n%s in %" PRIu64 " flow%s went where weir cannot look "
	    "(KIND vpn): nothing seen\nthere does not mean that nothing "
	    "left\n", volume, s->blind_flows,
	    s->blind_flows == 1 ? "" : "s");
}

static void print_alert(FILE *to, const struct line *l, bool colour)
{
	bool withheld = l->withheld != WITHHELD_NOT;

	fprintf(to, "%s%-6s%s  %-18s  %s%s%s\n",
	    colour && l->risk == RISK_HIGH ? "\033[31m" : "",
	    risk_name(l->risk), colour ? "\033[0m" : "", l->kind, l->text,
	    withheld ? "; not sent: " : "",
	    withheld ? withheld_name(l->withheld) : "");
}

/* The highest risk first, each in the order of time. */
static void print_alerts(const struct summary *s, FILE *to)
{
	uint64_t n = s->alerts_n < SUMMARY_ALERTS ? s->alerts_n :
	    SUMMARY_ALERTS;
	bool colour = isatty(fileno(to)) == 1 && getenv("NO_COLOR") == NULL;

	if (n == 0) {
		fputs("\nno alerts\n", to);
		return;
	}
	fprintf(to, "\n%" PRIu64 " alert%s\n", s->alerts_n,
	    s->alerts_n == 1 ? "" : "s");
	for (int risk = RISK_HIGH; risk >= 0; risk--)
		for (uint64_t i = 0; i < n; i++)
			if ((int)s->alerts[i].risk == risk)
				print_alert(to, &s->alerts[i], colour);
	if (s->alerts_n > n)
		fprintf(to, "... and %" PRIu64 " more: --json lists all\n",
		    s->alerts_n - n);
}

static void print_span(const struct summary *s,
    const struct worker_counts *c, FILE *to)
{
	char line[256];
	struct text t = text_in(line, sizeof(line));
	int64_t span_s = (s->last_us - s->first_us) / 1000000;

	text_printf(&t, "%" PRIu64 " packets, ", c->decode.frames);
	text_volume(&t, c->decode.bytes);
	text_printf(&t, " on the wire in %" PRId64 ":%02" PRId64 ":%02" PRId64
	    ", %" PRIu64 " flows; %" PRIu64 " unnamed (", span_s / 3600,
	    span_s / 60 % 60, span_s % 60, c->flow.created,
	    s->unnamed_flows);
	text_volume(&t, s->unnamed_bytes);
	text_add(&t, ")");
	fprintf(to, "%s\n", line);
}

/* What makes every number above a lower bound, or wrong: always said. */
static void print_doubts(const struct summary *s,
    const struct worker_counts *c, FILE *to)
{
	const struct { uint64_t n; const char *what; } doubts[] = {
		{ 2 * s->one_sided > s->tcp_flows ? s->one_sided : 0,
		    "TCP flows show one direction alone: the mirror takes "
		    "only ingress or egress?" },
		{ c->decode.truncated, "packets are cut: volumes are exact, "
		    "names and file counts may suffer" },
		{ c->flow.lost_bytes, "bytes were missed by the capture: "
		    "volumes include them, names may be missing" },
		{ c->flow.copies, "packets were copies (counted once): "
		    "the SPAN port sees both sides of a router?" },
		{ c->flow.evicted, "flows were dropped early to bound memory:"
		    " raise flow.max-flows" },
		{ c->decode.bad, "frames were too short or inconsistent" },
		{ c->decode.unknown, "frames had a link layer or tunnel that "
		    "weir cannot open" },
		{ c->decode.too_deep, "frames were nested too deep" },
		{ c->decode.fragments_dropped, "fragments never became "
		    "whole" },
		{ c->study.refused, "flows were not studied to bound "
		    "memory" },
		{ c->study.budget_refused, "times there was no memory for a "
		    "compressed or multiplexed stream" },
		{ c->study.budget_capped, "compressed streams were let go: "
		    "what came out was beyond measure" },
	};

	for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++)
		if (doubts[i].n > 0)
			fprintf(to, "note: %" PRIu64 " %s\n", doubts[i].n,
			    doubts[i].what);
}

void summary_print(struct summary *s, const struct worker_counts *counts,
    FILE *to)
{
	print_span(s, counts, to);
	print_doubts(s, counts, to);
	fputc('\n', to);
	print_rows(s, to);
	print_blind(s, to);
	print_alerts(s, to);
}
