/*
 * csv.h - CSV as spreadsheets and directories write it, in its plain form.
 *
 * Two columns, a comma, no quotes; what follows another comma belongs to the
 * second.  # begins a comment.  Every line that cannot be used is an error
 * with its place.
 */
#ifndef KNOW_CSV_H
#define KNOW_CSV_H

#include <stdio.h>

#include "know/arena.h"
#include "know/conf.h"

struct csv {
	FILE *file;			/* the caller closes it */
	const char *path;
	char line[512];
	char *first, *second;		/* until the next line */
	struct conf_node at;		/* where the first column stands */
	struct conf_node second_at;
};

/* node: the file's name, beside the file that names it. */
bool csv_open(struct csv *c, const struct conf_node *node, struct arena *a,
    struct conf_errors *e);
bool csv_next(struct csv *c, struct conf_errors *e);

/* A relative name is relative to the file that names it. */
void csv_beside(char *path, size_t size, const struct conf_node *node);

#endif
