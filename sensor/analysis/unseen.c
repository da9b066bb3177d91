/*
 * unseen.c - how much of a client's traffic hides what it is.
 *
 * Encrypted hellos under a cover name, DNS over HTTPS, relays, VPNs, Tor and
 * tunnels are never "nothing happened": an alert says how much went that way
 * in the 24 hours before it.  Two spans of 24 hours by turns: the answer
 * covers one day at least and two at most.
 */
#include "analysis/unseen.h"

#include <string.h>

enum { CLIENTS_MAX = 16384 };

static const int64_t SPAN_US = 86400 * 1000000LL;

struct span {
	uint64_t bytes;
	uint32_t flows;
};

struct hidden {
	int64_t span;			/* which one `now` is */
	struct span now, before;
	uint64_t flow, flow_bytes;	/* the last living one reported */
	char how[24];			/* the last kind */
};

bool unseen_init(struct unseen *u)
{
	return table_init(&u->clients, sizeof(struct addr),
	    sizeof(struct hidden), CLIENTS_MAX);
}

void unseen_free(struct unseen *u)
{
	table_free(&u->clients);
}

const char *unseen_why(const struct event *ev, const struct rule *r)
{
	if (ev->flags & EVENT_BLIND)
		return "ech";
	return r != NULL && r->service->category == CATEGORY_VPN ?
	    r->service->id : NULL;
}

static void turn(struct hidden *h, int64_t at_us)
{
	int64_t span = at_us / SPAN_US;

	if (span <= h->span)
		return;
	h->before = span == h->span + 1 ? h->now : (struct span){ 0 };
	h->now = (struct span){ 0 };
	h->span = span;
}

void unseen_flow(struct unseen *u, const struct event *ev,
    const struct where *to)
{
	uint64_t bytes = ev->up + ev->down, known = 0;
	struct hidden *h;
	bool fresh;

	if (to->blind == NULL)
		return;
	h = table_make(&u->clients, &ev->client, &fresh);
	if (h == NULL)
		return;
	turn(h, ev->at_us);
	if (h->flow == ev->flow)	/* reports are totals so far */
		known = h->flow_bytes;
	h->now.bytes += bytes > known ? bytes - known : 0;
	h->now.flows += h->flow != ev->flow;
	h->flow = ev->flow;
	h->flow_bytes = bytes;
	memset(h->how, 0, sizeof(h->how));
	memcpy(h->how, to->blind, strnlen(to->blind, sizeof(h->how) - 1));
}

void unseen_evidence(struct unseen *u, struct alert *a,
    const struct addr *client, int64_t at_us)
{
	struct hidden *h = table_find(&u->clients, client);

	if (h == NULL)
		return;
	turn(h, at_us);
	if (h->now.flows + h->before.flows == 0)
		return;
	alert_number(a, "blind_bytes",
	    (int64_t)(h->now.bytes + h->before.bytes));
	alert_number(a, "blind_flows", h->now.flows + h->before.flows);
	alert_text(a, "blind_how", slice_str(h->how));
}

void unseen_forget(struct unseen *u, const struct addr *client)
{
	table_remove(&u->clients, client);
}
