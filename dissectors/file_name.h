/*
 * file_name.h - names of files as headers and addresses tell them.
 */
#ifndef FILE_NAME_H
#define FILE_NAME_H

#include "wire.h"

enum { FILE_NAME = 96 };

struct file_name {
	uint8_t n;
	char text[FILE_NAME];		/* a longer one is cut */
};

/* Percent-encoding undone. */
void file_name_decode(struct file_name *name, struct slice s);

/* attachment; filename="plan 1.pdf"; filename*=UTF-8''plan%201.pdf
 * False: it tells none. */
bool file_name_disposition(struct file_name *name, struct slice value);

#endif
