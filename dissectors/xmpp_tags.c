/*
 * xmpp_tags.c - what the tags of a stream tell: who logs in, which rooms.
 *
 * RFC 6120 (streams, STARTTLS, SASL), RFC 6121, XEP-0045 (rooms).  Tags of
 * files are passed to xmpp_files.c.
 */
#include "xmpp_parts.h"

static void account(struct dissection *d, struct slice user,
    struct slice domain, enum proof proof)
{
	struct fact fact = { .kind = FACT_ACCOUNT, .from = CLIENT,
		.text = user, .detail = domain, .proof = proof };

	if (slice_more(user))
		d->emit(d, &fact);
}

/* "anna@chat.example/desk" */
static void account_jid(struct dissection *d, struct slice jid)
{
	struct slice rest = jid, user, domain;

	user = slice_until(&rest, '@');
	if (slice_short(rest))
		return;
	domain = rest;
	rest = domain;
	domain = slice_until(&rest, '/');
	account(d, user, slice_short(rest) ? find_after(jid, "@") : domain,
	    PROOF_ACCEPTED);
}

/* SASL PLAIN: authzid NUL user NUL password; SCRAM: "n,,n=user,r=..." */
static void keep_user(struct xmpp *x, struct slice text)
{
	uint8_t bytes[160];
	struct slice s = base64_bytes(text, bytes, sizeof(bytes));
	struct slice user;

	if (x->plain) {
		slice_until(&s, '\0');
		user = slice_until(&s, '\0');
	} else {
		s = find_after(s, "n=");
		user = slice_until(&s, ',');
	}
	if (!slice_short(s))
		xmpp_keep(&x->user, user);
}

static void room(struct dissection *d, struct slice jid)
{
	struct xmpp *x = d->state;
	struct fact fact = { .kind = FACT_ROOM, .from = CLIENT };
	struct slice rest = jid, bare = slice_until(&rest, '/');

	fact.text = slice_short(rest) ? jid : bare;
	if (slice_more(fact.text) && !told_before(&x->rooms, fact.text))
		d->emit(d, &fact);
}

static void stanza(struct dissection *d, enum side from, struct slice tag)
{
	struct xmpp *x = d->state;
	struct xmpp_side *side = &x->side[from];

	side->in_file = false;
	xmpp_keep(&side->to, xml_attribute(tag, "to"));
	if (slice_is(xmpp_tag_name(tag), "message") &&
	    slice_is(xml_attribute(tag, "type"), "groupchat"))
		room(d, xml_attribute(tag, from == CLIENT ? "to" : "from"));
}

static void stream_opens(struct dissection *d, enum side from,
    struct slice tag)
{
	struct xmpp *x = d->state;
	struct fact host = { .kind = FACT_HOST, .from = CLIENT,
		.text = xml_attribute(tag, from == CLIENT ? "to" : "from") };

	if (x->domain.n || !slice_more(host.text))
		return;
	xmpp_keep(&x->domain, host.text);
	d->emit(d, &host);
}

static enum verdict tag_of_client(struct dissection *d, struct slice name,
    struct slice tag)
{
	struct xmpp *x = d->state;
	struct xmpp_side *side = &x->side[CLIENT];

	x->packs = slice_is(name, "/compress");
	if (slice_is(name, "auth")) {
		x->plain = slice_is(xml_attribute(tag, "mechanism"), "PLAIN");
		side->want = TEXT_AUTH;
	} else if (slice_is(name, "x") && side->to.n &&
	    slice_is(xml_attribute(tag, "xmlns"),
	    "http://jabber.org/protocol/muc")) {
		room(d, xmpp_slice(&side->to));
	}
	return MORE;
}

static enum verdict tag_of_server(struct dissection *d, struct slice name)
{
	struct xmpp *x = d->state;

	if (slice_is(name, "proceed"))
		return UPGRADE;
	if (slice_is(name, "compressed") && x->packs)
		x->side[SERVER].how = XMPP_PACKED;
	if (slice_is(name, "success") && x->user.n) {
		account(d, xmpp_slice(&x->user), xmpp_slice(&x->domain),
		    PROOF_ACCEPTED);
		x->user.n = 0;
	}
	if (slice_is(name, "jid"))
		x->side[SERVER].want = TEXT_JID;
	return MORE;
}

enum verdict xmpp_tag(struct dissection *d, enum side from,
    struct slice tag)
{
	struct slice name = xmpp_tag_name(tag);

	if (slice_is(name, "iq") || slice_is(name, "message") ||
	    slice_is(name, "presence"))
		stanza(d, from, tag);
	else if (slice_is(name, "stream:stream"))
		stream_opens(d, from, tag);
	else
		xmpp_file_tag(d, from, tag);
	return from == CLIENT ? tag_of_client(d, name, tag) :
	    tag_of_server(d, name);
}

void xmpp_text(struct dissection *d, enum side from, struct slice text)
{
	struct xmpp *x = d->state;

	if (x->side[from].want == TEXT_AUTH)
		keep_user(x, text);
	else if (x->side[from].want == TEXT_JID)
		account_jid(d, text);
	else
		xmpp_file_text(d, from, text);
}
