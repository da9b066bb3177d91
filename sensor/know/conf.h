/*
 * conf.h - YAML with positions, and one validator driven by tables.
 *
 * Used for weir.yaml, policies and the catalogue alike.  A mistake is never
 * guessed away: every error of a file is reported in one pass, each as
 * "file:line:column: message", with "did you mean" where a name is near.
 * Unknown keys, duplicates, aliases, tags, wrong units and out-of-range
 * values are errors.  Size and depth are bounded.
 */
#ifndef KNOW_CONF_H
#define KNOW_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Errors of all files, in order; `n` counts also those that did not fit. */
struct conf_errors {
	char *text;			/* lines, each ended by a newline */
	size_t used, size;
	unsigned int n;
};

void conf_errors_free(struct conf_errors *e);

enum conf_kind { CONF_MAP, CONF_LIST, CONF_SCALAR };

struct conf_node {
	enum conf_kind kind;
	unsigned int line, column;	/* from 1 */
	const char *file;
	const char *key;		/* NULL outside of a map */
	unsigned int key_line, key_column;
	const char *text;		/* scalar, as written */
	bool quoted;
	struct conf_node *child, *next;
};

/* NULL when the file cannot be read or is not YAML; says so in `e`. */
struct conf_node *conf_parse(const char *path, struct conf_errors *e);
struct conf_node *conf_parse_text(const char *name, const char *text,
    size_t n, struct conf_errors *e);
void conf_free(struct conf_node *root);

/* "file:line:column: message".  At the value, or at its key. */
__attribute__((format(printf, 3, 4)))
void conf_error(struct conf_errors *e, const struct conf_node *at,
    const char *fmt, ...);
__attribute__((format(printf, 3, 4)))
void conf_error_key(struct conf_errors *e, const struct conf_node *at,
    const char *fmt, ...);
/* Of a whole file, which has no better place: line 0 leaves it out. */
__attribute__((format(printf, 5, 6)))
void conf_error_at(struct conf_errors *e, const char *file,
    unsigned int line, unsigned int column, const char *fmt, ...);
/* "no such X 'word'; did you mean 'near'?" */
void conf_error_near(struct conf_errors *e, const struct conf_node *at,
    const char *what, const char *const *names);

enum conf_type {
	CONF_TEXT,		/* char *: allocated, owner frees */
	CONF_COUNT,		/* int64_t */
	CONF_BYTES,		/* int64_t: 64k, 10MB, 2GiB */
	CONF_DURATION,		/* int64_t microseconds: 500ms, 5s, 1h, 30d */
	CONF_REAL,		/* double: 2.4, 30%; min, max and standard in
				   thousandths */
	CONF_BOOL,		/* bool: yes, no, true, false */
	CONF_CHOICE,		/* int: place in `choices` */
	CONF_NODE		/* const struct conf_node *: read by its owner */
};

struct conf_field {
	const char *name;
	enum conf_type type;
	size_t offset;		/* into the struct being filled */
	int64_t min, max;
	int64_t standard;	/* value when absent */
	const char *text;	/* CONF_TEXT: value when absent, or NULL */
	const char *const *choices;	/* CONF_CHOICE, ends with NULL */
	const char *word;	/* numbers: stands for `standard`, which then
				   is none of the others ("auto"), or NULL */
	const char *help;
	bool required;
};

/* Fill *into from a map by a table that ends with a NULL name.  node NULL:
 * all defaults.  False when something was wrong; the rest is still checked. */
bool conf_fill(void *into, const struct conf_field *fields,
    const struct conf_node *node, struct conf_errors *e);
/* Only the keys that stand there; everything else stays as it is.  For
 * exceptions to values filled before (copies: CONF_TEXT is replaced). */
bool conf_override(void *into, const struct conf_field *fields,
    const struct conf_node *node, struct conf_errors *e);
void conf_release(void *from, const struct conf_field *fields);

const struct conf_node *conf_get(const struct conf_node *map,
    const char *key);

/* Walk a list, or one value as a list of one; NULL is empty. */
const struct conf_node *conf_first(const struct conf_node *list);
const struct conf_node *conf_after(const struct conf_node *list,
    const struct conf_node *at);

/* Is this a map (a list, a scalar)?  NULL is not.  If not, says so. */
bool conf_is(const struct conf_node *node, enum conf_kind kind,
    struct conf_errors *e);

/* The value a filled field has, as it would be written; `text` is `n` long. */
const char *conf_show(const struct conf_field *f, const void *from,
    char *text, size_t n);

/* The nearest of `names` (ends with NULL), or NULL if none is near. */
const char *conf_near(const char *word, const char *const *names);

#endif
