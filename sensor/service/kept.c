#include "service/kept.h"

#include <stdlib.h>
#include <string.h>

#include "alert/frame.h"

struct one {
	uint64_t seq;
	size_t n;
	unsigned char frame[];
};

struct kept {
	struct ring *spill;
	struct spilled next;		/* out of the ring */
	struct one *all[KEPT];		/* a ring, in order */
	size_t first, n;
	uint64_t lost;
};

struct kept *kept_new(struct ring *spill)
{
	struct kept *k = calloc(1, sizeof(*k));

	if (k != NULL)
		k->spill = spill;
	return k;
}

void kept_free(struct kept *k)
{
	if (k == NULL)
		return;
	while (k->n > 0)
		kept_drop_first(k);
	free(k);
}

static struct one *at(const struct kept *k, size_t i)
{
	return k->all[(k->first + i) % KEPT];
}

uint64_t kept_first(const struct kept *k)
{
	return k->n > 0 ? at(k, 0)->seq : 0;
}

uint64_t kept_lost(const struct kept *k)
{
	return k->lost;
}

void kept_drop_first(struct kept *k)
{
	free(at(k, 0));
	k->first = (k->first + 1) % KEPT;
	k->n--;
}

static struct one *copy_of(const struct spilled *s)
{
	struct frame_info f;
	struct one *copy;

	if (!frame_read(slice_of(s->frame, s->n), &f))
		return NULL;
	copy = malloc(sizeof(*copy) + s->n);
	if (copy == NULL)
		return NULL;
	copy->seq = f.seq;
	copy->n = s->n;
	memcpy(copy->frame, s->frame, s->n);
	return copy;
}

void kept_take(struct kept *k)
{
	while (ring_get(k->spill, &k->next)) {
		struct one *copy = copy_of(&k->next);

		if (copy == NULL) {
			k->lost++;
			continue;
		}
		if (k->n == KEPT) {
			kept_drop_first(k);
			k->lost++;
		}
		k->all[(k->first + k->n++) % KEPT] = copy;
	}
}

static const struct one *find(const struct kept *k, uint64_t seq)
{
	size_t low = 0, high = k->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (at(k, middle)->seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low < k->n ? at(k, low) : NULL;
}

static bool open_letter(const struct one *o, struct letter *l)
{
	struct frame_info f;

	if (!frame_read(slice_of(o->frame, o->n), &f))
		return false;
	l->seq = f.seq;
	l->record = f.record;
	memcpy(l->chain, f.chain, sizeof(l->chain));
	return true;
}

/*
 * The core goes on between any two steps.  What it handed over before a
 * letter came to the disk is in the ring once we have seen that letter; and
 * what came to the disk before it handed one over is there once we have that
 * one.  So the ring is emptied behind the look at the disk, and a letter from
 * the ring that is not the next one asks for another look.
 */
bool kept_read(struct kept *k, uint64_t seq, struct letter *l,
    bool (*disk)(void *arg, uint64_t seq, struct letter *l), void *arg)
{
	bool on_disk = disk(arg, seq, l);
	const struct one *o;

	kept_take(k);
	o = find(k, seq);
	if (o == NULL)
		return on_disk;
	if (!on_disk && o->seq > seq)
		on_disk = disk(arg, seq, l);
	return on_disk && l->seq < o->seq ? true : open_letter(o, l);
}
