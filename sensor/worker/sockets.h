/*
 * sockets.h - the local UDP sockets that calls of a service go through.
 *
 * A call client speaks to its service's relays and to its peers from one
 * socket.  The relays can be named, the peers cannot: what is known of the
 * socket names both.  Bounded; the least recently used is forgotten.
 */
#ifndef SOCKETS_H
#define SOCKETS_H

#include "base/table.h"
#include "flow/flow.h"

struct sockets {
	struct table rules;
};

__attribute__((warn_unused_result))
bool sockets_init(struct sockets *s);
void sockets_free(struct sockets *s);

/* This flow belongs to a call of catalogue rule `rule` (index + 1). */
void sockets_learn(struct sockets *s, const struct flow *f, uint32_t rule);
/* The rule known for either end of a UDP flow, 0: none. */
uint32_t sockets_find(struct sockets *s, const struct flow *f);
/* Other numbers after a reload: `now` says a rule's, 0: it is forgotten. */
void sockets_renumber(struct sockets *s,
    uint32_t (*now)(uint32_t rule, void *arg), void *arg);

#endif
