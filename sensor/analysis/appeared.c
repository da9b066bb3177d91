/*
 * appeared.c - devices that announced themselves, and where they listen.
 *
 * Discovery repeats itself, but dissectors tell it once a flow: what was not
 * heard of for eight hours has appeared anew when it speaks again.  Where a
 * service listens is forgotten when a week has passed.
 */
#include "analysis/appeared.h"

#include <string.h>

enum { PLACES_MAX = 16384 };

static const int64_t AWAY_US = 8 * 3600 * INT64_C(1000000);
static const int64_t STALE_US = 7 * 86400 * INT64_C(1000000);

struct place {
	struct addr addr;
	uint32_t port;			/* as wide as to leave no padding */
};

struct device {
	int64_t first_us, last_us;
	char name[EVENT_TEXT + 1];
	char service[EVENT_HOST + 1];	/* as the catalogue calls it */
};

bool appeared_init(struct appeared *a)
{
	return table_init(&a->places, sizeof(struct place),
	    sizeof(struct device), PLACES_MAX);
}

void appeared_free(struct appeared *a)
{
	table_free(&a->places);
}

/* Identifiers, not what a person called it: never in place of a name. */
static bool made_up(const struct event *ev)
{
	return (ev->flags & EVENT_MADE_UP) != 0 ||
	    strncmp(ev->host, ev->text, EVENT_TEXT) == 0;
}

static void see(struct appeared *a, const struct event *ev, uint32_t port)
{
	struct place p = { .addr = ev->client, .port = port };
	bool fresh;
	struct device *d = table_make(&a->places, &p, &fresh);

	if (d == NULL)
		return;
	if (fresh || ev->at_us - d->last_us > AWAY_US)
		d->first_us = ev->at_us;
	d->last_us = ev->at_us;
	if (d->name[0] == '\0' || !made_up(ev))
		memcpy(d->name, ev->text, EVENT_TEXT);
	memcpy(d->service, ev->host, EVENT_HOST);
}

void appeared_see(struct appeared *a, const struct event *ev)
{
	if (!addr_is_set(&ev->client) || ev->text[0] == '\0')
		return;
	see(a, ev, 0);
	if (ev->client_port != 0)
		see(a, ev, ev->client_port);
}

static const struct rule *rule_of(const struct appeared *a,
    const struct catalogue *c, const struct event *ev)
{
	struct place p = { .addr = ev->server, .port = ev->server_port };
	const struct device *d = table_peek(&a->places, &p);

	return d == NULL || ev->at_us - d->last_us > STALE_US ? NULL :
	    catalogue_app(c, d->service);
}

bool appeared_names(const struct appeared *a, const struct config *c,
    const struct event *ev, struct event *named)
{
	const struct rule *r;

	if ((ev->kind != EV_FLOW && ev->kind != EV_FLOW_END &&
	    ev->kind != EV_TRANSFER) ||
	    (ev->rule != 0 && ev->evidence != EVIDENCE_PORT) ||
	    (r = rule_of(a, c->catalogue, ev)) == NULL)
		return false;
	*named = *ev;
	named->rule = r->index + 1;
	named->catalogue = c->print;
	named->evidence = EVIDENCE_EXPECTATION;
	named->confidence = 90;
	return true;
}

void appeared_where(const struct appeared *a, const struct addr *server,
    struct where *to)
{
	struct place p = { .addr = *server };
	const struct device *d = table_peek(&a->places, &p);

	if (d == NULL)
		return;
	to->device = d->name;
	to->appeared_us = d->first_us;
}

void appeared_forget(struct appeared *a, const struct addr *addr)
{
	struct device *d = table_oldest(&a->places), *next;

	for (; d != NULL; d = next) {
		const struct place *at = table_key(&a->places, d);

		next = table_newer(&a->places, d);
		if (addr_same(&at->addr, addr))
			table_remove(&a->places, at);
	}
}
