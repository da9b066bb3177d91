/*
 * YAML to nodes with line and column; the only file that knows libyaml.
 *
 * Only the plain part of YAML is taken: maps, lists and scalars.  Anchors,
 * aliases, tags and second documents are refused, as are duplicate keys:
 * each has been used to make a reader see something else than the writer.
 * Size, depth and number of nodes are bounded, and no step is quadratic.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include "know/arena.h"
#include "know/conf.h"

enum { MAX_BYTES = 8 << 20, MAX_DEPTH = 16, MAX_NODES = 400000 };

/* The root comes first: conf_free() finds its arena through it. */
struct document {
	struct conf_node root;
	struct arena arena;
};

struct reader {
	yaml_parser_t parser;
	yaml_event_t event;
	struct document *doc;
	const char *file;
	struct conf_errors *errors;
	unsigned int nodes;
	const char *text;
	size_t size;
};

static bool read_node(struct reader *r, struct conf_node *node, int depth);

static void refuse(struct reader *r, const char *why)
{
	conf_error_at(r->errors, r->file,
	    (unsigned int)r->event.start_mark.line + 1,
	    (unsigned int)r->event.start_mark.column + 1, "%s", why);
}

/* Where a byte stands: libyaml gives no mark for what it could not decode. */
static void refuse_byte(struct reader *r, size_t offset, const char *why)
{
	unsigned int line = 1, column = 1;
	size_t i;

	for (i = 0; i < offset && i < r->size; i++) {
		if (r->text[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)r->text[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	conf_error_at(r->errors, r->file, line, column, "%s", why);
}

static bool next(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;

	if (yaml_parser_parse(&r->parser, &r->event))
		return true;
	r->event.type = YAML_NO_EVENT;
	if (p->error == YAML_READER_ERROR)
		refuse_byte(r, p->problem_offset, p->problem ? p->problem :
		    "not UTF-8");
	else
		conf_error_at(r->errors, r->file,
		    (unsigned int)p->problem_mark.line + 1,
		    (unsigned int)p->problem_mark.column + 1,
		    "%s%s%s", p->problem ? p->problem : "not YAML",
		    p->context ? ", " : "", p->context ? p->context : "");
	return false;
}

static void done(struct reader *r)
{
	yaml_event_delete(&r->event);
}

static const char *kept(struct reader *r, const yaml_char_t *text, size_t n)
{
	return arena_text(&r->doc->arena, (const char *)text, n);
}

static bool is_plain(struct reader *r)
{
	const yaml_event_t *ev = &r->event;

	if (ev->type == YAML_ALIAS_EVENT) {
		refuse(r, "aliases (*name) are not allowed");
		return false;
	}
	if ((ev->type == YAML_SCALAR_EVENT && ev->data.scalar.anchor) ||
	    (ev->type == YAML_MAPPING_START_EVENT &&
	    ev->data.mapping_start.anchor) ||
	    (ev->type == YAML_SEQUENCE_START_EVENT &&
	    ev->data.sequence_start.anchor)) {
		refuse(r, "anchors (&name) are not allowed");
		return false;
	}
	if ((ev->type == YAML_SCALAR_EVENT && ev->data.scalar.tag) ||
	    (ev->type == YAML_MAPPING_START_EVENT &&
	    ev->data.mapping_start.tag) ||
	    (ev->type == YAML_SEQUENCE_START_EVENT &&
	    ev->data.sequence_start.tag)) {
		refuse(r, "tags (!name) are not allowed");
		return false;
	}
	if (++r->nodes > MAX_NODES) {
		refuse(r, "too many values in one file");
		return false;
	}
	return true;
}

static bool read_scalar(struct reader *r, struct conf_node *node)
{
	size_t n = r->event.data.scalar.length;

	node->kind = CONF_SCALAR;
	node->quoted = r->event.data.scalar.style !=
	    YAML_PLAIN_SCALAR_STYLE;
	node->text = kept(r, r->event.data.scalar.value, n);
	if (strlen(node->text) != n) {
		refuse(r, "a NUL inside of text");
		return false;
	}
	done(r);
	return true;
}

static struct conf_node *new_child(struct reader *r)
{
	struct conf_node *node = arena_get(&r->doc->arena, sizeof(*node));

	node->file = r->file;
	return node;
}

static bool read_list(struct reader *r, struct conf_node *node, int depth)
{
	struct conf_node **end = &node->child;

	node->kind = CONF_LIST;
	for (;;) {
		if (!next(r))
			return false;
		if (r->event.type == YAML_SEQUENCE_END_EVENT)
			break;
		*end = new_child(r);
		if (!read_node(r, *end, depth + 1))
			return false;
		end = &(*end)->next;
	}
	done(r);
	return true;
}

static int by_key(const void *a, const void *b)
{
	const struct conf_node *const *x = a, *const *y = b;
	int order = strcmp((*x)->key, (*y)->key);

	if (order != 0)
		return order;
	if ((*x)->key_line != (*y)->key_line)
		return (*x)->key_line < (*y)->key_line ? -1 : 1;
	return (*x)->key_column < (*y)->key_column ? -1 : 1;
}

/* Sorted, so that 100,000 keys cost no more than their number suggests. */
static void find_twins(struct reader *r, const struct conf_node *map,
    size_t n)
{
	const struct conf_node *c, **all;
	size_t i = 0;

	if (n < 2)
		return;
	all = calloc(n, sizeof(*all));
	if (all == NULL)
		return;
	for (c = map->child; c != NULL && i < n; c = c->next)
		all[i++] = c;
	qsort(all, n, sizeof(*all), by_key);
	for (i = 1; i < n; i++)
		if (strcmp(all[i - 1]->key, all[i]->key) == 0)
			conf_error_key(r->errors, all[i],
			    "'%s' stands here twice, first in line %u",
			    all[i]->key, all[i - 1]->key_line);
	free(all);
}

static bool read_key(struct reader *r, struct conf_node *node)
{
	struct conf_node key = { 0 };

	node->key_line = (unsigned int)r->event.start_mark.line + 1;
	node->key_column = (unsigned int)r->event.start_mark.column + 1;
	if (!is_plain(r))
		return false;
	if (r->event.type != YAML_SCALAR_EVENT) {
		refuse(r, "a key must be a word");
		return false;
	}
	if (!read_scalar(r, &key))
		return false;
	node->key = key.text;
	return true;
}

static bool read_map(struct reader *r, struct conf_node *node, int depth)
{
	struct conf_node **end = &node->child;
	size_t n = 0;

	node->kind = CONF_MAP;
	for (;; n++) {
		if (!next(r))
			return false;
		if (r->event.type == YAML_MAPPING_END_EVENT)
			break;
		*end = new_child(r);
		if (!read_key(r, *end) || !next(r) ||
		    !read_node(r, *end, depth + 1))
			return false;
		end = &(*end)->next;
	}
	done(r);
	find_twins(r, node, n);
	return true;
}

/* The event at hand opens this node. */
static bool read_node(struct reader *r, struct conf_node *node, int depth)
{
	node->file = r->file;
	node->line = (unsigned int)r->event.start_mark.line + 1;
	node->column = (unsigned int)r->event.start_mark.column + 1;
	if (!is_plain(r))
		return false;
	if (depth > MAX_DEPTH) {
		refuse(r, "nested too deeply");
		return false;
	}
	switch (r->event.type) {
	case YAML_SCALAR_EVENT:
		return read_scalar(r, node);
	case YAML_SEQUENCE_START_EVENT:
		done(r);
		return read_list(r, node, depth);
	case YAML_MAPPING_START_EVENT:
		done(r);
		return read_map(r, node, depth);
	default:
		refuse(r, "unexpected");
		return false;
	}
}

static bool read_stream(struct reader *r)
{
	struct conf_node *root = &r->doc->root;

	if (!next(r))
		return false;
	done(r);			/* the start of the stream */
	if (!next(r))
		return false;
	if (r->event.type == YAML_STREAM_END_EVENT) {
		root->kind = CONF_MAP;	/* an empty file says nothing */
		root->line = root->column = 1;
		return true;
	}
	done(r);			/* the start of the document */
	if (!next(r) || !read_node(r, root, 1) || !next(r))
		return false;
	done(r);			/* its end */
	if (!next(r))
		return false;
	if (r->event.type == YAML_STREAM_END_EVENT)
		return true;
	refuse(r, "a second document; one file is one document");
	return false;
}

struct conf_node *conf_parse_text(const char *name, const char *text,
    size_t n, struct conf_errors *e)
{
	struct reader r = { .errors = e, .text = text, .size = n };
	struct document *doc = calloc(1, sizeof(*doc));
	bool fine;

	if (doc == NULL || !yaml_parser_initialize(&r.parser)) {
		free(doc);
		conf_error_at(e, name, 0, 0, "out of memory");
		return NULL;
	}
	r.doc = doc;
	r.file = arena_text(&doc->arena, name, strlen(name));
	doc->root.file = r.file;
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text,
	    n);
	fine = read_stream(&r);
	done(&r);
	yaml_parser_delete(&r.parser);
	if (fine)
		return &doc->root;
	conf_free(&doc->root);
	return NULL;
}

static char *slurp(int fd, size_t size)
{
	char *text = malloc(size + 1);
	size_t n = 0;
	ssize_t got;

	if (text == NULL)
		return NULL;
	while (n < size && (got = read(fd, text + n, size - n)) > 0)
		n += (size_t)got;
	if (n != size) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

struct conf_node *conf_parse(const char *path, struct conf_errors *e)
{
	struct conf_node *root = NULL;
	struct stat st;
	char *text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd == -1 || fstat(fd, &st) == -1)
		conf_error_at(e, path, 0, 0, "%s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		conf_error_at(e, path, 0, 0, "not a file");
	else if (st.st_size > MAX_BYTES)
		conf_error_at(e, path, 0, 0, "larger than 8 MiB");
	else if ((text = slurp(fd, (size_t)st.st_size)) == NULL)
		conf_error_at(e, path, 0, 0, "cannot be read");
	else
		root = conf_parse_text(path, text, (size_t)st.st_size, e);
	free(text);
	if (fd != -1)
		close(fd);
	return root;
}

void conf_free(struct conf_node *root)
{
	struct document *doc = (struct document *)root;

	if (doc == NULL)
		return;
	arena_free(&doc->arena);
	free(doc);
}
