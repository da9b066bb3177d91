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
	double free_share;

	if (u == NULL || at_us - u->since_us > 7 * DAY_US)
		return 0;
	free_share = (64 - __builtin_popcountll(u->users)) / 64.0;
	return free_share <= 0 ? 64 * 5 : -64 * log(free_share);
}

/* Would so many users meet in one class of this host by chance?  Many
 * classes are looked at, so the chance must be below one in a million. */
static bool stands_out(const struct common *c, uint32_t host, int32_t class,
    int64_t at_us)
{
	double here = users_of(c, host, class, at_us), around = 0;
	const struct class_use *all = table_peek(&c->classes,
	    &(struct class_key){ host, INT32_MIN });

	if (here < LEAST_USERS - 0.2)
		return false;
	for (int32_t d = NEAR; d <= FAR; d++)
		around += users_of(c, host, class - d, at_us) +
		    users_of(c, host, class + d, at_us);
	around /= 2 * (FAR - NEAR + 1);
	if (all != NULL)
		around = fmax(around, (double)all->users / ALL);
	return poisson_tail_log10((unsigned int)(here + 0.5),
	    fmax(around, 0.015)) < -6;
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

	if (u != NULL)
		u->users++;
	u = use(c, host, class, at_us);
	if (u == NULL)
		return false;
	u->users |= 1ull << (user * 2654435769u >> 26);
	for (int32_t d = -1; d <= 1; d++)
		if (stands_out(c, host, class + d, at_us))
			return true;
	return false;
}
