/*
 * shifts.c - a new device, a new network, another mix of what comes and goes.
 */
#include "detect/shifts.h"

#include "base/mac.h"
#include "track/baseline.h"
#include "track/popular.h"

/* True when it was not among the last few; it is now the newest. */
static bool is_new(uint32_t *list, unsigned int n, uint32_t hash)
{
	bool known = false, empty = list[0] == 0;
	unsigned int i = 0;

	while (i < n - 1 && list[i] != hash)
		i++;
	known = list[i] == hash;
	for (; i > 0; i--)
		list[i] = list[i - 1];
	list[0] = hash;
	return !known && !empty;
}

static uint32_t net_hash(const struct event *ev)
{
	return name_hash(slice_of(ev->client.b, addr_subnet(&ev->client)));
}

/* How much of it goes out, against how it was for weeks: 4 times as much. */
static bool ratio_shift(struct shifts *s, const struct transfer *t)
{
	double share = s->in + s->out > 0 ? s->out / (s->in + s->out) : 0;
	bool shift = t->way == UPLOAD && s->in + s->out > 100 && share < 0.05;

	s->in *= 0.995;
	s->out *= 0.995;
	if (t->way == UPLOAD)
		s->out += log2_of(t->ev->up) / 20;
	else
		s->in += log2_of(t->ev->up) / 20;
	return shift;
}

uint32_t shifts_note(struct shifts *s, const struct transfer *t)
{
	uint32_t found = 0;

	if (is_new(s->nets, SHIFTS_KEPT, net_hash(t->ev)))
		found |= SHIFT_NET;
	if (mac_is_set(t->ev->mac) && is_new(s->devices, SHIFTS_KEPT,
	    name_hash(slice_of(t->ev->mac, 6))))
		found |= SHIFT_DEVICE;
	if (ratio_shift(s, t))
		found |= SHIFT_RATIO;
	return found;
}

void shifts_say(struct text *t, uint32_t shifts)
{
	static const char *const words[] = { "a new network", "a new device",
	    "far more going out than before" };
	const char *sep = "";

	for (unsigned int i = 0; i < 3; i++) {
		if (!(shifts & 1u << i))
			continue;
		text_printf(t, "%s%s", sep, words[i]);
		sep = " and ";
	}
}
