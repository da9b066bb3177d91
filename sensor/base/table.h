/*
 * table.h - a bounded hash table that forgets the least recently used.
 *
 * For everything keyed by the wire that must not grow: DNS answers, address
 * bindings, users, fragments.  Keys and values are flat and of fixed size;
 * keys compare byte for byte, so zero the padding.  All memory is reserved
 * at start.  At the bound the oldest entry is evicted, and counted.
 *
 * A value stays where it is until its entry is removed or evicted.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/pool.h"

struct table {
	struct pool entries;
	uint32_t *buckets;
	uint32_t mask;
	size_t key_size, value_at;
	uint64_t seed;
	uint32_t newest, oldest;	/* the age list */
	uint64_t evicted;

	/* Called, when set, with the value about to be evicted or cleared. */
	void (*on_evict)(void *value, void *arg);
	void *arg;
};

__attribute__((warn_unused_result))
bool table_init(struct table *t, size_t key_size, size_t value_size,
    uint32_t max);
void table_free(struct table *t);

void *table_find(struct table *t, const void *key);	/* and mark as used */
void *table_peek(const struct table *t, const void *key);

/* The value of this key, zeroed when it is new (*fresh says so). */
void *table_make(struct table *t, const void *key, bool *fresh);
void table_remove(struct table *t, const void *key);

/* Oldest first: table_oldest(), then table_newer() of what it returned. */
void *table_oldest(const struct table *t);
void *table_newer(const struct table *t, const void *value);
const void *table_key(const struct table *t, const void *value);

static inline uint32_t table_count(const struct table *t)
{
	return t->entries.used;
}

#endif
