/*
 * bound.c - proofs of who uses an address, as they come in.
 *
 * A late logon takes along what its address did in the quarter of an hour
 * before, unless somebody else was surer of it then.
 */
#include "analysis/analysis_parts.h"

#include "base/mac.h"
#include "dissector.h"

static const int64_t attribute_back_us = 15 * 60 * 1000000LL;

static uint8_t trust_of(unsigned int proof)
{
	static const uint8_t trust[] = {
		[PROOF_LABEL] = 20, [PROOF_CLAIM] = 40, [PROOF_SENT] = 50,
		[PROOF_ACCEPTED] = 85, [PROOF_LEASE] = 80,
		[PROOF_TICKET] = 95, [PROOF_ACCOUNTING] = 95,
	};

	return proof < sizeof(trust) ? trust[proof] : 0;
}

void bound_mac(struct analysis *a, const struct event *ev)
{
	/* a wish for an address, by who wishes, is no frame from there */
	if (!(ev->flags & EVENT_OWN_MAC) ||
	    trust_of(ev->sureness) >= BINDING_SURE)
		binding_mac_seen(&a->bindings, ev->mac, &ev->client,
		    ev->at_us);
}

static void gone(struct analysis *a, struct user *u)
{
	analysis_member(a, u->group, -1);
	users_forget(&a->users, u->name);
	a->counts.users_moved++;
}

/* Who it was is no longer known either. */
static void unnamed(struct analysis *a, const struct event *ev,
    const struct binding *b)
{
	char text[ADDR_TEXT];

	disguise_drop(&a->disguise, a->config, addr_text(&ev->client, text),
	    CALLED_ADDRESS, ev->at_us);
	if (b == NULL)
		return;
	disguise_drop(&a->disguise, a->config, b->host, CALLED_HOST,
	    ev->at_us);
	disguise_drop(&a->disguise, a->config, mac_text(b->mac, text),
	    CALLED_MAC, ev->at_us);
}

/* It was somebody of whom nothing may be kept: neither is what the device
 * was known for while nobody knew whose it was. */
static void unmonitored(struct analysis *a, const char *name,
    const struct event *ev)
{
	const struct binding *b = binding_at(&a->bindings, &ev->client,
	    ev->at_us);
	struct user *from = users_find(&a->users, name);
	int64_t since_us = ev->at_us - attribute_back_us;

	if (b != NULL && b->host_from_us != 0 && b->host_from_us < since_us)
		since_us = b->host_from_us;
	if (from != NULL && from->first_us < since_us)
		since_us = from->first_us;
	if (a->store != NULL && !a->playing)
		store_forget_user(a->store, name, since_us);
	if (from != NULL)
		gone(a, from);
	unnamed(a, ev, b);
}

/* A late logon: what the address did in the last minutes was this user's. */
static void attribute_back(struct analysis *a, const struct who *before,
    const char *before_name, const struct event *ev)
{
	struct who now = who_of(a, ev);
	struct user *from, *into;

	if (before_name[0] == '\0' || strcmp(before_name, now.name) == 0 ||
	    before->identity >= BINDING_SURE)
		return;
	if (now.name[0] == '\0') {
		unmonitored(a, before_name, ev);
		return;
	}
	from = users_find(&a->users, before_name);
	if (from == NULL || from->last_us < ev->at_us - attribute_back_us)
		return;
	into = analysis_user(a, &now, ev->at_us);
	if (into == NULL || into == from)
		return;
	user_move_since(into, from, ev->at_us - attribute_back_us,
	    ev->at_us);
	if (from->first_us >= ev->at_us - attribute_back_us)
		gone(a, from);
}

/*
 * That somebody not monitored sits there, and until when: without a name, and
 * for the store alone, so that after a restart the address is spared as well.
 */
static void keep_spared(struct analysis *a, const struct event *ev)
{
	struct event nameless = *ev;

	memset(nameless.host, 0, sizeof(nameless.host));
	memset(nameless.text, 0, sizeof(nameless.text));
	memcpy(nameless.text, WHO_SPARED, sizeof(WHO_SPARED));
	persist_event(a, &nameless, WHO_SPARED);
}

/* Who is not monitored gets no record of where he sits either. */
static void tell_binding(struct analysis *a, const struct event *ev)
{
	struct who who = who_of(a, ev);
	struct event shown = *ev;

	if (who.name[0] == '\0') {
		keep_spared(a, ev);
		binding_nameless(&a->bindings, &ev->client, WHO_SPARED);
		return;
	}
	persist_event(a, ev, who.name);
	if (a->sink.binding == NULL || a->playing)
		return;
	/* a device may turn out to be an unmonitored person's */
	if (a->called != CALLED_ACCOUNT &&
	    policy_spares(a->config->policy))
		return;
	if (!(ev->flags & EVENT_OWN_MAC))
		memset(shown.mac, 0, sizeof(shown.mac));
	disguise_event(&a->disguise, a->config, &shown);
	a->sink.binding(&shown, &who, a->sink.arg);
}

static struct claim_of claim_of(const struct event *ev)
{
	return (struct claim_of){
		.addr = ev->client,
		.account = slice_field(ev->text, sizeof(ev->text)),
		.host = slice_field(ev->host, sizeof(ev->host)),
		.trust = trust_of(ev->sureness),
		.source = ev->dissector == 0 ? "feed" :
		    dissectors[ev->dissector - 1]->name,
		.mac = ev->flags & EVENT_OWN_MAC ? ev->mac : NULL,
		.at_us = ev->at_us, .ttl_us = ev->count * SECOND_US,
	};
}

/*
 * A logon over IPv6 is one of the device: its privacy addresses come and go,
 * so the address that stands for it is the account's as well.
 */
static enum bound claim(struct analysis *a, const struct event *ev,
    const struct claim_of *c)
{
	const struct addr *twin = addr_is_v4(&ev->client) ? NULL :
	    binding_twin(&a->bindings, ev->mac, ev->at_us);
	struct claim_of device = { .account = c->account, .source = c->source,
		.trust = c->trust, .at_us = c->at_us, .ttl_us = c->ttl_us };

	if (twin != NULL && slice_more(c->account) &&
	    !addr_same(twin, &c->addr)) {
		device.addr = *twin;
		if (binding_claim(&a->bindings, &device) == BOUND_NEW) {
			binding_claim(&a->bindings, c);
			return BOUND_NEW;
		}
	}
	return binding_claim(&a->bindings, c);
}

static void bind(struct analysis *a, const struct event *ev)
{
	char before_name[USER_NAME];
	struct who before = who_of(a, ev);
	struct claim_of c = claim_of(ev);

	strncpy(before_name, before.name, sizeof(before_name) - 1);
	before_name[sizeof(before_name) - 1] = '\0';
	if (claim(a, ev, &c) == BOUND_NEW)
		attribute_back(a, &before, before_name, ev);
	tell_binding(a, ev);
}

/*
 * A proof about a MAC alone (RADIUS, DHCP before the lease) goes to the
 * address that MAC is seen with; without one all it says is a device's name.
 */
static bool addressed(struct analysis *a, struct event *ev)
{
	const struct addr *seen;

	if (addr_is_set(&ev->client))
		return true;
	binding_device(&a->bindings, ev->mac, slice_field(ev->host,
	    sizeof(ev->host)));
	seen = binding_twin(&a->bindings, ev->mac, ev->at_us);
	if (seen != NULL)
		ev->client = *seen;
	return seen != NULL;
}

static void unbind(struct analysis *a, const struct event *ev)
{
	struct claim_of c = claim_of(ev);

	tell_binding(a, ev);
	binding_end(&a->bindings, &c);
}

/* Of whose group nothing may be kept: no name goes any further. */
static void spare(const struct analysis *a, struct event *ev)
{
	char account[sizeof(ev->text) + 1] = "";
	const struct group *g;

	memcpy(account, ev->text, sizeof(ev->text));
	g = account[0] == '\0' ? NULL :
	    policy_group_of_account(a->config->policy, account);
	if (g == NULL || g->monitor)
		return;
	memset(ev->text, 0, sizeof(ev->text));
	memset(ev->host, 0, sizeof(ev->host));
	memcpy(ev->text, WHO_SPARED, sizeof(WHO_SPARED));
}

void bound_event(struct analysis *a, const struct event *ev)
{
	struct event named = *ev;

	spare(a, &named);
	if (!addressed(a, &named))
		return;
	if (policy_is_shared(a->config->policy, &named.client)) {
		a->counts.bindings_refused++;
		return;
	}
	if (ev->kind == EV_BINDING)
		bind(a, &named);
	else
		unbind(a, &named);
}
