/*
 * Letters that the disk refused, between those it took: whatever the core
 * does between two steps of the reader, each is read once, in order.
 */
#include "alert/frame.h"
#include "service/kept.h"
#include "tap.h"

enum { MANY = 60 };

static struct ring *ring;
static bool on_disk[MANY + KEPT + 2];
static uint64_t core_at;		/* the last letter it has dealt with */
static void (*meanwhile)(void);		/* what it does after a look */

static void hand_over(uint64_t seq)
{
	struct spilled s;
	struct text t = text_in((char *)s.frame, sizeof(s.frame));
	struct frame_info f = { .seq = seq, .chain = "0123456789abcdef",
	    .record = slice_str("{\"type\":\"health\"}") };

	frame_write(&t, &f);
	s.n = t.n;
	ok(ring_put(ring, &s), "letter %ju is handed over", (uintmax_t)seq);
}

static bool look(void *arg, uint64_t seq, struct letter *l)
{
	bool found = false;

	(void)arg;
	for (; seq <= core_at && !found; seq++)
		if (on_disk[seq]) {
			*l = (struct letter){ .seq = seq };
			found = true;
		}
	if (meanwhile != NULL)
		meanwhile();
	return found;
}

/* The disk takes some, then refuses some, then takes some, ... */
static void runs_of_three(void)
{
	for (int i = 0; i < 5 && core_at < MANY; i++) {
		core_at++;
		on_disk[core_at] = core_at / 3 % 2 == 0;
		if (!on_disk[core_at])
			hand_over(core_at);
	}
}

static void test_between(void)
{
	struct kept *k = kept_new(ring);
	struct letter l;
	uint64_t next = 1, wrong = 0;

	meanwhile = runs_of_three;
	for (int turns = 0; next <= MANY && turns < 4 * MANY; turns++) {
		if (!kept_read(k, next, &l, look, NULL))
			continue;
		wrong += l.seq != next;
		next = l.seq + 1;
	}
	ok(wrong == 0, "none is passed over");
	ok(next == MANY + 1, "all are read");
	ok(!kept_read(k, next, &l, look, NULL), "and no more");
	kept_free(k);
}

static void test_forget(void)
{
	struct kept *k = kept_new(ring);

	meanwhile = NULL;
	ok(kept_first(k) == 0, "nothing is kept");
	for (uint64_t seq = 1; seq <= 3; seq++)
		hand_over(seq);
	kept_take(k);
	ok(kept_first(k) == 1, "the oldest");
	kept_drop_first(k);
	ok(kept_first(k) == 2, "the next one");
	kept_free(k);
}

/* Room for KEPT; the oldest make place, and are counted. */
static void test_full(void)
{
	struct kept *k = kept_new(ring);
	struct spilled s;
	uint64_t seq = 1;

	for (; seq <= KEPT + 2; seq++) {
		struct text t = text_in((char *)s.frame, sizeof(s.frame));
		struct frame_info f = { .seq = seq,
		    .chain = "0123456789abcdef", .record = slice_str("{}") };

		frame_write(&t, &f);
		s.n = t.n;
		if (!ring_put(ring, &s))
			break;
		kept_take(k);
	}
	ok(seq == KEPT + 3, "all handed over");
	ok(kept_first(k) == 3, "the oldest two are gone");
	ok(kept_lost(k) == 2, "and counted");
	memset(&s, 7, sizeof(s));
	s.n = 100;
	ok(ring_put(ring, &s), "rubbish is handed over");
	kept_take(k);
	ok(kept_lost(k) == 3, "and counted as lost");
	kept_free(k);
}

int main(void)
{
	ring = ring_new(SPILL_LETTERS, sizeof(struct spilled));
	if (ring == NULL)
		return 1;
	test_between();
	test_forget();
	test_full();
	ring_free(ring);
	return tap_done();
}
