/*
 * proposal.c - what is to be added to a configuration, and where in its text:
 * beside what is there, in the style that is there.
 */
#include "command/proposal_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static bool split(struct proposal *p)
{
	char *at = p->text, *end;

	p->lines = calloc(LINES_MAX, sizeof(*p->lines));
	if (p->lines == NULL)
		return false;
	while (*at != '\0' && p->lines_n < LINES_MAX) {
		p->lines[p->lines_n++] = at;
		end = strchr(at, '\n');
		if (end == NULL)
			break;
		*end = '\0';
		at = end + 1;
	}
	return true;
}

static char *whole(const char *path)
{
	FILE *f = path == NULL ? NULL : fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	if (path != NULL && f == NULL)
		return NULL;
	if (f == NULL || getdelim(&text, &room, '\0', f) == -1) {
		free(text);
		text = calloc(1, 1);
	}
	if (f != NULL)
		fclose(f);
	return text;
}

struct proposal *proposal_new(const struct config *c)
{
	struct proposal *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->config = c;
	p->text = whole(c->path);
	if (p->text == NULL || !split(p)) {
		proposal_free(p);
		return NULL;
	}
	return p;
}

void proposal_free(struct proposal *p)
{
	if (p == NULL)
		return;
	free(p->lines);
	free(p->text);
	free(p);
}

void proposal_approve(struct proposal *p, const struct group *g,
    const char *word)
{
	struct wish *w = &p->wishes[g->index];

	if (w->n < WORDS_MAX)
		snprintf(w->words[w->n++], WORD, "%s", word);
}

void proposal_calendar(struct proposal *p, const struct group *g,
    const char *value)
{
	snprintf(p->wishes[g->index].calendar, VALUE, "%s", value);
}

static bool wished(const struct wish *w)
{
	return w->n > 0 || w->calendar[0] != '\0';
}

bool proposal_empty(const struct proposal *p)
{
	for (size_t i = 0; i < POLICY_GROUPS; i++)
		if (wished(&p->wishes[i]))
			return false;
	return true;
}

/* ---- where it goes ---- */

/* Room for more text there; NULL: there is none left. */
static struct added *place(struct proposal *p, unsigned int line,
    unsigned int column)
{
	struct added *a;

	for (size_t i = 0; i < p->added_n; i++)
		if (p->added[i].line == line && p->added[i].column == column)
			return &p->added[i];
	if (p->added_n == ADDED_MAX)
		return NULL;
	a = &p->added[p->added_n++];
	a->line = line;
	a->column = column;
	return a;
}

static void put(struct proposal *p, unsigned int line, unsigned int column,
    const char *before, const char *text, const char *after)
{
	struct added *a = place(p, line, column);
	size_t n = a == NULL ? 0 : strlen(a->text);

	if (a != NULL)
		snprintf(a->text + n, sizeof(a->text) - n, "%s%s%s", before,
		    text, after);
}

static char char_at(const struct proposal *p, unsigned int line,
    unsigned int column)
{
	if (line == 0 || line > p->lines_n ||
	    column == 0 || column > strlen(p->lines[line - 1]))
		return '\0';
	return p->lines[line - 1][column - 1];
}

static void indented(struct proposal *p, unsigned int line, size_t indent,
    const char *text)
{
	char space[64];

	snprintf(space, sizeof(space), "%*s",
	    indent < 60 ? (int)indent : 60, "");
	put(p, line, 0, space, text, "\n");
}

/* One more "key: value" of a map, or item of a list: in front of the first. */
static void add(struct proposal *p, const struct conf_node *to,
    const char *text)
{
	const struct conf_node *first = to->child;
	bool list = to->kind == CONF_LIST;
	char item[ADDED];

	if (char_at(p, to->line, to->column) == (list ? '[' : '{')) {
		put(p, to->line, to->column + 1, "", text,
		    first == NULL ? "" : ", ");
	} else if (first == NULL) {
		indented(p, to->key_line + 1, to->key_column + 1, text);
	} else if (list) {
		snprintf(item, sizeof(item), "- %.8000s", text);
		indented(p, first->line, strspn(p->lines[first->line - 1],
		    " "), item);
	} else {
		indented(p, first->key_line, first->key_column - 1u, text);
	}
}

/* ---- what goes there ---- */

static void approved_text(struct text *t, const struct wish *w)
{
	for (size_t i = 0; i < w->n; i++)
		text_printf(t, "%s%s", i > 0 ? ", " : "", w->words[i]);
}

static void approve(struct proposal *p, const struct conf_node *group,
    const struct wish *w)
{
	const struct conf_node *list = conf_get(group, "approved");
	char all[ADDED / 2], line[ADDED];
	struct text t = text_in(all, sizeof(all));

	if (list != NULL && list->kind == CONF_LIST &&
	    char_at(p, list->line, list->column) != '[') {
		for (size_t i = 0; i < w->n; i++)
			add(p, list, w->words[i]);
		return;
	}
	approved_text(&t, w);
	if (list == NULL) {
		snprintf(line, sizeof(line), "approved: [%s]", all);
		add(p, group, line);
	} else if (list->kind == CONF_LIST) {
		add(p, list, all);
	} else {			/* one word becomes a list */
		put(p, list->line, list->column, "[", all, ", ");
		put(p, list->line, list->column + 2u * list->quoted +
		    (unsigned int)strlen(list->text), "", "]", "");
	}
}

/* A group the file does not have, in one line. */
static void group_text(struct text *t, const struct group *g,
    const struct wish *w)
{
	text_printf(t, "%s: {name: \"%s\"", g->id, g->name);
	if (w->n > 0) {
		text_add(t, ", approved: [");
		approved_text(t, w);
		text_add(t, "]");
	}
	if (w->calendar[0] != '\0')
		text_printf(t, ", calendar: learned-%s", g->id);
	text_add(t, "}");
}

static void in_group(struct proposal *p, const struct conf_node *groups,
    const struct group *g, const struct wish *w)
{
	const struct conf_node *node = conf_get(groups, g->id);
	char line[ADDED];
	struct text t = text_in(line, sizeof(line));

	if (node == NULL) {
		group_text(&t, g, w);
		add(p, groups, line);
		return;
	}
	if (w->n > 0)
		approve(p, node, w);
	if (w->calendar[0] != '\0') {
		text_printf(&t, "calendar: learned-%s", g->id);
		add(p, node, line);
	}
}

/* All groups, as they are now: those of a file replace the built-in ones. */
static void new_groups(struct proposal *p, struct text *t)
{
	const struct policy *all = p->config->policy;

	text_add(t, "groups: {");
	for (size_t i = 0; i < policy_groups(all); i++) {
		if (i > 0)
			text_add(t, ", ");
		group_text(t, policy_group_at(all, i), &p->wishes[i]);
	}
	text_add(t, "}");
}

static void calendars_text(const struct proposal *p, struct text *t)
{
	const struct policy *all = p->config->policy;
	bool any = false;

	for (size_t i = 0; i < policy_groups(all); i++) {
		if (p->wishes[i].calendar[0] == '\0')
			continue;
		text_printf(t, "%slearned-%s: %s", any ? ", " : "",
		    policy_group_at(all, i)->id, p->wishes[i].calendar);
		any = true;
	}
}

static void calendars(struct proposal *p, const struct conf_node *policy,
    const char *all)
{
	const struct conf_node *node = conf_get(policy, "calendars");
	char line[ADDED];

	if (node != NULL && char_at(p, node->line, node->column) == '{') {
		add(p, node, all);
		return;
	}
	if (node == NULL) {
		snprintf(line, sizeof(line), "calendars: {%.8000s}", all);
		if (policy != NULL)
			add(p, policy, line);
		else
			indented(p, p->lines_n + 1, 2, line);
		return;
	}
	for (size_t i = 0; i < policy_groups(p->config->policy); i++) {
		const struct wish *w = &p->wishes[i];

		snprintf(line, sizeof(line), "learned-%s: %s",
		    policy_group_at(p->config->policy, i)->id, w->calendar);
		if (w->calendar[0] != '\0')
			add(p, node, line);
	}
}

void proposal_place(struct proposal *p)
{
	const struct conf_node *policy = conf_get(p->config->root, "policy");
	const struct conf_node *groups = conf_get(policy, "groups");
	char line[ADDED];
	struct text t = text_in(line, sizeof(line));

	if (p->placed || proposal_empty(p))
		return;
	p->placed = true;
	if (policy == NULL)
		put(p, p->lines_n + 1, 0, "", "policy:", "\n");
	for (size_t i = 0; groups != NULL && i < POLICY_GROUPS; i++)
		if (wished(&p->wishes[i]))
			in_group(p, groups,
			    policy_group_at(p->config->policy, i),
			    &p->wishes[i]);
	if (groups == NULL) {
		new_groups(p, &t);
		if (policy != NULL)
			add(p, policy, line);
		else
			indented(p, p->lines_n + 1, 2, line);
	}
	t = text_in(line, sizeof(line));
	calendars_text(p, &t);
	if (t.n > 0)
		calendars(p, policy, line);
}
