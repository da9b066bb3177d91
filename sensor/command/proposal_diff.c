/*
 * proposal_diff.c - the file as it would be, and the change as a diff.
 */
#include "command/proposal_parts.h"

#include <string.h>

enum { CONTEXT = 3 };

static bool changed(const struct proposal *p, unsigned int line)
{
	for (size_t i = 0; i < p->added_n; i++)
		if (p->added[i].line == line && p->added[i].column > 0)
			return true;
	return false;
}

static const char *lines_before(const struct proposal *p, unsigned int line)
{
	for (size_t i = 0; i < p->added_n; i++)
		if (p->added[i].line == line && p->added[i].column == 0)
			return p->added[i].text;
	return NULL;
}

/* A line with what is added inside of it. */
static void new_line(const struct proposal *p, unsigned int line, FILE *to)
{
	const char *old = p->lines[line - 1];

	for (unsigned int at = 1; at <= strlen(old) + 1; at++) {
		for (size_t i = 0; i < p->added_n; i++)
			if (p->added[i].line == line &&
			    p->added[i].column == at)
				fputs(p->added[i].text, to);
		if (old[at - 1] != '\0')
			putc(old[at - 1], to);
	}
	putc('\n', to);
}

void proposal_text(struct proposal *p, FILE *to)
{
	proposal_place(p);
	for (unsigned int i = 1; i <= p->lines_n + 1; i++) {
		const char *before = lines_before(p, i);

		if (before != NULL)
			fputs(before, to);
		if (i <= p->lines_n)
			new_line(p, i, to);
	}
}

static unsigned int count_lines(const char *text)
{
	unsigned int n = 0;

	for (; text != NULL && *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void plus_lines(const char *text, FILE *to)
{
	for (const char *end; text != NULL && *text != '\0'; text = end + 1) {
		end = strchr(text, '\n');
		fprintf(to, "+%.*s\n", (int)(end - text), text);
	}
}

static void hunk(const struct proposal *p, unsigned int from,
    unsigned int to_line, unsigned int more, FILE *to)
{
	unsigned int n = 0, fresh = 0;

	for (unsigned int i = from; i <= to_line; i++) {
		fresh += count_lines(lines_before(p, i));
		n += i <= p->lines_n;
	}
	fprintf(to, "@@ -%u,%u +%u,%u @@\n", n == 0 ? from - 1 : from, n,
	    n + fresh == 0 ? from - 1 + more : from + more, n + fresh);
	for (unsigned int i = from; i <= to_line; i++) {
		plus_lines(lines_before(p, i), to);
		if (i > p->lines_n)
			break;
		if (!changed(p, i)) {
			fprintf(to, " %s\n", p->lines[i - 1]);
			continue;
		}
		fprintf(to, "-%s\n+", p->lines[i - 1]);
		new_line(p, i, to);
	}
}

static bool touched(const struct proposal *p, unsigned int line)
{
	return changed(p, line) || lines_before(p, line) != NULL;
}

void proposal_diff(struct proposal *p, FILE *to)
{
	const char *path = p->config->path ? p->config->path : "weir.yaml";
	unsigned int more = 0, last = p->lines_n + 1;

	proposal_place(p);
	fprintf(to, "--- %s\n+++ %s\n", path, path);
	for (unsigned int i = 1; i <= last; i++) {
		unsigned int from = i > CONTEXT ? i - CONTEXT : 1, end = i;

		if (!touched(p, i))
			continue;
		for (unsigned int k = i; k <= last && k <= end + 2 * CONTEXT;
		    k++)
			if (touched(p, k))
				end = k;
		i = end;
		end = end + CONTEXT < last ? end + CONTEXT : last;
		hunk(p, from, end, more, to);
		for (unsigned int k = from; k <= end; k++)
			more += count_lines(lines_before(p, k));
		i = end;
	}
}
