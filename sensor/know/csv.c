/*
 * csv.c - see csv.h.
 */
#include "know/csv.h"

#include <errno.h>
#include <string.h>

static char *trimmed(char *text)
{
	size_t n;

	text += strspn(text, " \t");
	n = strlen(text);
	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		text[--n] = '\0';
	return text;
}

void csv_beside(char *path, size_t size, const struct conf_node *node)
{
	const char *slash = strrchr(node->file, '/');

	if (*node->text == '/' || slash == NULL)
		snprintf(path, size, "%s", node->text);
	else
		snprintf(path, size, "%.*s/%s", (int)(slash - node->file),
		    node->file, node->text);
}

bool csv_open(struct csv *c, const struct conf_node *node,
    struct arena *a, struct conf_errors *e)
{
	char path[4096];

	*c = (struct csv){ 0 };
	csv_beside(path, sizeof(path), node);
	c->path = arena_text(a, path, strlen(path));
	c->file = fopen(path, "re");
	if (c->file == NULL)
		conf_error(e, node, "%s: %s", path, strerror(errno));
	c->at.file = c->path;
	return c->file != NULL;
}

bool csv_next(struct csv *c, struct conf_errors *e)
{
	char *comma, *text;

	while (fgets(c->line, sizeof(c->line), c->file) != NULL) {
		c->at.line++;
		c->at.column = 1;
		if (strchr(c->line, '\n') == NULL && !feof(c->file)) {
			conf_error(e, &c->at, "this line is too long");
			return false;
		}
		text = c->line + strspn(c->line, " \t\r\n");
		if (*text == '#' || *text == '\0')
			continue;
		comma = strchr(text, ',');
		if (comma == NULL) {
			conf_error(e, &c->at, "two columns are needed, "
			    "parted by a comma");
			continue;
		}
		c->second_at = c->at;
		c->second_at.column = (unsigned int)(comma + 1 - c->line) + 1;
		*comma = '\0';
		c->first = trimmed(text);
		c->second = trimmed(comma + 1);
		return true;
	}
	return false;
}
