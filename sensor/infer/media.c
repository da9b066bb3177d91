/*
 * media.c - calls and other interactive traffic are not files.
 *
 * A voice or video call over TLS takes turns many times a second with little
 * in each, and its sides do not wait for each other: what they say crosses on
 * the line, which HTTP/1.1 never does.  Five seconds are watched at a time;
 * reports of less than LARGE wait for the end of their window and are
 * dropped, and counted as media, when it was interactive; or no longer than
 * it may become that.  Nobody calls over HTTP/2: a busy connection of that
 * kind is a client with many API calls, and its files are files.
 */
#include "infer/room.h"

enum {
	WINDOW_S = 5,
	TURNS = 3,			/* a second, on average */
	BUSY_SECONDS = 4,		/* of the window, with turns in them */
	TURN_BYTES = 65536,		/* no more than this a turn */
	CROSSED = 2, CROSS_SHARE = 32,	/* turns, at least; one in so many */
	LARGE = 2000000			/* reported at once */
};

/* Turns whose answer came before the server can have known of them. */
static bool crossing(const struct infer *i)
{
	return i->sides != BOTH_SIDES || (i->crossed >= CROSSED &&
	    i->crossed >= i->turns / CROSS_SHARE);
}

static bool interactive(const struct infer *i)
{
	int busy = __builtin_popcount(i->seconds);

	return !i->h2 && i->turns >= TURNS * WINDOW_S && busy >= BUSY_SECONDS &&
	    i->window_bytes / i->turns < TURN_BYTES && crossing(i);
}

static void release(struct infer *i, const struct out *o)
{
	struct annex *a = annex_peek(i);

	if (a == NULL)
		return;
	for (uint32_t n = 0; n < a->n_held; n++) {
		if (i->interactive) {
			i->reported -= a->held[n].wire_bytes;
			i->media += a->held[n].wire_bytes;
		} else {
			o->found(&a->held[n], o->arg);
		}
	}
	a->n_held = 0;
	annex_put(i);
}

/* Too many of its seconds have passed without a turn, and no call went
 * before. */
static bool no_call(const struct infer *i, uint16_t passed_s)
{
	int busy = __builtin_popcount(i->seconds);

	return !i->interactive && busy + WINDOW_S - passed_s < BUSY_SECONDS;
}

static void close_window(struct infer *i, uint16_t now_s,
    const struct out *o)
{
	i->interactive = interactive(i);
	release(i, o);
	i->window_s = now_s;
	i->window_bytes = 0;
	i->turns = 0;
	i->crossed = 0;
	i->seconds = 0;
}

void media_tick(struct infer *i, int64_t at_us, uint32_t bytes, bool turn,
    const struct out *o)
{
	uint16_t now_s = (uint16_t)(at_us / 1000000);

	if (i->window_s == 0)
		i->window_s = now_s;
	if ((uint16_t)(now_s - i->window_s) >= WINDOW_S)
		close_window(i, now_s, o);
	else if (i->annex != 0 && !i->h2 &&
	    no_call(i, (uint16_t)(now_s - i->window_s)))
		release(i, o);
	if (i->window_bytes + bytes >= i->window_bytes)
		i->window_bytes += bytes;
	if (turn && i->turns < UINT16_MAX) {
		i->turns++;
		i->seconds |= (uint8_t)(1 << (now_s - i->window_s));
	}
}

/* Both sides talked all the time: the whole of it was one call. */
static bool chatter(const struct infer *i, const struct found *f)
{
	int64_t s = (f->end_us - f->start_us) / 1000000;

	return !i->h2 && s >= BUSY_SECONDS && f->count_hi >= TURNS * (uint64_t)s &&
	    f->bytes / f->count_hi < TURN_BYTES;
}

bool media_add(struct infer *i, int64_t at_us, uint32_t bytes)
{
	uint16_t now_s = (uint16_t)(at_us / 1000000);

	if ((uint16_t)(now_s - i->window_s) >= WINDOW_S ||
	    i->window_bytes + bytes < bytes)
		return false;
	i->window_bytes += bytes;
	return true;
}

void media_report(struct infer *i, const struct found *f,
    const struct out *o)
{
	bool talk = chatter(i, f);
	bool wait = f->bytes < LARGE && !talk && !i->h2;
	struct annex *a = wait ? annex_get(i) : NULL;

	if (a != NULL && a->n_held < HOLD) {
		a->held[a->n_held++] = *f;
	} else if (talk || (wait && i->interactive)) {
		i->reported -= f->wire_bytes;
		i->media += f->wire_bytes;
	} else {
		o->found(f, o->arg);
	}
}

void media_end(struct infer *i, const struct out *o)
{
	i->interactive = i->interactive || interactive(i);
	release(i, o);
}
