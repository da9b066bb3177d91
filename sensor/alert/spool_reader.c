/*
 * spool_reader.c - the reader: the first letter from a number on.
 *
 * Several collectors read at different places, each mostly in sequence, so a
 * small table remembers where the letter after each one read begins.  A
 * letter that is still being written is not sound yet and counts as absent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alert/notice.h"
#include "alert/segment.h"

enum { PLACES = 256 };

struct place {
	uint64_t seq;			/* looked for */
	uint64_t segment;
	ino_t inode;			/* a rewritten file is another */
	size_t offset;			/* where to go on looking */
};

struct spool_reader {
	char dir[SEGMENT_PATH / 2];
	struct loaded bytes;		/* up to its last sound frame */
	uint64_t shown;			/* the segment they are of, 0: none */
	ino_t inode;
	off_t size;			/* of the file when it was read */
	struct place places[PLACES];
	uint64_t *firsts;		/* as last listed */
	size_t n;
};

struct spool_reader *spool_reader_new(const char *dir)
{
	struct spool_reader *r = calloc(1, sizeof(*r));

	if (r != NULL)
		snprintf(r->dir, sizeof(r->dir), "%s", dir);
	return r;
}

void spool_reader_free(struct spool_reader *r)
{
	if (r == NULL)
		return;
	segment_unload(&r->bytes);
	free(r->firsts);
	free(r);
}

/* Have the segment's bytes at hand; read only what was appended. */
static bool show(struct spool_reader *r, uint64_t first)
{
	char path[SEGMENT_PATH];
	struct segment ignored = { .first = first };
	char chain[CHAIN];
	struct slice fresh;
	size_t from;
	struct stat st;

	segment_path(path, r->dir, first);
	if (stat(path, &st) == -1)
		return false;
	if (r->shown != first || r->inode != st.st_ino)
		r->bytes.n = 0;
	else if (r->size == st.st_size)
		return true;
	r->shown = 0;
	from = r->bytes.n;
	if (!segment_load(r->dir, first, &r->bytes))
		return false;
	r->shown = first;
	r->inode = st.st_ino;
	r->size = st.st_size;
	/* What is not sound yet may still change: read it again later. */
	fresh = slice_of(r->bytes.p, r->bytes.n);
	slice_skip(&fresh, from);
	r->bytes.n = from + segment_scan(fresh, &ignored, chain);
	return true;
}

static struct place *place_of(struct spool_reader *r, uint64_t seq)
{
	return &r->places[seq % PLACES];
}

/* The first sound frame numbered seq or higher, from `offset` on. */
static bool find(struct spool_reader *r, uint64_t seq, size_t offset,
    struct letter *l)
{
	struct slice at = slice_of(r->bytes.p, r->bytes.n);
	struct frame_info f;

	slice_skip(&at, offset);
	while (slice_more(at)) {
		if (!frame_read(at, &f)) {
			slice_skip(&at, frame_seek(at));
			continue;
		}
		slice_skip(&at, f.size);
		if (f.seq < seq)
			continue;
		l->seq = f.seq;
		l->record = f.record;
		memcpy(l->chain, f.chain, sizeof(l->chain));
		*place_of(r, f.seq + 1) = (struct place){ f.seq + 1,
		    r->shown, r->inode, r->bytes.n - at.n };
		return true;
	}
	return false;
}

static bool list(struct spool_reader *r)
{
	free(r->firsts);
	return segment_list(r->dir, &r->firsts, &r->n);
}

/* The segment that may hold seq: the last one that begins at or before. */
static size_t segment_for(const struct spool_reader *r, uint64_t seq)
{
	size_t i = 0;

	while (i + 1 < r->n && r->firsts[i + 1] <= seq)
		i++;
	return i;
}

bool spool_read(struct spool_reader *r, uint64_t seq, struct letter *l)
{
	struct place p = *place_of(r, seq);
	size_t i;

	if (p.seq == seq && p.segment != 0 && show(r, p.segment) &&
	    p.inode == r->inode && find(r, seq, p.offset, l))
		return true;
	if (!list(r) || r->n == 0)
		return false;
	i = segment_for(r, seq);
	if (p.seq == seq && p.segment == r->firsts[i] &&
	    r->shown == p.segment && r->inode == p.inode)
		i++;			/* looked there already */
	for (; i < r->n; i++)
		if (show(r, r->firsts[i]) && find(r, seq, 0, l))
			return true;
	return false;
}
