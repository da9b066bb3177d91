/*
 * popular.c - counts of users per resource and group.
 */
#include "track/popular.h"

#include <ctype.h>

bool popular_init(struct popular *p, uint32_t max)
{
	return table_init(&p->uses, sizeof(uint32_t),
	    sizeof(struct resource_use), max);
}

void popular_free(struct popular *p)
{
	table_free(&p->uses);
}

static void turn(struct resource_use *u, uint32_t day)
{
	uint32_t epoch = day / 30;

	if (epoch <= u->epoch)
		return;
	if (epoch == u->epoch + 1)
		memcpy(u->before, u->now, sizeof(u->before));
	else
		memset(u->before, 0, sizeof(u->before));
	memset(u->now, 0, sizeof(u->now));
	u->epoch = epoch;
}

void popular_add(struct popular *p, uint32_t hash, uint32_t group,
    uint32_t day)
{
	bool fresh;
	struct resource_use *u = table_make(&p->uses, &hash, &fresh);

	if (u == NULL || group >= POLICY_GROUPS)
		return;
	if (fresh) {
		u->first_day = day;
		u->epoch = day / 30;
	}
	turn(u, day);
	if (u->now[group] < UINT16_MAX)
		u->now[group]++;
}

uint32_t popular_users(struct popular *p, uint32_t hash, uint32_t group,
    uint32_t day)
{
	struct resource_use *u = table_find(&p->uses, &hash);

	if (u == NULL || group >= POLICY_GROUPS)
		return 0;
	turn(u, day);
	return (uint32_t)u->now[group] + u->before[group];
}

uint32_t popular_since(struct popular *p, uint32_t hash)
{
	const struct resource_use *u = table_peek(&p->uses, &hash);

	return u == NULL ? 0 : u->first_day;
}

/* FNV-1a: kept in the store, so not seeded; collisions only blur counts. */
uint32_t name_hash(struct slice name)
{
	uint32_t h = 2166136261u;

	while (slice_more(name)) {
		h ^= (uint32_t)tolower(slice_u8(&name));
		h *= 16777619u;
	}
	return h == 0 ? 1 : h;
}
