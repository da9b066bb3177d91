/*
 * naming.c - which service a flow belongs to, and how we know.
 *
 * In order of proof: the name the client asked for (TLS, QUIC, HTTP), what a
 * dissector recognised, ALPN, the server's certificate, a DNS answer to this
 * client, then to anyone here, published address ranges, and only then nDPI,
 * the server's autonomous system and the port.
 * A better proof replaces a lesser one; a name that no rule knows is still
 * the name.
 */
#include <netinet/in.h>
#include <stdio.h>

#include "base/mac.h"
#include "worker/worker_state.h"

static uint8_t confidence_of(enum evidence e)
{
	static const uint8_t confidence[] = {
		[EVIDENCE_NONE] = 0, [EVIDENCE_SNI] = 95,
		[EVIDENCE_QUIC_SNI] = 95, [EVIDENCE_HTTP_HOST] = 90,
		[EVIDENCE_DISSECTOR] = 90, [EVIDENCE_ALPN] = 80,
		[EVIDENCE_CERT] = 80, [EVIDENCE_DNS] = 80,
		[EVIDENCE_DNS_OTHER] = 60, [EVIDENCE_EXPECTATION] = 90,
		[EVIDENCE_IP] = 60, [EVIDENCE_ASN] = 30,
		[EVIDENCE_NDPI] = 60, [EVIDENCE_PORT] = 30,
	};

	return confidence[e];
}

static bool better(const struct flow *f, enum evidence e)
{
	return f->evidence == EVIDENCE_NONE || e < f->evidence;
}

static void set_rule(struct worker *w, struct flow *f, const struct rule *r,
    enum evidence e)
{
	f->rule = r == NULL ? 0 : r->index + 1;
	f->evidence = (uint8_t)e;
	f->confidence = confidence_of(e);
	if (r != NULL && r->role == ROLE_CALL && e < EVIDENCE_ASN)
		sockets_learn(&w->sockets, f, f->rule);
}

static void keep_host(struct worker *w, struct flow *f, struct slice name)
{
	struct host *h = pool_at(&w->hosts, f->name);

	if (h == NULL)
		h = pool_get(&w->hosts);
	if (h == NULL)
		return;
	f->name = pool_index(&w->hosts, h);
	if (name.n >= HOST_MAX)		/* the end says whose it is */
		slice_skip(&name, name.n - (HOST_MAX - 1));
	memset(h->text, 0, sizeof(h->text));
	for (size_t i = 0; slice_more(name); i++) {
		uint8_t c = slice_u8(&name);

		h->text[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
}

/* Some clients put an address where a name belongs: no name at all. */
static bool is_address(struct slice name)
{
	char text[ADDR_TEXT];
	struct addr a;

	if (name.n >= sizeof(text))
		return false;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	return addr_parse(&a, text);
}

static void host_known(struct worker *w, struct flow *f, struct slice name,
    enum evidence e)
{
	if (slice_starts(name, "*."))	/* a certificate's wildcard */
		slice_skip(&name, 2);
	if (name.n == 0 || !better(f, e) || is_address(name))
		return;
	keep_host(w, f, name);
	set_rule(w, f, catalogue_host(w->config->catalogue, name), e);
	f->flags |= FLOW_NAMED;
}

static enum evidence host_evidence(const struct flow *f)
{
	const char *how = f->dissector == 0 ? "" :
	    dissectors[f->dissector - 1]->name;

	return strcmp(how, "tls") == 0 ? EVIDENCE_SNI :
	    strcmp(how, "quic") == 0 ? EVIDENCE_QUIC_SNI :
	    strcmp(how, "http") == 0 ? EVIDENCE_HTTP_HOST :
	    EVIDENCE_DISSECTOR;
}

/* ALPN and dissector names are evidence only where a rule uses them. */
static void app_known(struct worker *w, struct flow *f,
    const struct rule *r, enum evidence e)
{
	if (r == NULL || (f->rule != 0 && !better(f, e)))
		return;
	set_rule(w, f, r, e);
	f->flags |= FLOW_NAMED;
}

static void learn_answer(struct worker *w, struct flow *f,
    const struct fact *fact)
{
	/* Only a known service's name is kept on disk: others may hold what
	 * somebody typed, or the name of somebody's machine. */
	bool ours = catalogue_host(w->config->catalogue, fact->text) == NULL ||
	    policy_is_home(w->config->policy, &fact->addr);

	names_learn(w->names, flow_client(f), &fact->addr, fact->text, ours,
	    w->now_us);
}

static void tell(struct worker *w, struct flow *f, const struct fact *fact,
    enum event_kind kind)
{
	struct event ev;

	worker_event(w, &ev, f, w->now_us);
	ev.kind = (uint8_t)kind;
	ev.sureness = (uint8_t)fact->proof;
	ev.count = fact->ttl_s;
	if (kind == EV_DEVICE) {
		ev.client_port = fact->port;
		ev.flags |= fact->made_up ? EVENT_MADE_UP : 0;
	}
	if (addr_is_set(&fact->addr))
		ev.client = fact->addr;
	if (mac_is_set(fact->mac)) {
		memcpy(ev.mac, fact->mac, 6);
		ev.flags |= EVENT_OWN_MAC;
		/* somebody else's, whose address was not told */
		if (!addr_is_set(&fact->addr))
			ev.client = (struct addr){ { 0 } };
	}
	report_text(&ev, fact->text);
	if (fact->detail.n > 0 || kind != EV_ROOM)
		report_host(&ev, fact->detail);
	worker_emit(w, &ev);
}

static void tell_fact(struct worker *w, struct flow *f,
    const struct fact *fact)
{
	switch (fact->kind) {
	case FACT_ROOM:
		tell(w, f, fact, EV_ROOM);
		break;
	case FACT_ACCOUNT:
		tell(w, f, fact, EV_ACCOUNT);
		break;
	case FACT_BINDING:
		tell(w, f, fact, EV_BINDING);
		break;
	case FACT_UNBIND:
		tell(w, f, fact, EV_UNBIND);
		break;
	case FACT_DEVICE:
		tell(w, f, fact, EV_DEVICE);
		break;
	default:
		clear_fact(w, f, fact);
	}
}

void naming_fact(struct worker *w, struct flow *f, const struct fact *fact)
{
	const struct catalogue *c = w->config->catalogue;
	char app[32];

	switch (fact->kind) {
	case FACT_HOST:
		host_known(w, f, fact->text, host_evidence(f));
		if (f->evidence == EVIDENCE_HTTP_HOST)
			content_role(w, f);	/* it is read to its end */
		break;
	case FACT_CERT:
		host_known(w, f, fact->text, EVIDENCE_CERT);
		break;
	case FACT_ALPN:
		app_known(w, f, catalogue_alpn(c, fact->text), EVIDENCE_ALPN);
		break;
	case FACT_ECH:
		f->flags |= FLOW_HIDDEN;
		break;
	case FACT_APP:
		snprintf(app, sizeof(app), "%.*s", (int)fact->text.n,
		    (const char *)fact->text.p);
		app_known(w, f, catalogue_app(c, app), EVIDENCE_DISSECTOR);
		break;
	case FACT_ANSWER:
		learn_answer(w, f, fact);
		break;
	default:
		tell_fact(w, f, fact);
	}
}

/*
 * A port alone is weak: only a flow that said something, and for what lives
 * on a LAN only towards our own networks.
 */
static bool port_tells(const struct worker *w, const struct flow *f,
    const struct rule *r)
{
	enum category c = r->service->category;

	if (f->half[UP].bytes + f->half[DOWN].bytes == 0)
		return false;
	return !(category_is_device(c) || c == CATEGORY_LAN_SHARE) ||
	    policy_is_home(w->config->policy, flow_server(f));
}

static void by_address(struct worker *w, struct flow *f, bool ports_too)
{
	const struct catalogue *c = w->config->catalogue;
	const struct rule *r = catalogue_addr(c, flow_server(f),
	    f->key.proto, flow_server_port(f));
	bool port;

	/* without a SYN the ends may be taken for one another */
	if (r == NULL && f->key.proto == IPPROTO_TCP &&
	    !(f->flags & FLOW_SYN_SEEN))
		r = catalogue_addr(c, flow_client(f), f->key.proto,
		    flow_client_port(f));
	port = r != NULL && r->matcher == MATCH_PORT;

	if (r == NULL || (port && !(ports_too && port_tells(w, f, r))))
		return;
	if (better(f, port ? EVIDENCE_PORT : EVIDENCE_IP) ||
	    f->evidence == EVIDENCE_DNS || f->evidence == EVIDENCE_DNS_OTHER)
		set_rule(w, f, r, port ? EVIDENCE_PORT : EVIDENCE_IP);
}

/* Calls: one local socket speaks to relays and peers of one service. */
static void by_socket(struct worker *w, struct flow *f)
{
	uint32_t rule = sockets_find(&w->sockets, f);

	if (rule != 0 && better(f, EVIDENCE_EXPECTATION))
		set_rule(w, f, catalogue_rule(w->config->catalogue, rule - 1),
		    EVIDENCE_EXPECTATION);
}

/*
 * Who else could know: the resolver's answers, then published ranges.  A ping
 * to a service uses nothing of it.
 */
static void ask_others(struct worker *w, struct flow *f)
{
	enum evidence how = EVIDENCE_NONE;
	const char *name;

	if (f->key.proto != IPPROTO_TCP && f->key.proto != IPPROTO_UDP)
		return;
	name = names_find(w->names, flow_client(f), flow_server(f),
	    w->now_us, &how);
	if (name != NULL)
		host_known(w, f, slice_str(name), how);
	if (f->rule == 0)
		by_socket(w, f);
	if (f->rule == 0)
		by_address(w, f, false);
}

void naming_packet(struct worker *w, const struct step *step,
    const struct packet *p)
{
	struct flow *f = step->flow;

	if (!study_wanted(step, p))
		return;
	if (f->study == 0 && f->evidence == EVIDENCE_NONE) {
		ask_others(w, f);
		if (f->rule != 0)
			f->flags |= FLOW_NAMED;
	}
	study_packet(w->studies, step, p);
}

static void by_ndpi(struct worker *w, struct flow *f)
{
	const struct rule *r = f->app == 0 ? NULL : catalogue_ndpi_name(
	    w->config->catalogue, classify_name(w->classify, f->app));

	if (r != NULL && better(f, EVIDENCE_NDPI))
		set_rule(w, f, r, EVIDENCE_NDPI);
}

/* A network of one service alone: the last resort before the port. */
static void by_asn(struct worker *w, struct flow *f)
{
	const struct rule *r = NULL;
	struct geo_place place;

	if (geo_find(w->config->geo, flow_server(f), &place) &&
	    place.asn != 0)
		r = catalogue_asn(w->config->catalogue, place.asn);
	if (r != NULL && better(f, EVIDENCE_ASN))
		set_rule(w, f, r, EVIDENCE_ASN);
}

void naming_over(struct worker *w, struct flow *f)
{
	const struct catalogue *c = w->config->catalogue;

	if (f->dissector != 0)
		app_known(w, f, catalogue_app(c,
		    dissectors[f->dissector - 1]->name), EVIDENCE_DISSECTOR);
	ask_others(w, f);
	if (f->rule == 0)
		by_ndpi(w, f);
	if (f->rule == 0)
		by_asn(w, f);
	if (f->rule == 0)
		by_address(w, f, true);
	f->flags |= FLOW_NAMED;
	content_role(w, f);
}

void naming_late(struct worker *w, struct event *ev)
{
	enum evidence how = EVIDENCE_NONE;
	const char *name;

	if (ev->proto != IPPROTO_TCP && ev->proto != IPPROTO_UDP)
		return;
	name = names_find(w->names, &ev->client, &ev->server, w->now_us,
	    &how);
	if (name == NULL)
		return;
	report_host(ev, slice_str(name));
	ev->evidence = (uint8_t)how;
	ev->confidence = confidence_of(how) / 2;
}

void naming_end(struct worker *w, struct flow *f)
{
	study_end(w->studies, f);
	if (!(f->flags & FLOW_STUDIED) || f->rule == 0)
		naming_over(w, f);
}
