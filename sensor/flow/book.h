/*
 * book.h - which name was last given for a server, told to anyone here.
 *
 * One book for all workers, in memory they share: the answer that one of
 * them saw names the flow that another one has.  With a file it outlives the
 * process (kill -9 too), so that what was resolved before a restart still has
 * its name after it.  Bounded: 131,072 servers in 16 MiB; of those that share
 * a place the oldest gives way.  Aged by packet time: an answer older than
 * BOOK_KEEP_US, or as far ahead of it, is no answer.
 *
 * Privacy: a server's address, a name and when; never who asked.
 */
#ifndef FLOW_BOOK_H
#define FLOW_BOOK_H

#include "base/addr.h"
#include "base/slice.h"

enum { BOOK_NAME = 96 };		/* with the final zero; the end of a
					   longer name is kept */
#define BOOK_KEEP_US (24 * 3600 * INT64_C(1000000))

struct book;

/* In memory alone (path NULL), or in this file, made when it is missing or
 * empty and begun anew when it is damaged; a file of something else is left
 * as it is.  NULL: said on stderr. */
struct book *book_open(const char *path);
void book_close(struct book *b);

void book_write(struct book *b, const struct addr *server, struct slice name,
    int64_t at_us);
/* Lower case; of a name too long its end, which is what tells most. */
void book_copy_name(char to[BOOK_NAME], struct slice name);
/* False: not known.  `name` is terminated, lower case. */
bool book_read(const struct book *b, const struct addr *server,
    int64_t at_us, char name[BOOK_NAME]);

#endif
