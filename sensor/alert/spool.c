/*
 * spool.c - the writer: queue, group commit, recovery.
 *
 * All that is queued goes out in one write(2) and one fdatasync(2).  A write
 * that falls short (disk full) is taken back by truncating, so the segment
 * never holds half a frame except after a crash; spool_open() cuts that.
 */
#include "alert/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alert/chain.h"
#include "alert/spool_state.h"

static bool lock_directory(struct spool *s, char *why)
{
	char path[SEGMENT_PATH];

	if (mkdir(s->dir, 0750) == -1 && errno != EEXIST) {
		snprintf(why, OUTPUT_WHY, "%s: %s", s->dir, strerror(errno));
		return false;
	}
	snprintf(path, sizeof(path), "%s/lock", s->dir);
	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (s->lock == -1 || flock(s->lock, LOCK_EX | LOCK_NB) == -1) {
		snprintf(why, OUTPUT_WHY, "%s: %s", path, errno ==
		    EWOULDBLOCK ? "another weir writes this spool" :
		    strerror(errno));
		return false;
	}
	return true;
}

static struct segment *add_segment(struct spool *s, uint64_t first)
{
	struct segment *more = realloc(s->segments, (s->n + 1) *
	    sizeof(*more));

	if (more == NULL)
		return NULL;
	s->segments = more;
	more[s->n] = (struct segment){ .first = first, .last = first - 1 };
	return &more[s->n++];
}

static bool open_last(struct spool *s, off_t keep)
{
	char path[SEGMENT_PATH];

	segment_path(path, s->dir, s->segments[s->n - 1].first);
	s->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	return s->fd != -1 && ftruncate(s->fd, keep) == 0;
}

/* Count what a segment of an earlier run holds. */
static bool recover(struct spool *s, uint64_t first, bool is_last)
{
	struct segment *seg = add_segment(s, first);
	struct loaded l = { NULL, 0, 0 };
	size_t sound;

	if (seg == NULL || !segment_load(s->dir, first, &l))
		return false;
	sound = segment_scan(slice_of(l.p, l.n), seg, s->chain);
	seg->bytes = sound;
	s->counts.cut += l.n - sound;
	segment_unload(&l);
	if (seg->last >= s->next)
		s->next = seg->last + 1;
	else if (seg->first > s->next)
		s->next = seg->first;
	return !is_last || open_last(s, (off_t)sound);
}

static bool recover_all(struct spool *s, char *why)
{
	uint64_t *firsts;
	size_t n;
	bool fine = segment_list(s->dir, &firsts, &n);

	for (size_t i = 0; i < n && fine; i++)
		fine = recover(s, firsts[i], i + 1 == n);
	free(firsts);
	if (!fine)
		snprintf(why, OUTPUT_WHY, "%s: %s", s->dir,
		    strerror(errno));
	spool_sum(s);
	return fine;
}

struct spool *spool_open(const struct spool_setup *setup, char *why)
{
	struct spool *s = calloc(1, sizeof(*s));
	char *queue = malloc(SPOOL_QUEUE);

	snprintf(why, OUTPUT_WHY, "no memory for a spool");
	if (s == NULL || queue == NULL) {
		free(s);
		free(queue);
		return NULL;
	}
	s->queue = text_in(queue, SPOOL_QUEUE);
	s->lock = s->fd = -1;
	s->next = 1;
	s->max_bytes = setup->max_bytes;
	s->segment_bytes = setup->segment_bytes;
	snprintf(s->dir, sizeof(s->dir), "%s", setup->dir);
	if (lock_directory(s, why) && recover_all(s, why))
		return s;
	spool_close(s);
	return NULL;
}

void spool_close(struct spool *s)
{
	if (s == NULL)
		return;
	if (s->lock != -1)
		close(s->lock);
	if (s->fd != -1)
		close(s->fd);
	free(s->segments);
	free(s->queue.p);
	free(s);
}

uint64_t spool_next(const struct spool *s)
{
	return s->next;
}

size_t spool_pending(const struct spool *s)
{
	return s->queued;
}

bool spool_put(struct spool *s, enum spool_rank rank, struct slice record)
{
	struct frame_info f = { .seq = s->next, .rank = rank,
	    .record = record };

	if (record.n > SPOOL_RECORD || s->queue.size - s->queue.n <=
	    record.n + FRAME_HEAD) {
		s->counts.dropped[rank]++;
		return false;
	}
	chain_record(s->chain, record);
	memcpy(f.chain, s->chain, sizeof(f.chain));
	frame_write(&s->queue, &f);
	s->next++;
	s->queued++;
	return true;
}

/* A file name that appeared is not durable before its directory is. */
static void sync_directory(const struct spool *s)
{
	int fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return;
	(void)fsync(fd);
	close(fd);
}

static bool roll(struct spool *s, uint64_t first)
{
	char path[SEGMENT_PATH];
	int fd;

	segment_path(path, s->dir, first);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (fd == -1)
		return false;
	if (add_segment(s, first) == NULL) {
		close(fd);
		return false;
	}
	if (s->fd != -1)
		close(s->fd);
	s->fd = fd;
	sync_directory(s);
	return true;
}

static bool have_segment(struct spool *s, uint64_t first)
{
	if (s->fd != -1 && s->segments[s->n - 1].bytes <
	    (uint64_t)s->segment_bytes)
		return true;
	return roll(s, first);
}

/* All or nothing. */
static bool append(struct spool *s, struct segment *seg)
{
	ssize_t n = write(s->fd, s->queue.p, s->queue.n);

	if (n == (ssize_t)s->queue.n && fdatasync(s->fd) == 0)
		return true;
	if (ftruncate(s->fd, (off_t)seg->bytes) == -1)
		return false;
	return false;
}

static void clear_queue(struct spool *s)
{
	text_rewind(&s->queue, 0);
	s->queued = 0;
}

static void count_queue(struct spool *s, struct segment *seg)
{
	struct slice at = slice_of(s->queue.p, s->queue.n);
	struct frame_info f;

	while (slice_more(at) && frame_read(at, &f)) {
		slice_skip(&at, f.size);
		seg->ranks[f.rank]++;
		seg->last = f.seq;
		s->counts.written++;
	}
	seg->bytes += s->queue.n;
}

bool spool_commit(struct spool *s)
{
	struct frame_info f;

	if (s->queued == 0)
		return true;
	if (!frame_read(slice_of(s->queue.p, s->queue.n), &f) ||
	    !have_segment(s, f.seq) ||
	    !append(s, &s->segments[s->n - 1])) {
		s->counts.failures++;
		s->counts.full = true;
		return false;
	}
	count_queue(s, &s->segments[s->n - 1]);
	clear_queue(s);
	s->counts.commits++;
	s->counts.full = false;
	spool_sum(s);
	return true;
}

void spool_spill(struct spool *s, bool (*take)(const void *frame, size_t n,
    void *arg), void *arg)
{
	struct slice at = slice_of(s->queue.p, s->queue.n);
	struct frame_info f;

	while (slice_more(at) && frame_read(at, &f)) {
		if (!take(at.p, f.size, arg))
			break;
		slice_skip(&at, f.size);
		s->queued--;
	}
	memmove(s->queue.p, s->queue.p + (s->queue.n - at.n), at.n);
	text_rewind(&s->queue, at.n);
}

const struct spool_counts *spool_counts(const struct spool *s)
{
	return &s->counts;
}
