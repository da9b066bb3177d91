/*
 * storm.c - alerts counted by the hour of the events.
 */
#include "analysis/storm.h"

#include <stdio.h>

#include "base/text.h"
#include "detect/detect.h"

_Static_assert((int)STORM_KINDS >= (int)USER_INCIDENTS, "a count per detection");

bool storm_counts(struct storm *s, const struct storm_limit *limit,
    const struct alert *a, unsigned int detection)
{
	if (s->from_us == 0)
		s->from_us = a->at_us;
	if (s->sent < limit->alerts || a->score >= limit->score) {
		s->sent++;
		return false;
	}
	s->withheld++;
	s->kinds[detection]++;
	return true;
}

bool storm_over(struct storm *s, int64_t now_us, struct storm *was)
{
	if (s->from_us == 0 || now_us - s->from_us < HOUR_US)
		return false;
	*was = *s;
	*s = (struct storm){ 0 };
	return was->withheld > 0;
}

struct health storm_health(const struct storm *s,
    struct health_count counts[STORM_COUNTS])
{
	struct health h = { .kind = "alert-storm", .severity = "warning",
		.since_us = s->from_us, .has_value = true,
		.value = s->withheld, .counters = counts };
	struct text t = text_in(h.message, sizeof(h.message));

	text_printf(&t, "%u alerts within an hour: %u were sent, %u are kept "
	    "for `weir explain`", s->sent + s->withheld, s->sent,
	    s->withheld);
	counts[h.counters_n++] = (struct health_count){ "sent", s->sent };
	counts[h.counters_n++] = (struct health_count){ "withheld",
		s->withheld };
	for (unsigned int i = 0; detections[i] != NULL; i++) {
		if (s->kinds[i] == 0)
			continue;
		text_printf(&t, "%s%u %s", h.counters_n == 2 ? ": " : ", ",
		    s->kinds[i], detections[i]->name);
		counts[h.counters_n++] = (struct health_count){
			detections[i]->name, s->kinds[i] };
	}
	return h;
}
