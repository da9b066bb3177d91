/*
 * Hosts by anchor.
 *
 * A host of n labels has n endings; those no deeper than the deepest anchor
 * are looked up by hash, longest first, and the few patterns behind each are
 * compared in order of rank.  An exact pattern outranks all others and is
 * met first, so the common case is one probe.  Anchors come from files we
 * loaded, not from the wire: the hash needs no secret, and a host that
 * collides only costs a comparison.
 */
#include "know/match.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { SEED_RIGHT = 1, SEED_LEFT = 2 };

void host_index_add(struct host_index *x, const struct pattern *p,
    uint32_t rule, bool site)
{
	x->entries = grown(x->entries, x->n, &x->room, sizeof(*x->entries));
	x->entries[x->n++] = (struct host_entry){ *p, rule, site };
}

static uint64_t anchor_hash(const struct pattern *p)
{
	return hash_of(p->anchor, p->anchor_n,
	    p->anchored_left ? SEED_LEFT : SEED_RIGHT);
}

static int by_rank(const struct host_entry *a, const struct host_entry *b)
{
	if (a->pattern.rank != b->pattern.rank)
		return a->pattern.rank > b->pattern.rank ? -1 : 1;
	if (a->site != b->site)
		return a->site ? -1 : 1;
	return a->rule < b->rule ? -1 : a->rule > b->rule;
}

static int by_anchor(const void *va, const void *vb)
{
	const struct host_entry *a = va, *b = vb;
	uint64_t ha = anchor_hash(&a->pattern), hb = anchor_hash(&b->pattern);

	if (ha != hb)
		return ha < hb ? -1 : 1;
	return by_rank(a, b);
}

static uint8_t labels_of(const struct pattern *p)
{
	uint8_t n = 1;
	uint16_t i;

	for (i = 0; i < p->anchor_n; i++)
		n = (uint8_t)(n + (p->anchor[i] == '.'));
	return n;
}

static void put(struct host_index *x, uint64_t hash, uint32_t first,
    uint32_t n)
{
	uint32_t i = (uint32_t)hash & x->mask;

	while (x->slots[i].n > 0)
		i = (i + 1) & x->mask;
	x->slots[i] = (struct host_slot){ hash, first, n };
}

void host_index_finish(struct host_index *x)
{
	uint32_t i, first = 0, size = 16;
	uint64_t hash;
	uint8_t depth;

	if (x->n > 0)
		qsort(x->entries, x->n, sizeof(*x->entries), by_anchor);
	while (size < x->n * 2)
		size *= 2;
	x->slots = calloc(size, sizeof(*x->slots));
	if (x->slots == NULL)
		err(1, "out of memory");
	x->mask = size - 1;
	for (i = 0; i < x->n; i++) {
		hash = anchor_hash(&x->entries[i].pattern);
		depth = labels_of(&x->entries[i].pattern);
		if (depth > x->deepest)
			x->deepest = depth;
		if (i + 1 < x->n &&
		    anchor_hash(&x->entries[i + 1].pattern) == hash)
			continue;
		put(x, hash, first, i + 1 - first);
		first = i + 1;
	}
}

void host_index_free(struct host_index *x)
{
	free(x->entries);
	free(x->slots);
}

static const struct host_slot *slot(const struct host_index *x,
    const char *text, size_t n, uint64_t seed)
{
	uint64_t hash = hash_of(text, n, seed);
	uint32_t i = (uint32_t)hash & x->mask;

	for (; x->slots[i].n > 0; i = (i + 1) & x->mask)
		if (x->slots[i].hash == hash)
			return &x->slots[i];
	return NULL;
}

static bool entry_match(const struct host_entry *e, const struct host *h)
{
	struct slice tenant;

	return pattern_match(&e->pattern, h, &tenant);
}

static const struct host_entry *better(const struct host_entry *a,
    const struct host_entry *b)
{
	return a == NULL || (b != NULL && by_rank(b, a) < 0) ? b : a;
}

static const struct host_entry *first_match(const struct host_index *x,
    const struct host_slot *s, const struct host *h)
{
	uint32_t i;

	for (i = 0; s != NULL && i < s->n; i++)
		if (entry_match(&x->entries[s->first + i], h))
			return &x->entries[s->first + i];
	return NULL;
}

static size_t first_label(const struct host *h)
{
	return h->labels > 1 ? h->start[1] - 1u : h->n;
}

/* The place of the longest ending worth looking up. */
static unsigned int longest(const struct host_index *x, const struct host *h)
{
	return h->labels > x->deepest ? (unsigned int)h->labels - x->deepest :
	    0u;
}

const struct host_entry *host_index_find(const struct host_index *x,
    const struct host *h)
{
	const struct host_entry *best = NULL;
	unsigned int i;

	for (i = longest(x, h); i < h->labels; i++) {
		best = better(best, first_match(x, slot(x, h->text +
		    h->start[i], h->n - h->start[i], SEED_RIGHT), h));
		if (best != NULL && best->pattern.exact)
			return best;
	}
	return better(best, first_match(x, slot(x, h->text, first_label(h),
	    SEED_LEFT), h));
}

static size_t collect(const struct host_index *x, const struct host_slot *s,
    const struct host *h, const struct host_entry **found, size_t n,
    size_t max)
{
	const struct host_entry *e;
	uint32_t i;
	size_t at;

	for (i = 0; s != NULL && i < s->n; i++) {
		e = &x->entries[s->first + i];
		if (!entry_match(e, h))
			continue;
		at = n < max ? n : max;
		for (; at > 0 && by_rank(e, found[at - 1]) < 0; at--)
			if (at < max)
				found[at] = found[at - 1];
		if (at < max)
			found[at] = e;
		n++;
	}
	return n;
}

size_t host_index_all(const struct host_index *x, const struct host *h,
    const struct host_entry **found, size_t max)
{
	unsigned int i;
	size_t n = 0;

	for (i = longest(x, h); i < h->labels; i++)
		n = collect(x, slot(x, h->text + h->start[i],
		    h->n - h->start[i], SEED_RIGHT), h, found, n, max);
	return collect(x, slot(x, h->text, first_label(h), SEED_LEFT), h,
	    found, n, max);
}
