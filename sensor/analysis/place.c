/*
 * place.c - the two ends of an event in words: which service, whose address.
 */
#include "analysis/analysis_parts.h"

#include <stdio.h>

#include "base/mac.h"
#include "base/text.h"
#include "dissector.h"

/* An EV_FLOW comes every 5 minutes: two of them may be missed. */
static const int64_t session_us = 15 * 60 * 1000000LL;

static const char *app_name(const struct event *ev)
{
	unsigned int n = 0;

	while (dissectors[n] != NULL && n < ev->dissector)
		n++;
	return ev->dissector == 0 || n < ev->dissector ? NULL :
	    dissectors[ev->dissector - 1]->name;
}

/*
 * The worker saw the packets, so its word stands; when it used another
 * catalogue (a reload is on its way) or found none, the name is asked again:
 * it may have been learned after the flow.
 */
static const struct rule *rule_of(const struct analysis *a,
    const struct event *ev, const char *app, struct slice host)
{
	const struct catalogue *c = a->config->catalogue;
	const struct rule *r = NULL;

	if (ev->method == METHOD_ENDPOINT)
		return catalogue_app(c, "endpoint");
	if (ev->rule != 0 && ev->catalogue == a->config->print)
		return catalogue_rule(c, ev->rule - 1);
	if (slice_more(host) && ev->kind != EV_BINDING)
		r = catalogue_host(c, host);
	if (r == NULL && app != NULL)
		r = catalogue_app(c, app);
	if (r == NULL && ev->app != 0)
		r = catalogue_ndpi(c, ev->app);
	return r;
}

bool place_session(const struct analysis *a, const struct event *ev,
    const struct service *s)
{
	struct presence_key k = { .client = ev->client, .service = s->index };
	const int64_t *last = table_peek(&a->presence, &k);

	return last != NULL && ev->start_us - *last <= session_us;
}

static void geography(const struct analysis *a, const struct event *ev,
    struct where *to)
{
	struct geo_place place;

	if (!geo_find(a->config->geo, &ev->server, &place))
		return;
	to->asn = place.asn;
	memcpy(to->as_org, place.as_org, sizeof(to->as_org));
	memcpy(to->country, place.country, sizeof(to->country));
}

struct where place_of(const struct analysis *a, const struct event *ev)
{
	struct where to = { .app = app_name(ev) };

	to.host = slice_field(ev->host, sizeof(ev->host));
	to.rule = rule_of(a, ev, to.app, to.host);
	to.blind = unseen_why(ev, to.rule);
	geography(a, ev, &to);
	appeared_where(&a->appeared, &ev->server, &to);
	if (to.rule != NULL)
		to.service = to.rule->during != NULL &&
		    place_session(a, ev, to.rule->during) ? to.rule->during :
		    to.rule->service;
	if (to.rule != NULL && slice_more(to.host))
		to.tenant = catalogue_tenant(a->config->catalogue, to.rule,
		    to.host);
	return to;
}

struct destination place_destination(const struct where *to)
{
	return (struct destination){ .rule = to->rule, .tenant = to->tenant,
		.host = slice_more(to->hidden) ? to->hidden : to->host,
		.asn = to->asn, .country = to->country };
}

static void device_name(struct analysis *a, struct who *w,
    const struct binding *b)
{
	a->called = b->host[0] != '\0' ? CALLED_HOST : CALLED_MAC;
	if (b->host[0] != '\0')
		snprintf(a->name, sizeof(a->name), "%s", b->host);
	else if (mac_is_set(b->mac))
		mac_text(b->mac, a->name);
	else
		return;
	w->name = a->name;
	w->identity = b->host_trust < 60 ? b->host_trust : 60;
	w->source = b->host_source;
}

static void bound(struct analysis *a, struct who *w, const struct addr *addr,
    int64_t at_us)
{
	const struct binding *b = binding_at(&a->bindings, addr, at_us);

	if (b == NULL)
		return;
	if (b->shared)
		w->source = WHO_SHARED;
	if (b->rival[0] != '\0' && strcmp(b->rival, WHO_SPARED) != 0)
		w->rival = b->rival;
	if (at_us <= b->until_us && b->account[0] != '\0' &&
	    b->trust >= BINDING_SURE && !b->shared) {
		snprintf(a->name, sizeof(a->name), "%s", b->account);
		w->name = a->name;
		w->identity = b->trust;
		w->source = b->source;
	} else if (at_us <= b->host_until_us &&
	    b->host_trust >= BINDING_SURE) {
		device_name(a, w, b);
	}
}

struct who who_of(struct analysis *a, const struct event *ev)
{
	const struct policy *p = a->config->policy;
	struct who w = { 0 };
	const struct addr *addr = &ev->client;
	const struct addr *twin = addr_is_v4(addr) ? NULL :
	    binding_twin(&a->bindings, ev->mac, ev->at_us);

	a->called = CALLED_ACCOUNT;
	w.name = policy_user(p, addr);
	if (w.name == NULL && twin != NULL)
		w.name = policy_user(p, twin);
	if (w.name != NULL) {
		w.identity = 100;
		w.source = "map";
	} else if (policy_is_shared(p, addr)) {
		w.source = WHO_SHARED;
	} else {
		bound(a, &w, addr, ev->at_us);
		if (twin != NULL && (w.name == NULL ||
		    a->called != CALLED_ACCOUNT))
			bound(a, &w, twin, ev->at_us);
	}
	w.group = policy_group(p, w.identity >= BINDING_SURE ? w.name : NULL,
	    twin != NULL ? twin : addr);
	if (w.name == NULL) {
		w.name = addr_text(twin != NULL &&
		    !policy_is_shared(p, addr) ? twin : addr, a->name);
		w.identity = 30;
		if (w.source == NULL)
			w.source = "address";
		a->called = CALLED_ADDRESS;
	}
	if (!w.group->monitor || strcmp(w.name, WHO_SPARED) == 0) {
		w.name = "";
		w.rival = NULL;
	}
	disguise_who(&a->disguise, a->config, &w, a->called, ev);
	return w;
}

void place_present(struct analysis *a, const struct event *ev,
    const struct where *to)
{
	struct presence_key k = { .client = ev->client };
	int64_t *last;
	bool fresh;

	if (to->rule == NULL || !to->rule->session)
		return;
	k.service = to->rule->service->index;
	last = table_make(&a->presence, &k, &fresh);
	if (last != NULL && ev->at_us > *last)
		*last = ev->at_us;
}
