/*
 * resolve.c - libevent's resolver for names, nothing for numbers.
 */
#include "alert/resolve.h"

#include <event2/dns.h>
#include <event2/event.h>
#include <event2/util.h>
#include <stdlib.h>

struct resolve {
	struct evdns_base *dns;
	struct evdns_getaddrinfo_request *request;
	struct event *turn;
	struct address address;
	bool numeric;
	void (*done)(const struct address *a, const char *why, void *arg);
	void *arg;
};

static void on_answer(int error, struct evutil_addrinfo *found, void *arg)
{
	struct resolve *r = arg;
	struct address a = { .n = 0 };

	if (error == EVUTIL_EAI_CANCEL)
		return;
	r->request = NULL;
	if (error != 0 || found == NULL) {
		r->done(NULL, error != 0 ? evutil_gai_strerror(error) :
		    "no address", r->arg);
		return;
	}
	memcpy(&a.sa, found->ai_addr, found->ai_addrlen);
	a.n = found->ai_addrlen;
	evutil_freeaddrinfo(found);
	r->done(&a, NULL, r->arg);
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct resolve *r = arg;

	(void)fd;
	(void)what;
	if (r->numeric)
		r->done(&r->address, NULL, r->arg);
	else
		r->done(NULL, "no resolver", r->arg);
}

static void ask(struct resolve *r, struct event_base *base,
    const struct address_conf *c)
{
	struct evutil_addrinfo hints = { .ai_family = AF_UNSPEC,
	    .ai_socktype = SOCK_STREAM };
	char port[8];

	r->dns = evdns_base_new(base, EVDNS_BASE_INITIALIZE_NAMESERVERS |
	    EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	if (r->dns == NULL) {
		event_active(r->turn, EV_TIMEOUT, 0);
		return;
	}
	snprintf(port, sizeof(port), "%u", (unsigned int)(c->port & 0xffff));
	r->request = evdns_getaddrinfo(r->dns, c->host, port, &hints,
	    on_answer, r);
}

struct resolve *resolve_start(struct event_base *base,
    const struct address_conf *c, void (*done)(const struct address *a,
    const char *why, void *arg), void *arg)
{
	struct resolve *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->done = done;
	r->arg = arg;
	r->turn = evtimer_new(base, on_turn, r);
	r->numeric = address_numeric(&r->address, c);
	if (r->numeric)
		event_active(r->turn, EV_TIMEOUT, 0);
	else
		ask(r, base, c);
	return r;
}

void resolve_cancel(struct resolve *r)
{
	if (r == NULL)
		return;
	if (r->request != NULL)
		evdns_getaddrinfo_cancel(r->request);
	if (r->dns != NULL)
		evdns_base_free(r->dns, 0);
	event_free(r->turn);
	free(r);
}
