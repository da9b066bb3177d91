/*
 * window.c - bounded reassembly of one direction.
 */
#include "flow/window.h"

/* Add a range, or join what it touches. */
static void range_add(struct window *w, uint32_t from, uint32_t to)
{
	uint32_t i = 0, end;

	while (i < w->n && w->range[i].to < from)
		i++;
	for (end = i; end < w->n && w->range[end].from <= to; end++) {
		if (w->range[end].from < from)
			from = w->range[end].from;
		if (w->range[end].to > to)
			to = w->range[end].to;
	}
	memmove(&w->range[i + 1], &w->range[end],
	    (w->n - end) * sizeof(w->range[0]));
	w->n = w->n - (end - i) + 1;
	w->range[i].from = from;
	w->range[i].to = to;
}

/* Only where nothing is: as hosts do, and a later forgery changes nothing. */
static void fill(struct window *w, uint32_t at, struct slice bytes)
{
	for (uint32_t i = 0; i < w->n && slice_more(bytes); i++) {
		uint32_t from = w->range[i].from, to = w->range[i].to;
		struct slice gap;

		if (to <= at)
			continue;
		gap = slice_head(bytes, from > at ? from - at : 0);
		if (gap.n > 0)
			memcpy(w->bytes + at, gap.p, gap.n);
		slice_skip(&bytes, to - at < bytes.n ? to - at : bytes.n);
		at = to;
	}
	if (slice_more(bytes))
		memcpy(w->bytes + at, bytes.p, bytes.n);
}

static bool has_room(const struct window *w, uint32_t from, uint32_t to)
{
	bool apart = true;

	for (uint32_t i = 0; i < w->n && apart; i++)
		apart = w->range[i].to < from || w->range[i].from > to;
	return !apart || w->n < WINDOW_RANGES;
}

bool window_put(struct window *w, uint32_t at, struct slice bytes)
{
	if (bytes.n == 0)
		return true;
	if (at > WINDOW_BYTES || bytes.n > WINDOW_BYTES - at)
		return false;
	if (!has_room(w, at, at + (uint32_t)bytes.n))
		return false;
	fill(w, at, bytes);
	range_add(w, at, at + (uint32_t)bytes.n);
	return true;
}

struct slice window_front(const struct window *w)
{
	return slice_of(w->bytes, w->n > 0 && w->range[0].from == 0 ?
	    w->range[0].to : 0);
}

uint32_t window_gap_end(const struct window *w)
{
	uint32_t i = w->n > 0 && w->range[0].from == 0;

	return i < w->n ? w->range[i].from : 0;
}

void window_drop(struct window *w, uint32_t n)
{
	uint32_t kept = 0, end;

	if (n == 0)
		return;
	end = w->n > 0 ? w->range[w->n - 1].to : 0;
	for (uint32_t i = 0; i < w->n; i++) {
		if (w->range[i].to <= n)
			continue;
		w->range[kept].from = w->range[i].from > n ?
		    w->range[i].from - n : 0;
		w->range[kept++].to = w->range[i].to - n;
	}
	w->n = kept;
	if (kept > 0)
		memmove(w->bytes, w->bytes + n, end - n);
}
