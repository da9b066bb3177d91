/*
 * Everything in force, as YAML that loads again.
 *
 * Each value is followed by where it comes from and what it means; what has
 * no value is shown as a comment.  So `weir --dump-config` is at once the
 * answer to "why does it do that" and a configuration to start from.
 */
#include "config/config_parts.h"

#include <stdio.h>
#include <string.h>

#include "alert/output.h"
#include "base/text.h"
#include "detect/detect.h"

enum { COMMENT_AT = 40 };

struct dump {
	void (*line)(const char *, void *);
	void *arg;
	char buffer[2048];
	struct text text;
};

static void begin(struct dump *d, unsigned int indent, bool item)
{
	d->text = text_in(d->buffer, sizeof(d->buffer));
	text_printf(&d->text, "%*s%s", (int)(indent * 2), "",
	    item ? "- " : "");
}

static void end(struct dump *d)
{
	d->line(d->buffer, d->arg);
}

static void comment(struct dump *d, const struct conf_node *from,
    const char *help)
{
	while (d->text.n + 1 < COMMENT_AT)
		text_add(&d->text, " ");
	if (from != NULL)
		text_printf(&d->text, " # %s:%u", from->file, from->line);
	else
		text_add(&d->text, " # default");
	if (help != NULL)
		text_printf(&d->text, "; %s", help);
}

/* Plain where YAML reads it back as itself, else in double quotes. */
static void scalar(struct text *t, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+%";

	if (*s != '\0' && strspn(s, plain) > 0 &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+%-@") == strlen(s)) {
		text_add(t, s);
		return;
	}
	text_add(t, "\"");
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			text_printf(t, "\\%c", *s);
		else if ((unsigned char)*s < ' ')
			text_printf(t, "\\x%02x", (unsigned int)*s);
		else
			text_bytes(t, s, 1);
	}
	text_add(t, "\"");
}

static void value(struct dump *d, const struct conf_field *f,
    const void *from, const struct conf_node *node)
{
	char shown[1024];

	conf_show(f, from, shown, sizeof(shown));
	if (f->type == CONF_TEXT && *shown == '\0')
		return;
	text_printf(&d->text, "%s: ", f->name);
	scalar(&d->text, shown);
	comment(d, node, f->help);
	end(d);
}

static bool is_empty(const struct conf_field *f, const void *from)
{
	char shown[8];

	return f->type == CONF_TEXT &&
	    *conf_show(f, from, shown, sizeof(shown)) == '\0';
}

static void absent(struct dump *d, const struct conf_field *f)
{
	text_printf(&d->text, "# %s:", f->name);
	comment(d, NULL, f->help);
	end(d);
}

static void fields(struct dump *d, const struct conf_field *f,
    const void *from, const struct conf_node *map, unsigned int indent,
    bool item)
{
	for (; f->name != NULL; f++) {
		if (f->type == CONF_NODE)
			continue;
		begin(d, indent, item);
		if (is_empty(f, from)) {
			begin(d, indent + item, false);
			absent(d, f);
			continue;
		}
		value(d, f, from, conf_get(map, f->name));
		if (item) {
			item = false;
			indent++;
		}
	}
}

static void title(struct dump *d, const char *name, unsigned int indent)
{
	begin(d, indent, false);
	text_printf(&d->text, "%s:", name);
	end(d);
}

/* A part of the file as it was read: the policy. */
static void tree(struct dump *d, const struct conf_node *node,
    unsigned int indent, bool dash)
{
	unsigned int inner = indent + dash;
	const struct conf_node *c;

	if (node->key == NULL && node->kind == CONF_MAP && node->child) {
		for (c = node->child; c != NULL; c = c->next)
			tree(d, c, c == node->child ? indent : inner,
			    dash && c == node->child);
		return;
	}
	begin(d, indent, dash);
	if (node->key != NULL) {
		scalar(&d->text, node->key);
		text_add(&d->text, ":");
	}
	if (node->kind == CONF_SCALAR) {
		text_add(&d->text, node->key != NULL ? " " : "");
		scalar(&d->text, node->text);
		comment(d, node, NULL);
	} else if (node->child == NULL) {
		text_add(&d->text, node->kind == CONF_MAP ? " {}" : " []");
	}
	end(d);
	for (c = node->child; c != NULL; c = c->next)
		tree(d, c, node->key != NULL ? inner + 1 : inner,
		    node->kind == CONF_LIST);
}

static void policy(struct dump *d, const struct config *c,
    const struct conf_node *node)
{
	const struct group *g;
	size_t i;

	if (node != NULL) {
		tree(d, node, 0, false);
		return;
	}
	title(d, "policy", 0);
	title(d, "groups", 1);
	for (i = 0; (g = policy_group_at(c->policy, i)) != NULL; i++) {
		title(d, g->id, 2);
		begin(d, 3, false);
		text_add(&d->text, "name: ");
		scalar(&d->text, g->name);
		comment(d, NULL, NULL);
		end(d);
		begin(d, 3, false);
		text_printf(&d->text, "monitor: %s",
		    g->monitor ? "yes" : "no");
		comment(d, NULL, "no: nothing is kept of its members");
		end(d);
	}
}

static void all_outputs(struct dump *d, const struct config *c,
    const struct conf_node *list)
{
	const struct conf_node *item = list ? list->child : NULL;
	const struct config_output *o;

	begin(d, 0, false);
	text_add(&d->text, c->outputs ? "outputs:" : "outputs: []");
	end(d);
	for (o = c->outputs; o != NULL; o = o->next) {
		fields(d, outputs[o->kind]->options, o->settings, item, 1,
		    true);
		item = item ? item->next : NULL;
	}
}

void config_dump(const struct config *c, void (*line)(const char *, void *),
    void *arg)
{
	struct dump d = { .line = line, .arg = arg };
	struct config_top top = { .sensor = c->sensor, .user = c->user };
	const struct config_section *s;
	const struct conf_node *map;
	unsigned int i;

	fields(&d, config_top_fields, &top, c->root, 0, false);
	for (s = config_sections; s->name != NULL; s++) {
		title(&d, s->name, 0);
		fields(&d, s->fields, c, conf_get(c->root, s->name), 1,
		    false);
	}
	policy(&d, c, conf_get(c->root, "policy"));
	title(&d, "detections", 0);
	map = conf_get(c->root, "detections");
	for (i = 0; detections[i] != NULL; i++) {
		title(&d, detections[i]->name, 1);
		fields(&d, detections[i]->options, c->detections[i],
		    conf_get(map, detections[i]->name), 2, false);
	}
	all_outputs(&d, c, conf_get(c->root, "outputs"));
}
