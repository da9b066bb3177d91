/*
 * guests.h - who calls at a listening socket: so many at once, each with a
 * bufferevent, bounds and a place that is free again when he leaves.
 */
#ifndef GUESTS_H
#define GUESTS_H

#include <stdbool.h>
#include <stddef.h>

#include "service/listen.h"
#include "service/loop.h"

struct bufferevent;
struct evbuffer;
struct event;
struct guests;

struct guest {
	struct bufferevent *bev;	/* NULL: free place */
	void *host;			/* as given to guests_new() */
	struct event *end;		/* of his time; NULL: no such bound */
	const struct guest_rules *rules;
	char who[PEER_TEXT];
	bool marked;			/* for the host; false when he comes */
};

struct guest_rules {
	size_t max;			/* guests at once */
	size_t unread_max;		/* bytes that wait for reading */
	int idle_s, whole_s;		/* of silence; of all; 0: no bound */
	/* All may be NULL but `read`, and all may let the guest leave. */
	void (*came)(struct guest *g);
	void (*read)(struct guest *g, struct evbuffer *in);
	void (*written)(struct guest *g);	/* all of it */
	void (*crowded)(void *host);		/* one too many was refused */
};

/* fd and rules are the caller's, and outlive the guests. */
struct guests *guests_new(struct loop *l, int fd,
    const struct guest_rules *rules, void *host);
void guests_free(struct guests *all);
void guest_leave(struct guest *g);

#endif
