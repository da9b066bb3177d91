/*
 * sdp.c - files that a session description announces.
 *
 * RFC 8866 (lines), RFC 4975 8 (m=message, a=path), RFC 5547 (file-selector):
 *
 *	m=message 7654 TCP/MSRP *
 *	a=sendonly
 *	a=path:msrp://192.0.2.1:7654/jshA7we;tcp
 *	a=file-selector:name:"plan.pdf" type:application/pdf size:4092
 *
 * Either end may be the one that connects, so both descriptions announce
 * their path.  The MSRP there is read by its own dissector, which knows the
 * bytes but seldom the name; with TLS (msrps) all that flows is counted.
 */
#include "sip.h"

enum { LINES_MOST = 400 };

struct media {
	bool message, sends, selected;
	struct slice path;		/* of its a= lines, as is the rest */
	struct file_name name;
	uint64_t bytes;
	struct addr host;		/* of its c= line, or the session's */
};

static enum side other(enum side s)
{
	return s == CLIENT ? SERVER : CLIENT;
}

/* name:"my%20plan.pdf" type:image/jpeg size:4092, in any order. */
static void selector(struct media *m, struct slice s)
{
	struct slice name = find_after(s, "name:\""), rest = name;
	struct slice size = find_after(s, "size:");
	bool bad;

	m->selected = true;
	name = slice_until(&rest, '"');
	if (!slice_short(rest)) {
		file_name_decode(&m->name, name);
		/* a name may hold anything: the size is outside of it */
		if (size.p > name.p && size.p < rest.p)
			size = find_after(rest, "size:");
	}
	m->bytes = ascii_decimal(ascii_word(&size), &bad);
}

static void attribute(struct media *m, struct slice s)
{
	if (slice_is(s, "recvonly"))
		m->sends = false;
	else if (slice_starts(s, "path:"))
		m->path = find_after(s, "path:");
	else if (slice_starts(s, "file-selector:"))
		selector(m, find_after(s, ":"));
}

/* "IN IP4 192.0.2.1", "IN IP4 192.0.2.1/127" */
static void connection(struct addr *host, struct slice s)
{
	ascii_word(&s);
	ascii_word(&s);
	addr_of_text(host, slice_before(ascii_word(&s), '/'));
}

/* The next hop of "msrps://host:port/session;tcp msrp://..."; false: none. */
static bool path_hop(struct slice path, struct addr *host, uint16_t *port,
    bool *tls)
{
	struct slice name, rest = path;
	bool bad;
	uint64_t v;

	*tls = slice_starts(path, "msrps:");
	if (!*tls && !slice_starts(path, "msrp:"))
		return false;
	rest = find_after(ascii_word(&rest), "://");
	rest = slice_before(rest, '/');
	if (!slice_short(find_after(rest, "@")))
		rest = find_after(rest, "@");
	if (slice_starts(rest, "[")) {
		slice_skip(&rest, 1);
		name = slice_until(&rest, ']');
		slice_skip(&rest, 1);	/* the colon */
	} else {
		name = slice_until(&rest, ':');
	}
	v = ascii_decimal(rest, &bad);
	*port = (uint16_t)v;
	/* a name, not an address: the c= line has it */
	addr_of_text(host, name);
	return !bad && v > 0 && v <= UINT16_MAX;
}

static struct sip_offer *offer_of(struct sip *sip, struct slice call)
{
	for (int i = 0; i < SIP_OFFERS; i++) {
		struct sip_offer *o = &sip->offers[i];

		if (o->call_n == call.n &&
		    memcmp(o->call, call.p, call.n) == 0)
			return o;
	}
	return NULL;
}

static void remember(struct sip *sip, struct slice call, const struct media *m)
{
	struct sip_offer *o = offer_of(sip, call);

	if (o == NULL)
		o = &sip->offers[sip->next++ % SIP_OFFERS];
	*o = (struct sip_offer){ .bytes = m->bytes, .sends = m->sends,
		.call_n = (uint8_t)call.n, .name = m->name };
	memcpy(o->call, call.p, call.n);
}

/* Answers without a selector are about what was offered. */
static void complete(struct media *m, const struct sip_offer *o)
{
	m->selected = true;
	m->name = o->name;
	m->bytes = o->bytes;
	m->sends = !o->sends;
}

static void announce(struct dissection *d, enum side from,
    const struct media *m)
{
	struct fact fact = { .kind = FACT_EXPECT,
		.text = slice_of(m->name.text, m->name.n),
		.bytes = m->bytes, .addr = m->host };
	enum side listener = SERVER;
	bool tls;

	if (!path_hop(m->path, &fact.addr, &fact.port, &tls))
		return;
	if (!addr_is_set(&fact.addr))
		fact.addr = *d->addr[from];
	/* seen beyond a proxy, an address is neither end's: the far one's */
	if (addr_same(&fact.addr, d->addr[CLIENT]) &&
	    !addr_same(&fact.addr, d->addr[SERVER]))
		listener = CLIENT;
	fact.from = m->sends ? listener : other(listener);
	fact.framed = !tls;
	d->emit(d, &fact);
}

static void media_ends(struct dissection *d, enum side from,
    struct slice call, struct media *m)
{
	struct fact chat = { .kind = FACT_APP, .from = from,
		.text = slice_str("msrp") };
	struct sip_offer *offered = call.n ? offer_of(d->state, call) : NULL;

	if (!m->message || !slice_more(m->path))
		return;
	d->emit(d, &chat);
	if (m->selected && call.n)
		remember(d->state, call, m);
	else if (!m->selected && offered != NULL)
		complete(m, offered);
	if (m->selected)
		announce(d, from, m);
}

/* "message 7654 TCP/MSRP *"; port 0: refused. */
static bool is_message(struct slice s)
{
	if (!slice_is(ascii_word(&s), "message"))
		return false;
	return !slice_is(ascii_word(&s), "0") &&
	    !slice_short(find_after(s, "MSRP"));
}

void sdp_read(struct dissection *d, enum side from, struct slice call,
    struct slice body)
{
	struct media m = { .sends = true };
	struct addr session = { { 0 } };

	call = slice_head(call, SIP_CALL);
	for (int i = 0; i < LINES_MOST && slice_more(body); i++) {
		struct slice rest = body, line = line_next(&rest), value;

		if (slice_short(rest))
			line = ascii_trim(slice_take(&body, body.n));
		else
			body = rest;
		value = find_after(line, "=");
		if (slice_starts(line, "m=")) {
			media_ends(d, from, call, &m);
			m = (struct media){ .message = is_message(value),
				.sends = true, .host = session };
		} else if (slice_starts(line, "c=")) {
			connection(&m.host, value);
			if (!m.message)
				session = m.host;
		} else if (slice_starts(line, "a=")) {
			attribute(&m, value);
		}
	}
	media_ends(d, from, call, &m);
}
