/*
 * Hosts by anchor.
 *
 * A host of n labels has n endings; those no deeper than the deepest anchor
 * are looked up by hash.  Patterns that share an anchor and begin or end
 * their next label with fixed characters (host-*.example.com) have buckets
 * of their own by up to sixteen of these, so that thousands of them under one
 * domain cost no more than a few; the others behind an anchor are compared
 * in order of rank.  Anchors come from files we loaded, not from the wire:
 * the hash needs no secret, and a host that collides costs a comparison.
 */
#include "know/match.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { SEED_RIGHT = 1, SEED_LEFT = 2 };
/* Edges: 1 to 16 fixed characters at the front, 17 to 32 at the back. */
enum { EDGE = 16, EDGES = 2 * EDGE + 1 };

static uint64_t anchor_hash(const struct pattern *p)
{
	return hash_of(p->anchor, p->anchor_n,
	    p->anchored_left ? SEED_LEFT : SEED_RIGHT);
}

static uint64_t edge_hash(uint64_t anchor, unsigned int edge,
    const char *label, size_t n)
{
	size_t k = edge > EDGE ? edge - EDGE : edge;

	return hash_of(edge > EDGE ? label + n - k : label, k,
	    anchor + edge);
}

static bool is_fixed(char c)
{
	return (unsigned char)c > ' ';	/* marks of a glob are below */
}

/* The label that stands before the anchor, when it is a glob. */
static const struct element *before_anchor(const struct pattern *p)
{
	unsigned int n = p->elements_n;

	if (p->exact || p->anchored_left)
		return NULL;
	while (n > 0 && p->elements[n - 1].kind == LABEL_FIXED)
		n--;
	return n > 0 && p->elements[n - 1].kind == LABEL_GLOB ?
	    &p->elements[n - 1] : NULL;
}

static unsigned int edge_of(const struct element *el)
{
	unsigned int k = 0;

	if (el == NULL)
		return 0;
	while (k < EDGE && k < el->n && is_fixed(el->text[k]))
		k++;
	if (k > 0)
		return k;
	while (k < EDGE && k < el->n && is_fixed(el->text[el->n - 1 - k]))
		k++;
	return k > 0 ? EDGE + k : 0;
}

void host_index_add(struct host_index *x, const struct pattern *p,
    uint32_t rule, bool site)
{
	const struct element *el = before_anchor(p);
	unsigned int edge = edge_of(el);
	uint64_t bucket = anchor_hash(p);

	if (edge > 0)
		bucket = edge_hash(bucket, edge, el->text, el->n);
	x->entries = grown(x->entries, x->n, &x->room, sizeof(*x->entries));
	x->entries[x->n++] = (struct host_entry){ *p, bucket, rule, site };
}

static int by_rank(const struct host_entry *a, const struct host_entry *b)
{
	if (a->pattern.rank != b->pattern.rank)
		return a->pattern.rank > b->pattern.rank ? -1 : 1;
	if (a->site != b->site)
		return a->site ? -1 : 1;
	return a->rule < b->rule ? -1 : a->rule > b->rule;
}

static int by_bucket(const void *va, const void *vb)
{
	const struct host_entry *a = va, *b = vb;

	if (a->bucket != b->bucket)
		return a->bucket < b->bucket ? -1 : 1;
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

static struct host_slot *slot_for(struct host_index *x, uint64_t hash)
{
	uint32_t i = (uint32_t)hash & x->mask;

	while (x->slots[i].used && x->slots[i].hash != hash)
		i = (i + 1) & x->mask;
	x->slots[i].used = true;
	x->slots[i].hash = hash;
	return &x->slots[i];
}

static void make_slots(struct host_index *x)
{
	uint32_t size = 16;

	while (size < x->n * 4)		/* an anchor and a bucket each */
		size *= 2;
	x->slots = calloc(size, sizeof(*x->slots));
	if (x->slots == NULL)
		err(1, "out of memory");
	x->mask = size - 1;
}

void host_index_finish(struct host_index *x)
{
	const struct pattern *p;
	struct host_slot *s;
	uint32_t i;

	if (x->n > 0)
		qsort(x->entries, x->n, sizeof(*x->entries), by_bucket);
	make_slots(x);
	for (i = 0; i < x->n; i++) {
		p = &x->entries[i].pattern;
		if (labels_of(p) > x->deepest)
			x->deepest = labels_of(p);
		s = slot_for(x, x->entries[i].bucket);
		if (s->n++ == 0)
			s->first = i;
		slot_for(x, anchor_hash(p))->edges |=
		    UINT64_C(1) << edge_of(before_anchor(p));
	}
}

void host_index_free(struct host_index *x)
{
	free(x->entries);
	free(x->slots);
}

static const struct host_slot *slot(const struct host_index *x,
    uint64_t hash)
{
	uint32_t i = (uint32_t)hash & x->mask;

	for (; x->slots[i].used; i = (i + 1) & x->mask)
		if (x->slots[i].hash == hash)
			return &x->slots[i];
	return NULL;
}

/* All buckets in which a pattern for the ending at label i may stand. */
static unsigned int buckets(const struct host_index *x, const struct host *h,
    unsigned int i, const struct host_slot *found[EDGES])
{
	uint64_t anchor = hash_of(h->text + h->start[i], h->n - h->start[i],
	    SEED_RIGHT);
	const struct host_slot *s = slot(x, anchor);
	unsigned int n = 0, edge;
	const char *label;
	size_t length;

	if (s == NULL)
		return 0;
	found[n++] = s;
	if (i == 0 || s->edges <= 1)
		return n;
	label = h->text + h->start[i - 1];
	length = h->start[i] - h->start[i - 1] - 1u;
	for (edge = 1; edge < EDGES && s->edges >> edge != 0; edge++) {
		if (!(s->edges >> edge & 1) ||
		    length < (edge > EDGE ? edge - EDGE : edge))
			continue;
		found[n] = slot(x, edge_hash(anchor, edge, label, length));
		n += found[n] != NULL;
	}
	return n;
}

/* The one bucket of patterns that are anchored on the left. */
static unsigned int left_bucket(const struct host_index *x,
    const struct host *h, const struct host_slot *found[EDGES])
{
	size_t n = h->labels > 1 ? h->start[1] - 1u : h->n;

	found[0] = slot(x, hash_of(h->text, n, SEED_LEFT));
	return found[0] != NULL;
}

static bool entry_match(const struct host_entry *e, const struct host *h)
{
	struct slice tenant;

	return pattern_match(&e->pattern, h, &tenant);
}

static const struct host_entry *first_match(const struct host_index *x,
    const struct host_slot *s, const struct host *h)
{
	uint32_t i;

	for (i = 0; i < s->n; i++)
		if (entry_match(&x->entries[s->first + i], h))
			return &x->entries[s->first + i];
	return NULL;
}

static const struct host_entry *best_of(const struct host_index *x,
    const struct host *h, const struct host_slot *const *in, unsigned int n,
    const struct host_entry *best)
{
	const struct host_entry *e;
	unsigned int i;

	for (i = 0; i < n; i++) {
		e = first_match(x, in[i], h);
		if (best == NULL || (e != NULL && by_rank(e, best) < 0))
			best = e;
	}
	return best;
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
	const struct host_slot *in[EDGES];
	const struct host_entry *best = NULL;
	unsigned int i;

	for (i = longest(x, h); i < h->labels; i++) {
		best = best_of(x, h, in, buckets(x, h, i, in), best);
		if (best != NULL && best->pattern.exact)
			return best;
	}
	return best_of(x, h, in, left_bucket(x, h, in), best);
}

/* Insert in order of rank; `n` counts also what does not fit. */
static size_t keep(const struct host_entry *e,
    const struct host_entry **found, size_t n, size_t max)
{
	size_t at = n < max ? n : max;

	for (; at > 0 && by_rank(e, found[at - 1]) < 0; at--)
		if (at < max)
			found[at] = found[at - 1];
	if (at < max)
		found[at] = e;
	return n + 1;
}

static size_t collect(const struct host_index *x, const struct host *h,
    const struct host_slot *s, const struct host_entry **found, size_t n,
    size_t max)
{
	uint32_t i;

	for (i = 0; i < s->n; i++)
		if (entry_match(&x->entries[s->first + i], h))
			n = keep(&x->entries[s->first + i], found, n, max);
	return n;
}

size_t host_index_all(const struct host_index *x, const struct host *h,
    const struct host_entry **found, size_t max)
{
	const struct host_slot *in[EDGES];
	unsigned int i, k, in_n;
	size_t n = 0;

	for (i = longest(x, h); i < h->labels; i++) {
		in_n = buckets(x, h, i, in);
		for (k = 0; k < in_n; k++)
			n = collect(x, h, in[k], found, n, max);
	}
	in_n = left_bucket(x, h, in);
	for (k = 0; k < in_n; k++)
		n = collect(x, h, in[k], found, n, max);
	return n;
}
