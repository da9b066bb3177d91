/*
 * spool_rewrite.c - a segment without some of its letters.
 *
 * Written anew beside the old one and renamed over it; a reader that has the
 * old file open is not disturbed.  The newest letter of all stays whatever
 * it says: it holds number and chain.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "alert/spool_state.h"

/* Copy the frames to keep to the end of fd. */
static bool copy(int fd, struct slice bytes, struct segment *seg,
    bool (*keep)(const struct frame_info *f, void *arg), void *arg)
{
	struct frame_info f;

	while (slice_more(bytes)) {
		if (!frame_read(bytes, &f)) {
			slice_skip(&bytes, frame_seek(bytes));
			continue;
		}
		if (keep(&f, arg)) {
			if (write(fd, bytes.p, f.size) != (ssize_t)f.size)
				return false;
			seg->bytes += f.size;
			seg->ranks[f.rank]++;
		}
		slice_skip(&bytes, f.size);
	}
	return fdatasync(fd) == 0;
}

/* The one that is being written goes on in the new file. */
static bool replace(struct spool *s, size_t i, const char *fresh,
    const char *path)
{
	if (rename(fresh, path) == -1)
		return false;
	if (s->fd == -1 || i + 1 < s->n)
		return true;
	close(s->fd);
	s->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	return true;			/* -1: the next letter makes one */
}

bool spool_rewrite(struct spool *s, size_t i,
    bool (*keep)(const struct frame_info *f, void *arg), void *arg)
{
	struct segment kept = { .first = s->segments[i].first,
		.last = s->segments[i].last };
	char path[SEGMENT_PATH], temporary[SEGMENT_PATH + 4];
	struct loaded l = { NULL, 0, 0 };
	bool fine;
	int fd;

	segment_path(path, s->dir, kept.first);
	snprintf(temporary, sizeof(temporary), "%s.new", path);
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd == -1)
		return false;
	fine = segment_load(s->dir, kept.first, &l) &&
	    copy(fd, slice_of(l.p, l.n), &kept, keep, arg);
	segment_unload(&l);
	close(fd);
	if (!fine || !replace(s, i, temporary, path)) {
		unlink(temporary);
		return false;
	}
	s->segments[i] = kept;
	spool_sum(s);
	return true;
}

struct erasing {
	uint64_t delivered;		/* up to this number */
	uint64_t newest;
	bool (*gone)(struct slice record, void *arg);
	void *arg;
	struct spool_erased *n;
};

static bool stays(const struct frame_info *f, void *arg)
{
	struct erasing *e = arg;

	if (!e->gone(f->record, e->arg))
		return true;
	if (f->seq > e->delivered || f->seq == e->newest) {
		e->n->waiting++;
		return true;
	}
	e->n->erased++;
	return false;
}

bool spool_erase(struct spool *s, const char *const *names,
    bool (*gone)(struct slice record, void *arg), void *arg,
    struct spool_erased *n)
{
	struct erasing e = { cursor_least(s->dir, names), s->next - 1,
		gone, arg, n };

	*n = (struct spool_erased){ 0, 0 };
	for (size_t i = 0; i < s->n; i++)
		if (!spool_rewrite(s, i, stays, &e))
			return false;
	return true;
}

void spool_sum(struct spool *s)
{
	s->counts.bytes = 0;
	s->counts.segments = s->n;
	for (size_t i = 0; i < s->n; i++)
		s->counts.bytes += s->segments[i].bytes;
	s->counts.first = s->n > 0 ? s->segments[0].first : s->next;
	s->counts.last = s->next - 1;
}
