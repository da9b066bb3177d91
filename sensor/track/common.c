/*
 * common.c - users per host and size class, over a week.
 */
#include "track/common.h"

#include <math.h>

#include "track/poisson.h"
#include "track/window.h"

/* Three decades of sizes, such as files have, are some 1400 classes. */
enum { NEAR = 2, FAR = 12, LEAST_USERS = 3, ALL = 1400 };

bool common_init(struct common *c, uint32_t max)
{
	for (int bits = 0; bits < 64; bits++)
		c->users_of[bits] = -64 * log((64 - bits) / 64.0);
	c->users_of[64] = 64 * 5;
	return table_init(&c->classes, sizeof(struct class_key),
	    sizeof(struct class_use), max);
}

void common_free(struct common *c)
{
	table_free(&c->classes);
}

static double users_of(const struct common *c, uint32_t host, int32_t class,
    int64_t at_us)
{
	struct class_key k = { host, class };
	const struct class_use *u = table_peek(&c->classes, &k);

	return u == NULL || at_us - u->since_us > 7 * DAY_US ? 0 :
	    c->users_of[__builtin_popcountll(u->users)];
}

/* Would `here` users meet in the class in the middle by chance?  Many classes
 * are looked at, so the chance must be below one in a million. */
static bool stands_out(double here, const double *middle, double everywhere)
{
	double around = 0;

	for (int32_t d = NEAR; d <= FAR; d++)
		around += middle[-d] + middle[d];
	around = fmax(around / (2 * (FAR - NEAR + 1)), everywhere);
	return poisson_tail_log10((unsigned int)(here + 0.5),
	    fmax(around, 0.015)) < -6;
}

/* An object may lie at the edge of its class: its neighbours count too. */
static bool is_common(const struct common *c, uint32_t host, int32_t class,
    uint64_t fetches, int64_t at_us)
{
	enum { SIDE = FAR + 1 };
	double users[2 * SIDE + 1], *own = users + SIDE;
	double most = 0;

	for (int32_t d = -1; d <= 1; d++) {
		own[d] = users_of(c, host, class + d, at_us);
		most = fmax(most, own[d]);
	}
	if (most < LEAST_USERS - 0.2)
		return false;
	for (int32_t d = 2; d <= SIDE; d++) {
		own[-d] = users_of(c, host, class - d, at_us);
		own[d] = users_of(c, host, class + d, at_us);
	}
	for (int32_t d = -1; d <= 1; d++)
		if (own[d] >= LEAST_USERS - 0.2 &&
		    stands_out(own[d], own + d, (double)fetches / ALL))
			return true;
	return false;
}

static struct class_use *use(struct common *c, uint32_t host, int32_t class,
    int64_t at_us)
{
	struct class_key k = { host, class };
	bool fresh;
	struct class_use *u = table_make(&c->classes, &k, &fresh);

	if (u != NULL && (fresh || at_us - u->since_us > 7 * DAY_US))
		*u = (struct class_use){ .since_us = at_us };
	return u;
}

bool common_seen(struct common *c, uint32_t host, uint64_t bytes,
    uint32_t user, int64_t at_us)
{
	int32_t class = (int32_t)floor(log((double)bytes + 1) / log(1.005));
	struct class_use *u = use(c, host, INT32_MIN, at_us);
	uint64_t fetches = u == NULL ? 0 : ++u->users;

	u = use(c, host, class, at_us);
	if (u == NULL)
		return false;
	u->users |= 1ull << (user * 2654435769u >> 26);
	return is_common(c, host, class, fetches, at_us);
}
