/*
 * source.h - the bytes of a capture file, in a window that slides forward.
 *
 * From a file, a pipe or standard input, plain or gzipped (several members
 * one after the other included).  read(2) into one buffer, not mmap: a file
 * that is cut short while we read it would be a SIGBUS.
 *
 * The window moves only in source_need() and source_skip(), and not while it
 * is pinned: then bytes that are not there yet are refused, and `again` says
 * so.  Behind the window at least SOURCE_SLACK bytes may be read.
 */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SOURCE_SLACK = 64 };

struct source {
	int fd;
	uint8_t *buffer;
	size_t size, at, end;		/* the window: [at, end) */
	uint64_t offset;		/* of `at`, in uncompressed bytes */
	uint64_t raw_bytes;		/* read from fd */
	uint64_t total_bytes;		/* of the file, 0: a pipe */
	bool pinned, again, ended;
	const char *failure;		/* why it ended early, NULL: it did not */
	struct gunzip *gunzip;
};

/* Path "-": standard input.  false with errno set. */
__attribute__((warn_unused_result))
bool source_open(struct source *s, const char *path);
void source_close(struct source *s);

/* The next n bytes, or NULL: pinned, or the end came first. */
const uint8_t *source_need(struct source *s, size_t n);
void source_eat(struct source *s, size_t n);	/* n: needed before */
bool source_skip(struct source *s, uint64_t n);	/* false: the end */

static inline size_t source_left(const struct source *s)
{
	return s->end - s->at;
}

#endif
