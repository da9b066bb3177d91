/*
 * guests.h - who calls at a listening socket: so many at once, each with a
 * bufferevent, bounds and a place that is free again when he leaves.
 *
 * At a UNIX socket who is neither root nor of our user or group is sent away,
 * whatever the socket's mode has become; by TLS who shows no certificate of
 * our CA with one of the names, or takes longer than ten seconds for it.
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
struct tls;

struct guest {
	struct bufferevent *bev;	/* NULL: free place */
	void *host;			/* as given to guests_new() */
	struct event *end;		/* of his time; NULL: no such bound */
	const struct guest_rules *rules;
	const struct guests *all;
	char who[PEER_TEXT];		/* by TLS his certificate's name first */
	bool inside;			/* admitted */
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
	void (*refused)(void *host, const char *who, const char *why);
};

/* fd and rules are the caller's, and outlive the guests. */
struct guests *guests_new(struct loop *l, int fd,
    const struct guest_rules *rules, void *host);
/* The same by TLS; both are the caller's as well.  names: tls_named(). */
struct guests *guests_tls(struct loop *l, int fd,
    const struct guest_rules *rules, void *host, struct tls *tls,
    const char *names);
void guests_free(struct guests *all);
void guest_leave(struct guest *g);

#endif
