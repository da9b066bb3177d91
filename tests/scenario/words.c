/*
 * words.c - the words of a statement: volumes, durations, days, times.
 */
#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

void play_syntax(const struct play *p, const char *what, const char *word)
{
	errx(2, "%s:%u: %s '%s'", p->path, p->line, what, word);
}

char *word_next(char **rest)
{
	char *w;

	while (**rest == ' ' || **rest == '\t')
		(*rest)++;
	if (**rest == '\0' || **rest == '#')
		return NULL;
	if (**rest == '"') {
		w = ++*rest;
		*rest += strcspn(*rest, "\"");
	} else {
		w = *rest;
		*rest += strcspn(*rest, " \t");
	}
	if (**rest != '\0')
		*(*rest)++ = '\0';
	return w;
}

char *word_need(const struct play *p, char **rest, const char *what)
{
	char *w = word_next(rest);

	if (w == NULL)
		play_syntax(p, "missing", what);
	return w;
}

double word_volume(const struct play *p, const char *w)
{
	static const char *const units[] = { "B", "kB", "MB", "GB" };
	char *end;
	double v = strtod(w, &end);

	for (size_t i = 0; i < 4; i++)
		if (strcmp(end, units[i]) == 0)
			return v * pow(1000, (double)i);
	play_syntax(p, "not a volume", w);
	return 0;
}

int64_t word_duration(const struct play *p, const char *w)
{
	char *end;
	double v = strtod(w, &end);
	int64_t unit = *end == 's' ? SECOND_US : *end == 'm' ? MINUTE_US :
	    *end == 'h' ? HOUR_US : *end == 'd' ? DAY_US : 0;

	if (unit == 0)
		play_syntax(p, "not a duration", w);
	return (int64_t)(v * (double)unit);
}

/* "5..15" or "7"; a unit at the end belongs to both. */
void word_range(const char *w, double *from, double *to)
{
	char *dots = strstr(w, "..");

	*from = strtod(w, NULL);
	*to = dots != NULL ? strtod(dots + 2, NULL) : *from;
}

int word_weekday(const char *w)
{
	static const char *const names[] = { "Mon", "Tue", "Wed", "Thu",
	    "Fri", "Sat", "Sun" };

	for (int i = 0; i < 7; i++)
		if (strcmp(w, names[i]) == 0)
			return i;
	return -1;
}

int64_t word_clock(const struct play *p, const char *w)
{
	int h, m, s = 0;

	if (sscanf(w, "%d:%d:%d", &h, &m, &s) < 2)
		play_syntax(p, "not a time", w);
	return h * HOUR_US + m * MINUTE_US + s * SECOND_US;
}
