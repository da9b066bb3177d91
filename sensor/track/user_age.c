/*
 * user_age.c - what is old in a user's memory, and its end.
 *
 * Single days, resources and incidents are of a day and go by it.  What has
 * no day is decayed (risk, hours, the usual mix), or says only since when
 * somebody is known.
 */
#include "track/user.h"

static void older(uint32_t *oldest, uint32_t day)
{
	if (day != 0 && (*oldest == 0 || day < *oldest))
		*oldest = day;
}

uint32_t user_oldest(const struct user *u)
{
	uint32_t oldest = 0;

	for (unsigned int w = 0; w < WINDOWS; w++)
		older(&oldest, window_oldest(&u->windows[w]));
	for (unsigned int i = 0; i < BASELINE_RESOURCES; i++)
		older(&oldest, u->base.resources[i].last_day);
	for (unsigned int i = 0; i < USER_INCIDENTS; i++)
		older(&oldest, u->incidents[i].day);
	return oldest;
}

uint32_t user_forget_before(struct user *u, uint32_t day)
{
	uint32_t n = 0;

	for (unsigned int w = 0; w < WINDOWS; w++)
		n += window_forget(&u->windows[w], day);
	for (unsigned int i = 0; i < BASELINE_RESOURCES; i++)
		if (u->base.resources[i].last_day < day)
			u->base.resources[i] = (struct resource_seen){ 0 };
	for (unsigned int i = 0; i < USER_INCIDENTS; i++)
		if (u->incidents[i].day < day)
			u->incidents[i] = (struct incident){ 0 };
	return n;
}
