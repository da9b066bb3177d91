/*
 * naming.c - which service a flow belongs to, and how we know.
 *
 * In order of proof: the name the client asked for (TLS, QUIC, HTTP), what a
 * dissector recognised, ALPN, the server's certificate, a DNS answer to this
 * client, then to anyone here, published address ranges, and only then nDPI.
 * A better proof replaces a lesser one; a name that no rule knows is still
 * the name.
 */
#include <netinet/in.h>
#include <stdio.h>

#include "worker_state.h"

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

static void set_rule(struct flow *f, const struct rule *r, enum evidence e)
{
	f->rule = r == NULL ? 0 : r->index + 1;
	f->evidence = (uint8_t)e;
	f->confidence = confidence_of(e);
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

static void host_known(struct worker *w, struct flow *f, struct slice name,
    enum evidence e)
{
	if (name.n == 0 || !better(f, e))
		return;
	keep_host(w, f, name);
	set_rule(f, catalogue_host(w->config->catalogue, name), e);
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
	(void)w;
	if (r == NULL || (f->rule != 0 && !better(f, e)))
		return;
	set_rule(f, r, e);
	f->flags |= FLOW_NAMED;
}

static void blind(struct worker *w, struct flow *f, const char *what)
{
	struct event ev;

	worker_event(w, &ev, f, w->now_us);
	ev.kind = EV_BLIND;
	report_text(&ev, slice_of(what, strlen(what)));
	worker_emit(w, &ev);
}

static void learn_answer(struct worker *w, struct flow *f,
    const struct fact *fact)
{
	names_learn(w->names, flow_client(f), &fact->addr, fact->text,
	    fact->ttl_s, w->now_us);
}

static void tell(struct worker *w, struct flow *f, const struct fact *fact,
    enum event_kind kind)
{
	struct event ev;

	worker_event(w, &ev, f, w->now_us);
	ev.kind = (uint8_t)kind;
	ev.sureness = (uint8_t)fact->proof;
	ev.count = fact->ttl_s;
	if (addr_is_set(&fact->addr))
		ev.client = fact->addr;
	if (memcmp(fact->mac, (uint8_t[6]){ 0 }, 6) != 0) {
		memcpy(ev.mac, fact->mac, 6);
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
		content_fact(w, f, fact);
	}
}

void naming_fact(struct worker *w, struct flow *f, const struct fact *fact)
{
	const struct catalogue *c = w->config->catalogue;
	char app[32];

	switch (fact->kind) {
	case FACT_HOST:
		host_known(w, f, fact->text, host_evidence(f));
		break;
	case FACT_CERT:
		host_known(w, f, fact->text, EVIDENCE_CERT);
		break;
	case FACT_ALPN:
		app_known(w, f, catalogue_alpn(c, fact->text), EVIDENCE_ALPN);
		break;
	case FACT_ECH:
		blind(w, f, "ech");
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

/* Who else could know: the resolver's answers, then published ranges. */
static void ask_others(struct worker *w, struct flow *f)
{
	enum evidence how = EVIDENCE_NONE;
	const struct rule *r;
	const char *name = names_find(w->names, flow_client(f),
	    flow_server(f), w->now_us, &how);

	if (name != NULL)
		host_known(w, f, slice_of(name, strlen(name)), how);
	if (f->rule != 0 || !better(f, EVIDENCE_IP))
		return;
	r = catalogue_addr(w->config->catalogue, flow_server(f),
	    f->key.proto, flow_server_port(f));
	if (r != NULL)
		set_rule(f, r, EVIDENCE_IP);
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

void naming_over(struct worker *w, struct flow *f)
{
	const struct catalogue *c = w->config->catalogue;

	if (f->dissector != 0)
		app_known(w, f, catalogue_app(c,
		    dissectors[f->dissector - 1]->name), EVIDENCE_DISSECTOR);
	ask_others(w, f);
	if (f->app != 0 && f->rule == 0 && better(f, EVIDENCE_NDPI))
		set_rule(f, catalogue_ndpi_name(c, classify_name(w->classify,
		    f->app)), EVIDENCE_NDPI);
	f->flags |= FLOW_NAMED;
	content_role(w, f);
}

void naming_end(struct worker *w, struct flow *f)
{
	study_end(w->studies, f);
	if (!(f->flags & FLOW_STUDIED) || f->rule == 0)
		naming_over(w, f);
}
