/*
 * The errors of configuration files: collected, never printed one by one.
 *
 * What does not fit into MAX_TEXT is counted and left out; words from a file
 * are escaped, for the file may be hostile even if its owner is not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "know/conf.h"

enum { MAX_TEXT = 256 * 1024, MAX_LINE = 1024, MAX_WORD = 64 };

void conf_errors_free(struct conf_errors *e)
{
	free(e->text);
	*e = (struct conf_errors){ 0 };
}

static bool make_room(struct conf_errors *e, size_t n)
{
	size_t size = e->size ? e->size : 4096;
	char *text;

	while (size < e->used + n + 1)
		size *= 2;
	if (size == e->size)
		return true;
	if (size > MAX_TEXT || (text = realloc(e->text, size)) == NULL)
		return false;
	e->text = text;
	e->size = size;
	return true;
}

__attribute__((format(printf, 5, 0)))
static void add(struct conf_errors *e, const char *file, unsigned int line,
    unsigned int column, const char *fmt, va_list ap)
{
	char message[MAX_LINE], whole[MAX_LINE * 3];
	struct text t = text_in(whole, sizeof(whole));

	e->n++;
	vsnprintf(message, sizeof(message), fmt, ap);
	if (line > 0)
		text_printf(&t, "%s:%u:%u: ", file, line, column);
	else
		text_printf(&t, "%s: ", file);
	text_escape(&t, slice_str(message));
	if (!make_room(e, t.n + 1))
		return;
	memcpy(e->text + e->used, t.p, t.n);
	e->used += t.n;
	e->text[e->used++] = '\n';
	e->text[e->used] = '\0';
}

void conf_error(struct conf_errors *e, const struct conf_node *at,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(e, at->file, at->line, at->column, fmt, ap);
	va_end(ap);
}

void conf_error_key(struct conf_errors *e, const struct conf_node *at,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (at->key != NULL)
		add(e, at->file, at->key_line, at->key_column, fmt, ap);
	else
		add(e, at->file, at->line, at->column, fmt, ap);
	va_end(ap);
}

void conf_error_at(struct conf_errors *e, const char *file,
    unsigned int line, unsigned int column, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(e, file, line, column, fmt, ap);
	va_end(ap);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Changes that turn a into b; two neighbours swapped count as one. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t rows[3][MAX_WORD + 1];
	size_t *two = rows[0], *one = rows[1], *now = rows[2], *t;
	size_t i, j, cost;

	for (j = 0; j <= nb; j++)
		one[j] = two[j] = j;
	for (i = 1; i <= na; i++) {
		now[0] = i;
		for (j = 1; j <= nb; j++) {
			cost = a[i - 1] != b[j - 1];
			now[j] = least(least(now[j - 1], one[j]) + 1,
			    one[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = least(now[j], two[j - 2] + 1);
		}
		t = two;
		two = one;
		one = now;
		now = t;
	}
	return one[nb];
}

const char *conf_near(const char *word, const char *const *names)
{
	size_t n = strlen(word), best = n / 3 + 1, d;
	const char *near = NULL;

	if (n == 0 || n > MAX_WORD)
		return NULL;
	for (; *names != NULL; names++) {
		if (strlen(*names) > MAX_WORD)
			continue;
		d = distance(word, n, *names, strlen(*names));
		if (d < best || (d == best && near == NULL)) {
			best = d;
			near = *names;
		}
	}
	return near;
}

void conf_error_near(struct conf_errors *e, const struct conf_node *at,
    const char *what, const char *const *names)
{
	const char *near = conf_near(at->text, names);

	if (near != NULL)
		conf_error(e, at, "no such %s '%.64s'; did you mean '%s'?",
		    what, at->text, near);
	else
		conf_error(e, at, "no such %s '%.64s'", what, at->text);
}
