/*
 * ring.h - fixed-size items from one worker to the core, without locks.
 *
 * One producer, one consumer, in two processes: the ring is one flat block
 * that the parent maps shared before it forks.  When the reader falls
 * behind, ring_put() refuses and counts: capture never waits for analysis.
 */
#ifndef BASE_RING_H
#define BASE_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct ring {
	_Alignas(64) atomic_size_t head;	/* written by the producer */
	atomic_uint_fast64_t lost;		/* puts refused */
	_Alignas(64) atomic_size_t tail;	/* written by the consumer */
	_Alignas(64) size_t slots;		/* a power of two */
	size_t size;				/* bytes per item */
	_Alignas(64) unsigned char items[];
};

/* Shared, zeroed memory for `slots` (a power of two) items; NULL: none. */
struct ring *ring_new(size_t slots, size_t size);
void ring_free(struct ring *r);

static inline bool ring_put(struct ring *r, const void *item)
{
	size_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	size_t tail = atomic_load_explicit(&r->tail, memory_order_acquire);

	if (head - tail >= r->slots) {
		atomic_fetch_add_explicit(&r->lost, 1, memory_order_relaxed);
		return false;
	}
	memcpy(r->items + (head & (r->slots - 1)) * r->size, item, r->size);
	atomic_store_explicit(&r->head, head + 1, memory_order_release);
	return true;
}

static inline bool ring_get(struct ring *r, void *item)
{
	size_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	size_t head = atomic_load_explicit(&r->head, memory_order_acquire);
	unsigned char *slot;

	if (head == tail)
		return false;
	slot = r->items + (tail & (r->slots - 1)) * r->size;
	memcpy(item, slot, r->size);
	memset(slot, 0, r->size);	/* memory keeps nobody's name */
	atomic_store_explicit(&r->tail, tail + 1, memory_order_release);
	return true;
}

#endif
