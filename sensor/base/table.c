/*
 * table.c - bucket chains and an age list over one pool.
 */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

struct entry {
	uint32_t chain;			/* next in the bucket */
	uint32_t newer, older;		/* neighbours by age */
	uint32_t hash;
	unsigned char key[];		/* then, aligned, the value */
};

bool table_init(struct table *t, size_t key_size, size_t value_size,
    uint32_t max)
{
	size_t value_at = (sizeof(struct entry) + key_size + 7) / 8 * 8;
	uint32_t buckets = 16;

	while (buckets < max && buckets < 1u << 30)
		buckets <<= 1;
	*t = (struct table){ .key_size = key_size, .value_at = value_at,
	    .mask = buckets - 1, .seed = hash_seed() };
	t->buckets = calloc(buckets, sizeof(*t->buckets));
	if (t->buckets == NULL)
		return false;
	if (!pool_init(&t->entries, value_at + value_size, max)) {
		free(t->buckets);
		return false;
	}
	return true;
}

static struct entry *at(const struct table *t, uint32_t index)
{
	return pool_at(&t->entries, index);
}

static struct entry *entry_of(const struct table *t, const void *value)
{
	return (struct entry *)((uintptr_t)value - t->value_at);
}

static void *value_of(const struct table *t, struct entry *e)
{
	return (char *)e + t->value_at;
}

static void age_unlink(struct table *t, struct entry *e)
{
	if (e->newer != 0)
		at(t, e->newer)->older = e->older;
	else
		t->newest = e->older;
	if (e->older != 0)
		at(t, e->older)->newer = e->newer;
	else
		t->oldest = e->newer;
}

static void age_link(struct table *t, struct entry *e)
{
	uint32_t index = pool_index(&t->entries, e);

	e->newer = 0;
	e->older = t->newest;
	if (t->newest != 0)
		at(t, t->newest)->newer = index;
	else
		t->oldest = index;
	t->newest = index;
}

static struct entry *lookup(const struct table *t, const void *key,
    uint32_t hash)
{
	uint32_t index = t->buckets[hash & t->mask];

	while (index != 0) {
		struct entry *e = at(t, index);

		if (e->hash == hash && memcmp(e->key, key, t->key_size) == 0)
			return e;
		index = e->chain;
	}
	return NULL;
}

static uint32_t hash_key(const struct table *t, const void *key)
{
	return (uint32_t)hash_of(key, t->key_size, t->seed);
}

static void drop(struct table *t, struct entry *e)
{
	uint32_t index = pool_index(&t->entries, e);
	uint32_t *link = &t->buckets[e->hash & t->mask];

	while (*link != index)
		link = &at(t, *link)->chain;
	*link = e->chain;
	age_unlink(t, e);
	pool_put(&t->entries, e);
}

static void evict(struct table *t, struct entry *e)
{
	if (t->on_evict != NULL)
		t->on_evict(value_of(t, e), t->arg);
	drop(t, e);
}

void table_free(struct table *t)
{
	while (t->oldest != 0)
		evict(t, at(t, t->oldest));
	pool_free(&t->entries);
	free(t->buckets);
	*t = (struct table){ 0 };
}

void *table_find(struct table *t, const void *key)
{
	struct entry *e = lookup(t, key, hash_key(t, key));

	if (e == NULL)
		return NULL;
	age_unlink(t, e);
	age_link(t, e);
	return value_of(t, e);
}

void *table_peek(const struct table *t, const void *key)
{
	struct entry *e = lookup(t, key, hash_key(t, key));

	return e == NULL ? NULL : value_of(t, e);
}

void *table_make(struct table *t, const void *key, bool *fresh)
{
	uint32_t hash = hash_key(t, key);
	struct entry *e = lookup(t, key, hash);

	*fresh = e == NULL;
	if (e != NULL) {
		age_unlink(t, e);
		age_link(t, e);
		return value_of(t, e);
	}
	if (t->entries.used == t->entries.max) {
		t->evicted++;
		evict(t, at(t, t->oldest));
	}
	e = pool_get(&t->entries);
	e->hash = hash;
	memcpy(e->key, key, t->key_size);
	e->chain = t->buckets[hash & t->mask];
	t->buckets[hash & t->mask] = pool_index(&t->entries, e);
	age_link(t, e);
	return value_of(t, e);
}

void table_remove(struct table *t, const void *key)
{
	struct entry *e = lookup(t, key, hash_key(t, key));

	if (e != NULL)
		drop(t, e);
}

void *table_oldest(const struct table *t)
{
	return t->oldest == 0 ? NULL : value_of(t, at(t, t->oldest));
}

void *table_newer(const struct table *t, const void *value)
{
	uint32_t newer = entry_of(t, value)->newer;

	return newer == 0 ? NULL : value_of(t, at(t, newer));
}

const void *table_key(const struct table *t, const void *value)
{
	return entry_of(t, value)->key;
}
