/*
 * spool_sweep.c - keeping the spool within its bound.
 *
 * First what everybody has, whole segments from the oldest on.  Then, if
 * letters must be lost, those of the least rank: a segment is written anew
 * without them and renamed over the old one; a reader that has the old file
 * mapped is not disturbed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alert/spool_state.h"

void spool_sum(struct spool *s)
{
	s->counts.bytes = 0;
	s->counts.segments = s->n;
	for (size_t i = 0; i < s->n; i++)
		s->counts.bytes += s->segments[i].bytes;
	s->counts.first = s->n > 0 ? s->segments[0].first : s->next;
	s->counts.last = s->next - 1;
}

static void spool_forget(struct spool *s, size_t i)
{
	char path[SEGMENT_PATH];

	segment_path(path, s->dir, s->segments[i].first);
	unlink(path);
	memmove(&s->segments[i], &s->segments[i + 1], (s->n - i - 1) *
	    sizeof(s->segments[0]));
	s->n--;
	spool_sum(s);
}

static bool over(const struct spool *s)
{
	return s->counts.bytes > (uint64_t)s->max_bytes;
}

/* Copy all frames above `rank` to the end of fd. */
static bool copy_above(int fd, struct slice bytes, uint32_t rank,
    struct segment *seg)
{
	struct frame_info f;

	while (slice_more(bytes)) {
		if (!frame_read(bytes, &f)) {
			slice_skip(&bytes, frame_seek(bytes));
			continue;
		}
		if (f.rank > rank && write(fd, bytes.p, f.size) !=
		    (ssize_t)f.size)
			return false;
		if (f.rank > rank)
			seg->bytes += f.size;
		slice_skip(&bytes, f.size);
	}
	return fdatasync(fd) == 0;
}

/* Write segment i anew without letters of this rank. */
static bool rewrite(struct spool *s, size_t i, uint32_t rank)
{
	struct segment kept = s->segments[i];
	char path[SEGMENT_PATH], temporary[SEGMENT_PATH + 4];
	struct loaded l = { NULL, 0, 0 };
	bool fine;
	int fd;

	kept.bytes = 0;
	segment_path(path, s->dir, kept.first);
	snprintf(temporary, sizeof(temporary), "%s.new", path);
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (fd == -1)
		return false;
	fine = segment_load(s->dir, kept.first, &l) &&
	    copy_above(fd, slice_of(l.p, l.n), rank, &kept);
	segment_unload(&l);
	close(fd);
	if (!fine || rename(temporary, path) == -1) {
		unlink(temporary);
		return false;
	}
	kept.ranks[rank] = 0;
	s->segments[i] = kept;
	return true;
}

/* One step: the oldest closed segment that has letters of this rank. */
static bool drop_some(struct spool *s, uint32_t rank)
{
	for (size_t i = 0; i + 1 < s->n; i++) {
		struct segment *seg = &s->segments[i];
		uint64_t others = 0, n = seg->ranks[rank];

		if (n == 0)
			continue;
		for (uint32_t r = 0; r < SPOOL_RANKS; r++)
			others += r == rank ? 0 : seg->ranks[r];
		if (others == 0)
			spool_forget(s, i);
		else if (!rewrite(s, i, rank))
			continue;
		s->counts.dropped[rank] += n;
		spool_sum(s);
		return true;
	}
	return false;
}

/* Drop letters, least rank and oldest first, until the bound holds. */
static bool spool_shrink(struct spool *s)
{
	bool dropped = false;

	for (uint32_t rank = 0; rank < SPOOL_RANKS && over(s); rank++)
		while (over(s) && drop_some(s, rank))
			dropped = true;
	return dropped;
}

static uint64_t everybody_has(const struct spool *s,
    const char *const *names)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; names[i] != NULL; i++) {
		uint64_t at = cursor_load(s->dir, names[i]);

		if (at < least)
			least = at;
	}
	return least;
}

bool spool_sweep(struct spool *s, const char *const *names)
{
	uint64_t least = everybody_has(s, names);

	/* The last segment stays: it holds number and chain. */
	while (s->n > 1 && s->segments[0].last <= least &&
	    (names[0] != NULL || over(s)))
		spool_forget(s, 0);
	return spool_shrink(s);
}

/* The last segment stays: it holds number and chain, and is written to at
 * every heartbeat. */
void spool_expire(struct spool *s, int64_t before_us)
{
	char path[SEGMENT_PATH];
	struct stat st;

	while (s->n > 1) {
		segment_path(path, s->dir, s->segments[0].first);
		if (stat(path, &st) == -1 ||
		    st.st_mtime * 1000000LL >= before_us)
			return;
		for (int r = 0; r < SPOOL_RANKS; r++)
			s->counts.dropped[r] += s->segments[0].ranks[r];
		spool_forget(s, 0);
	}
}
