/*
 * hours.c - time passes: what falls due happens, hours end, days turn.
 */
#include "analysis/analysis_parts.h"

static void settle(struct analysis *a, struct user *u, int64_t end_us)
{
	for (unsigned int i = 0; detections[i] != NULL; i++) {
		struct look look;

		if (detections[i]->settle == NULL)
			continue;
		look = analysis_look(a, u, i, end_us - 1);
		detections[i]->settle(&look);
		u->dirty = true;
	}
}

/*
 * An hour is over: let detections look at all of it, then turn the days.
 * Who has done nothing since the day began need not be woken for that: his
 * days turn when he is seen again, and come to the same.
 */
void hours_over(struct analysis *a, int64_t now_us)
{
	int64_t end_us = (a->hour + 1LL) * HOUR_US;

	for (struct user_head *h = users_first(&a->users); h != NULL;
	    h = users_next(&a->users, h)) {
		bool lately = h->last_us >= end_us - 2 * HOUR_US;
		struct user *u;

		if (!lately && !(h->open && analysis_turns(a, h, now_us)))
			continue;
		u = users_wake(&a->users, h);
		if (u == NULL)
			continue;
		if (lately)
			settle(a, u, end_us);
		analysis_roll(a, u, now_us);
	}
	incident_due(a, now_us);
}

/*
 * What is due until then happens at its own time, in its order: however far
 * apart the events are that tell what time it is, the result is the same.
 */
static void pass(struct analysis *a, int64_t until_us)
{
	for (;;) {
		int64_t file_us = join_due(a->parts), next_us;

		next_us = file_us == INT64_MAX ? INT64_MAX : file_us + 1;
		if (a->due_us != 0 && a->due_us < next_us)
			next_us = a->due_us;
		if (next_us > until_us)
			break;
		if (next_us > a->now_us)
			a->now_us = next_us;
		moved_due(a, a->now_us);
		incident_due(a, a->now_us);
	}
	if (until_us > a->now_us)
		a->now_us = until_us;
	incident_due(a, a->now_us);
}

/* The hour that is the present one is over. */
static void turn_hour(struct analysis *a)
{
	pass(a, (a->hour + 1LL) * HOUR_US);
	moved_due(a, INT64_MAX);
	hours_over(a, a->now_us);
	a->hour++;
}

void analysis_time(struct analysis *a, int64_t now_us)
{
	uint32_t hour = (uint32_t)(now_us / HOUR_US);

	if (a->since_us == 0) {
		a->since_us = now_us;
		a->hour = hour;
	}
	if (now_us <= a->now_us)
		return;
	/* After two silent hours nothing is left to settle; but a day may have
	 * turned meanwhile, of which all learn before somebody is judged. */
	for (int i = 0; i < 2 && a->hour < hour; i++)
		turn_hour(a);
	if (a->hour < hour) {
		a->hour = hour - 1;
		turn_hour(a);
	}
	pass(a, now_us);
}
