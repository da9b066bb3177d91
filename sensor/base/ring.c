#include "base/ring.h"

#include <sys/mman.h>

static size_t ring_bytes(size_t slots, size_t size)
{
	return sizeof(struct ring) + slots * size;
}

struct ring *ring_new(size_t slots, size_t size)
{
	struct ring *r = mmap(NULL, ring_bytes(slots, size),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (r == MAP_FAILED)
		return NULL;
	r->slots = slots;
	r->size = size;
	return r;
}

void ring_free(struct ring *r)
{
	if (r != NULL)
		munmap(r, ring_bytes(r->slots, r->size));
}
