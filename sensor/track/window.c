/*
 * window.c - rings of bins that forget by being overwritten.
 *
 * A ring holds the newest bin's number; moving on clears the bins passed
 * over.  Nothing is allocated and nothing depends on the wall clock.
 */
#include "track/window.h"

#include <string.h>

static uint16_t add16(uint16_t a, uint32_t b)
{
	uint32_t sum = a + b;

	return sum < a || sum > UINT16_MAX ? UINT16_MAX : (uint16_t)sum;
}

/* Move a ring of `n` bins on to bin number `bin`; false: older than it. */
static bool advance(uint64_t *bytes, uint16_t *count, uint16_t *low,
    uint32_t n, uint32_t *newest, uint32_t bin)
{
	if (bin <= *newest)
		return *newest - bin < n;
	if (bin - *newest > n)
		*newest = bin - n;
	while (*newest < bin) {
		uint32_t i = ++*newest % n;

		bytes[i] = 0;
		count[i] = low[i] = 0;
	}
	return true;
}

static void peak_of(struct window *w, int64_t at_us)
{
	struct amount hour = window_hour(w, at_us);

	if (hour.bytes > w->peak.bytes)
		w->peak.bytes = hour.bytes;
	if (hour.count > w->peak.count)
		w->peak.count = hour.count;
}

void window_add(struct window *w, int64_t at_us, const struct amount *what)
{
	uint32_t five = (uint32_t)(at_us / (5 * MINUTE_US));
	uint32_t hour = (uint32_t)(at_us / HOUR_US);
	uint32_t i;

	if (advance(w->five, w->five_count, w->five_low, WINDOW_FIVE,
	    &w->five_at, five)) {
		i = five % WINDOW_FIVE;
		w->five[i] += what->bytes;
		w->five_count[i] = add16(w->five_count[i], what->count);
		w->five_low[i] = add16(w->five_low[i], what->low);
	}
	if (advance(w->hour, w->hour_count, w->hour_low, WINDOW_HOURS,
	    &w->hour_at, hour)) {
		i = hour % WINDOW_HOURS;
		w->hour[i] += what->bytes;
		w->hour_count[i] = add16(w->hour_count[i], what->count);
		w->hour_low[i] = add16(w->hour_low[i], what->low);
	}
	w->today.bytes += what->bytes;
	w->today.count += what->count;
	w->today.low += what->low;
	peak_of(w, at_us);
}

/* One of a window's rings, to be read. */
struct ring {
	const uint64_t *bytes;
	const uint16_t *count, *low;
	uint32_t n, newest;
};

/* The last `want` bins up to `bin` that the ring still holds. */
static struct amount sum(struct ring r, uint32_t bin, uint32_t want)
{
	struct amount total = { 0 };

	for (uint32_t k = 0; k < want && k <= bin; k++) {
		uint32_t i = bin - k;

		if (i > r.newest || r.newest - i >= r.n)
			continue;
		total.bytes += r.bytes[i % r.n];
		total.count += r.count[i % r.n];
		total.low += r.low[i % r.n];
	}
	return total;
}

struct amount window_hour(const struct window *w, int64_t at_us)
{
	struct ring fives = { w->five, w->five_count, w->five_low,
		WINDOW_FIVE, w->five_at };

	return sum(fives, (uint32_t)(at_us / (5 * MINUTE_US)), 12);
}

struct amount window_hours(const struct window *w, int64_t at_us,
    unsigned int hours)
{
	struct ring ring = { w->hour, w->hour_count, w->hour_low,
		WINDOW_HOURS, w->hour_at };

	return sum(ring, (uint32_t)(at_us / HOUR_US), hours);
}

unsigned int window_awake(const struct window *w, int64_t at_us)
{
	uint32_t now = (uint32_t)(at_us / HOUR_US);
	unsigned int awake = 1;

	for (uint32_t k = 1; k < 24 && k < now && k - awake < 6; k++) {
		uint32_t bin = now - k;

		if (bin <= w->hour_at && w->hour_at - bin < WINDOW_HOURS &&
		    w->hour[bin % WINDOW_HOURS] > 0)
			awake = k + 1;
	}
	return awake;
}

static uint32_t kib_of(uint64_t bytes)
{
	uint64_t kib = bytes / 1024 + (bytes % 1024 != 0);

	return kib > UINT32_MAX ? UINT32_MAX : (uint32_t)kib;
}

bool window_day_is(struct window *w, uint32_t day, uint32_t *closed,
    struct window_day *out)
{
	struct window_day d = {
		.kib = kib_of(w->today.bytes),
		.peak_kib = kib_of(w->peak.bytes),
		.count = add16(0, w->today.count),
		.peak_count = w->peak.count < 0x3fff ? w->peak.count & 0x3fff :
		    0x3fff,
		.tainted = w->tainted, .used = true,
	};
	uint32_t over = w->day_at;

	if (day <= over)
		return false;
	for (uint32_t k = over; k < day && k - over < WINDOW_DAYS; k++)
		w->days[k % WINDOW_DAYS] = (struct window_day){ 0 };
	if (day - over > WINDOW_DAYS)
		memset(w->days, 0, sizeof(w->days));
	w->day_at = day;
	w->today = w->peak = (struct amount){ 0 };
	w->tainted = false;
	if (over == 0 || d.kib == 0)
		return false;
	if (day - over < WINDOW_DAYS)
		w->days[over % WINDOW_DAYS] = d;
	*closed = over;
	*out = d;
	return true;
}

const struct window_day *window_day_at(const struct window *w, uint32_t day)
{
	const struct window_day *d = &w->days[day % WINDOW_DAYS];

	if (day >= w->day_at || w->day_at - day >= WINDOW_DAYS || !d->used)
		return NULL;
	return d;
}

uint32_t window_oldest(const struct window *w)
{
	for (uint32_t k = WINDOW_DAYS - 1; k > 0; k--)
		if (k < w->day_at && window_day_at(w, w->day_at - k) != NULL)
			return w->day_at - k;
	return 0;
}

uint32_t window_forget(struct window *w, uint32_t day)
{
	uint32_t n = 0;

	for (uint32_t k = WINDOW_DAYS - 1; k > 0; k--) {
		uint32_t at = w->day_at - k;

		if (k >= w->day_at || at >= day ||
		    window_day_at(w, at) == NULL)
			continue;
		w->days[at % WINDOW_DAYS] = (struct window_day){ 0 };
		n++;
	}
	return n;
}

static struct amount days(const struct window *w, uint32_t day,
    unsigned int n, bool tainted)
{
	struct amount total = { 0 };

	for (uint32_t k = 0; k < n && k <= day; k++) {
		const struct window_day *d = window_day_at(w, day - k);

		if (day - k == w->day_at && (tainted || !w->tainted)) {
			total.bytes += w->today.bytes;
			total.count += w->today.count;
			total.low += w->today.low;
		} else if (d != NULL && (tainted || !d->tainted)) {
			total.bytes += (uint64_t)d->kib * 1024;
			total.count += d->count;
			total.low += d->count;
		}
	}
	return total;
}

struct amount window_days(const struct window *w, uint32_t day,
    unsigned int n)
{
	return days(w, day, n, true);
}

struct amount window_untainted(const struct window *w, uint32_t day,
    unsigned int n)
{
	return days(w, day, n, false);
}
