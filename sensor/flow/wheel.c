/*
 * wheel.c - the timer wheel of the flow table.
 */
#include "flow/wheel.h"

void wheel_add(struct wheel *w, struct flow *f, int64_t due_s)
{
	uint32_t place = pool_index(w->flows, f);
	uint32_t slot;

	if (due_s < w->now_s)
		due_s = w->now_s;
	if (due_s >= w->now_s + WHEEL_SLOTS)
		due_s = w->now_s + WHEEL_SLOTS - 1;
	slot = (uint32_t)((uint64_t)due_s % WHEEL_SLOTS);

	f->slot = (uint16_t)slot;
	f->later = 0;
	f->sooner = w->last[slot];
	if (f->sooner != 0)
		((struct flow *)pool_at(w->flows, f->sooner))->later = place;
	else
		w->first[slot] = place;
	w->last[slot] = place;
	w->busy[slot / 64] |= UINT64_C(1) << slot % 64;
}

void wheel_remove(struct wheel *w, struct flow *f)
{
	struct flow *later = pool_at(w->flows, f->later);
	struct flow *sooner = pool_at(w->flows, f->sooner);

	if (later != NULL)
		later->sooner = f->sooner;
	else
		w->last[f->slot] = f->sooner;
	if (sooner != NULL)
		sooner->later = f->later;
	else
		w->first[f->slot] = f->later;
	if (w->first[f->slot] == 0)
		w->busy[f->slot / 64] &= ~(UINT64_C(1) << f->slot % 64);
}

struct flow *wheel_first(const struct wheel *w)
{
	uint32_t now = (uint32_t)((uint64_t)w->now_s % WHEEL_SLOTS);
	uint64_t word = w->busy[now / 64] & ~UINT64_C(0) << now % 64;

	for (uint32_t i = 0; i <= WHEEL_SLOTS / 64; i++) {
		uint32_t at = (now / 64 + i) % (WHEEL_SLOTS / 64);

		if (i > 0)
			word = w->busy[at];
		if (word != 0)
			return pool_at(w->flows, w->first[at * 64 +
			    (uint32_t)__builtin_ctzll(word)]);
	}
	return NULL;
}
