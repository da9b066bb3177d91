/*
 * user_move.c - what an address did is found out to be an account's.
 */
#include "track/user.h"

/* Only whole 5-minute bins move: nothing finer is remembered. */
static void move_window(struct window *into, struct window *from,
    int64_t since_us, int64_t now_us)
{
	uint32_t first = (uint32_t)(since_us / (5 * MINUTE_US));

	for (uint32_t k = 0; k < WINDOW_FIVE && k <= from->five_at; k++) {
		uint32_t bin = from->five_at - k;
		uint32_t i = bin % WINDOW_FIVE;
		struct amount a = { from->five[i], from->five_count[i],
			from->five_low[i] };

		if (bin < first || bin * (5 * MINUTE_US) > now_us)
			break;
		if (a.bytes > 0)
			window_add(into, bin * (5 * MINUTE_US), &a);
	}
}

static void move_objects(struct ledger *into, const struct ledger *from,
    int64_t since_us)
{
	for (unsigned int i = 0; i < LEDGER_IN; i++) {
		const struct ledger_object *o = &from->in[i];

		if (o->at_s * SECOND_US < since_us)
			continue;
		into->in[into->in_at] = *o;
		into->in_at = (uint16_t)((into->in_at + 1) % LEDGER_IN);
	}
	for (unsigned int i = 0; i < LEDGER_OUT; i++) {
		const struct ledger_object *o = &from->out[i];

		if (o->at_s * SECOND_US < since_us)
			continue;
		into->out[into->out_at] = *o;
		into->out_at = (uint16_t)((into->out_at + 1) % LEDGER_OUT);
	}
}

void user_move_since(struct user *into, struct user *from, int64_t since_us,
    int64_t now_us)
{
	for (unsigned int w = 0; w < WINDOWS; w++)
		move_window(&into->windows[w], &from->windows[w], since_us,
		    now_us);
	move_objects(&into->ledger, &from->ledger, since_us);
	if (from->ledger.episode.first_us >= since_us) {
		struct ledger_move m = { from->ledger.episode.first_us,
			from->ledger.episode.last_us,
			from->ledger.episode.bytes,
			from->ledger.episode.count, 0, 0,
			from->ledger.episode.service };

		ledger_take(&into->ledger, &m);
	}
}
