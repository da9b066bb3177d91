/*
 * report.c - events out of flows.
 */
#include "worker/report.h"

#include <netinet/in.h>

#include "base/hash.h"

static uint64_t flow_id(const struct flow *f)
{
	return hash_of(&f->key, sizeof(f->key), (uint64_t)f->start_us);
}

void report_host(struct event *ev, struct slice host)
{
	if (host.n >= EVENT_HOST)
		slice_skip(&host, host.n - (EVENT_HOST - 1));
	memset(ev->host, 0, sizeof(ev->host));
	if (host.n > 0)
		memcpy(ev->host, host.p, host.n);
}

void report_text(struct event *ev, struct slice text)
{
	text = slice_head(text, EVENT_TEXT - 1);
	memset(ev->text, 0, sizeof(ev->text));
	if (text.n > 0)
		memcpy(ev->text, text.p, text.n);
}

/* The one whose flow it is has listened, and the other end has connected. */
static void turn(struct event *ev)
{
	struct event e = *ev;

	ev->up = e.down;
	ev->down = e.up;
	ev->client = e.server;
	ev->server = e.client;
	ev->client_port = e.server_port;
	ev->server_port = e.client_port;
	ev->packets_up = e.packets_down;
	ev->packets_down = e.packets_up;
}

void report_flow(struct event *ev, const struct flow *f, int64_t at_us,
    const char *host)
{
	*ev = (struct event){
		.kind = EV_FLOW,
		.at_us = at_us,
		.start_us = f->start_us,
		.flow = flow_id(f),
		.up = f->half[UP].bytes,
		.down = f->half[DOWN].bytes,
		.client = *flow_client(f),
		.server = *flow_server(f),
		.client_port = flow_client_port(f),
		.server_port = flow_server_port(f),
		.app = f->app,
		.rule = f->rule,
		.dissector = f->dissector,
		.packets_up = f->half[UP].packets,
		.packets_down = f->half[DOWN].packets,
		.lost = f->half[UP].lost + f->half[DOWN].lost,
		.proto = f->key.proto,
		.evidence = f->evidence,
		.confidence = f->confidence,
	};
	if (ev->lost > 0)
		ev->flags |= EVENT_LOWER_BOUND;
	if (f->key.proto == IPPROTO_TCP && !(f->flags & FLOW_SYN_SEEN))
		ev->flags |= EVENT_MIDSTREAM;
	if (f->flags & FLOW_HIDDEN)
		ev->flags |= EVENT_BLIND;
	if (f->flags & FLOW_TURNED)
		turn(ev);
	if (host != NULL)
		report_host(ev, slice_str(host));
}

void report_found(struct event *ev, const struct found *found)
{
	ev->kind = EV_TRANSFER;
	ev->start_us = found->start_us;
	ev->at_us = found->end_us;
	ev->up = found->bytes;
	ev->down = found->wire_bytes;
	ev->largest = found->largest;
	ev->count = found->count;
	ev->count_lo = found->count_lo;
	ev->count_hi = found->count_hi;
	ev->method = (uint8_t)found->method;
	ev->sureness = found->sureness;
	ev->flags &= EVENT_LOWER_BOUND | EVENT_MIDSTREAM;
	if (found->dir == UP)
		ev->flags |= EVENT_UPLOAD;
	if (found->progress)
		ev->flags |= EVENT_PROGRESS;
}
