/*
 * The k that keeps to a budget, from the tail of ordinary days.
 */
#include "track/excess.h"

#include <math.h>

#include "tap.h"

enum { MEMBERS = 100, WEEKS = 20 };

/* A group whose user-weeks' z are exponential: e^(-(z - from) / slope). */
static struct excess habit(double from, double slope)
{
	struct excess e = { 0 };
	uint32_t day = 20000;

	excess_note(&e, MEMBERS, day, 0, 0);
	for (unsigned int week = 0; week < WEEKS; week++, day += 7)
		for (unsigned int i = 0; i < MEMBERS; i++) {
			double share = (i + 0.5) / MEMBERS;

			excess_note(&e, MEMBERS, day, 0,
			    (float)(from - slope * log(share)));
		}
	return e;
}

static double k_of(const struct excess *group, const struct excess *all,
    double budget)
{
	return excess_k(group, all, budget, 3.5).k;
}

static void test_k(void)
{
	struct excess none = { 0 }, calm = habit(0, 0.7),
	    wild = habit(1, 0.7);

	ok(fabs(k_of(NULL, &none, 2) - 3.5) < 0.02,
	    "where nobody's days say anything, the standard");
	ok(k_of(NULL, &calm, 2) < 3.3 && k_of(NULL, &wild, 2) > 3.7,
	    "a wild office needs a larger k: %.2f, %.2f",
	    k_of(NULL, &calm, 2), k_of(NULL, &wild, 2));
	ok(k_of(NULL, &wild, 8) < k_of(NULL, &wild, 2) - 0.5,
	    "a larger budget a smaller one");
	ok(k_of(&wild, &calm, 2) > k_of(&calm, &calm, 2) + 0.3,
	    "a group's own days count");
	ok(k_of(&none, &calm, 2) == k_of(NULL, &calm, 2),
	    "a group without days has everyone's");
	wild = habit(6, 1);
	calm = habit(-5, 0.3);
	ok(k_of(NULL, &wild, 2) <= 4.5 && k_of(NULL, &calm, 2) >= 2.4,
	    "within bounds");
}

/* A few thefts far out are in the count as well. */
static void test_thefts(void)
{
	struct excess e = habit(1, 0.7);
	double before = k_of(NULL, &e, 2);

	for (unsigned int i = 0; i < 30; i++)
		excess_note(&e, MEMBERS, e.day, 0, 6);
	ok(k_of(NULL, &e, 2) == before, "thefts far out do not move it");
}

static void test_weeks(void)
{
	struct excess_own own = { 0 };
	float was = -1;

	ok(!excess_grows(&own, 100, 1.0, &was), "an ordinary day is no news");
	ok(excess_grows(&own, 100, 2.0, &was) && was == 0, "a week begins");
	ok(!excess_grows(&own, 103, 1.9, &was), "of a week the largest counts");
	ok(excess_grows(&own, 106, 3.0, &was) && was == 2,
	    "a larger one takes its place");
	ok(excess_grows(&own, 107, 2.0, &was) && was == 0, "the next week");
}

int main(void)
{
	test_k();
	test_thefts();
	test_weeks();
	return tap_done();
}
