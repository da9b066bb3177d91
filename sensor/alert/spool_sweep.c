/*
 * spool_sweep.c - keeping the spool within its bound.
 *
 * First what everybody has, whole segments from the oldest on.  Then, if
 * letters must be lost, those of the least rank.
 */
#include <unistd.h>

#include "alert/spool_state.h"
#include "base/json_read.h"
#include "base/rfc3339.h"

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

static bool above(const struct frame_info *f, void *arg)
{
	const uint32_t *rank = arg;

	return f->rank > *rank;
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
		else if (!spool_rewrite(s, i, above, &rank))
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

bool spool_sweep(struct spool *s, const char *const *names)
{
	uint64_t least = cursor_least(s->dir, names);

	/* The last segment stays: it holds number and chain. */
	while (s->n > 1 && s->segments[0].last <= least &&
	    (names[0] != NULL || over(s)))
		spool_forget(s, 0);
	return spool_shrink(s);
}

struct expiring {
	int64_t before_us;
	uint64_t newest;
};

static int64_t time_of(struct slice record)
{
	struct json_value v;

	return json_find(record, "time", &v) ? rfc3339_read(v.raw) : -1;
}

static bool is_young(const struct frame_info *f, void *arg)
{
	const struct expiring *e = arg;

	return time_of(f->record) >= e->before_us || f->seq == e->newest;
}

/* Letters are in the order of their times, about: the first one tells. */
static bool begins_old(const struct spool *s, size_t i, struct expiring *e)
{
	struct loaded l = { NULL, 0, 0 };
	struct frame_info f;
	bool old = segment_load(s->dir, s->segments[i].first, &l) &&
	    frame_read(slice_of(l.p, l.n), &f) && !is_young(&f, e);

	segment_unload(&l);
	return old;
}

static uint64_t letters_of(const struct segment *seg)
{
	uint64_t n = 0;

	for (int r = 0; r < SPOOL_RANKS; r++)
		n += seg->ranks[r];
	return n;
}

uint64_t spool_expire(struct spool *s, int64_t before_us)
{
	struct expiring e = { before_us, s->next - 1 };
	uint64_t n = 0;

	for (size_t i = 0; i < s->n && begins_old(s, i, &e);) {
		uint64_t had = letters_of(&s->segments[i]);

		if (!spool_rewrite(s, i, is_young, &e))
			break;
		n += had - letters_of(&s->segments[i]);
		if (s->segments[i].bytes > 0 || i + 1 == s->n)
			i++;
		else
			spool_forget(s, i);
	}
	return n;
}
