/*
 * Users awake, asleep and forgotten; structs packed.
 */
#include "base/pack.h"
#include "tap.h"
#include "track/user.h"

#include <stdlib.h>

enum { BLOCK = 4096, STATES = 64 };

static bool comes_back(const unsigned char *in, size_t n)
{
	static unsigned char out[PACK_MOST(BLOCK)], again[BLOCK];
	size_t size = pack(out, in, n);

	memset(again, 0, sizeof(again));
	return size <= PACK_MOST(n) && unpack(again, n, slice_of(out, size)) &&
	    memcmp(in, again, n) == 0;
}

static void test_pack(void)
{
	static unsigned char in[BLOCK], out[PACK_MOST(BLOCK)], to[BLOCK];
	unsigned int seed = 1;
	bool good = true, refused = true;
	size_t size;

	ok(pack(out, in, BLOCK) <= 2 * (BLOCK / 8 / 256), "nothing is small");
	ok(comes_back(in, BLOCK), "and comes back");
	for (int density = 1; density < 256; density *= 2)
		for (int round = 0; round < 20; round++) {
			for (size_t i = 0; i < BLOCK; i++) {
				seed = seed * 1103515245 + 12345;
				in[i] = (int)(seed >> 16 & 255) < density ?
				    (unsigned char)(seed >> 8) : 0;
			}
			good = good && comes_back(in, BLOCK);
		}
	memset(in, 0xff, BLOCK);
	ok(good && comes_back(in, BLOCK), "sparse and full ones as well");
	size = pack(out, in, 64);
	for (size_t n = 0; n < size; n++)
		refused = refused && !unpack(to, 64, slice_of(out, n));
	ok(refused, "a part of it is refused");
	ok(!unpack(to, 56, slice_of(out, size)), "and more than fits");
}

static void fill(struct user *u, int i)
{
	u->last_us = i;
	u->windows[CHAT_IN].five[i % WINDOW_FIVE] = (uint64_t)i * 1000003;
	u->base.hours[i % HOURS_WEEK] = (float)i / 7;
	for (int k = 0; k < LEDGER_IN; k++)
		u->ledger.in[k].at_s = (uint32_t)(i * k);
	u->states[STATES - 1] = (unsigned char)(i | 1);
}

static bool filled(const struct user *u, int i)
{
	struct user *like = calloc(1, sizeof(*u) + STATES);
	bool same;

	memcpy(like->name, u->name, sizeof(like->name));
	like->dirty = u->dirty;
	fill(like, i);
	same = memcmp(like, u, sizeof(*u) + STATES) == 0;
	free(like);
	return same;
}

static const char *name_of(int i)
{
	static char name[USER_NAME];

	snprintf(name, sizeof(name), "user%d", i);
	return name;
}

static void evicted(const struct user_head *h, void *arg)
{
	(void)h;
	++*(unsigned int *)arg;
}

static void make(struct users *u, int from, int to)
{
	for (int i = from; i < to; i++) {
		bool fresh;

		fill(users_make(u, name_of(i), &fresh), i);
	}
}

static void test_sleep(void)
{
	enum { MANY = 3 * USERS_AWAKE };
	struct user_head *h;
	struct users u;
	bool good = true;
	int i = 0;

	ok(users_init(&u, MANY + 1, 64 << 20, STATES), "a table");
	make(&u, 0, MANY);
	ok(table_count(&u.awake) == USERS_AWAKE && users_count(&u) == MANY,
	    "more users than may be awake");
	for (h = users_first(&u); h != NULL; h = users_next(&u, h), i++)
		good = good && h->last_us == i &&
		    strcmp(users_name(&u, h), name_of(i)) == 0;
	ok(good && i == MANY, "their heads tell of them, oldest first");
	for (i = 0; i < MANY; i++)
		good = good && filled(users_find(&u, name_of(i)), i);
	ok(good && u.woken > 0, "woken, they are what they were");
	ok(filled(users_rename(&u, name_of(5), "other"), 5) &&
	    !users_know(&u, name_of(5)), "renamed, too");
	users_forget(&u, "other");
	users_forget(&u, name_of(6));
	ok(users_count(&u) == MANY - 2, "asleep or not, they are forgotten");
	while ((h = users_first(&u)) != NULL)
		users_forget(&u, users_name(&u, h));
	ok(users_count(&u) == 0 && u.asleep.chunks.used == 0 &&
	    table_count(&u.awake) == 0, "and nothing of them is left");
	users_free(&u);
}

static void test_bounds(void)
{
	unsigned int gone = 0;
	struct users u;

	ok(users_init(&u, 3 * USERS_AWAKE, 1 << 20, STATES), "little memory");
	u.on_evict = evicted;
	u.arg = &gone;
	make(&u, 0, 3 * USERS_AWAKE);
	ok(u.evicted > 0 && u.evicted == gone &&
	    users_count(&u) == 3 * USERS_AWAKE - gone,
	    "who does not fit is forgotten, and counted");
	ok(!users_know(&u, name_of(0)) && users_know(&u,
	    name_of(3 * USERS_AWAKE - 1)), "the oldest first");
	ok(shelf_bytes(&u.asleep) <= 1 << 20, "within the bound");
	users_free(&u);
	gone = 0;
	ok(users_init(&u, 10, 1 << 20, STATES), "few users");
	u.on_evict = evicted;
	u.arg = &gone;
	make(&u, 0, 25);
	ok(users_count(&u) == 10 && u.evicted == 15 && gone == 15 &&
	    table_count(&u.awake) == 10, "their number is bounded");
	users_free(&u);
}

int main(void)
{
	test_pack();
	test_sleep();
	test_bounds();
	return tap_done();
}
