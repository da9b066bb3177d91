/*
 * xmpp.c - XMPP: who logs in, which rooms, which files.
 *
 * RFC 6120 (streams, STARTTLS, SASL), RFC 6121, XEP-0045 (rooms); files are
 * in xmpp_files.c, compressed streams (XEP-0138) in xmpp_packed.c.  The stream
 * is read tag by tag; text is looked at only in the few elements that hold a
 * name or a size.  What people write is passed over.
 */
#include <netinet/in.h>

#include "xmpp.h"

enum { TEXT_LONGEST = 2048 };

static enum claim claim_side(struct slice first)
{
	struct slice s = first;

	if (slice_starts(s, "<?xml"))
		s = find_after(s, "?>");
	while (slice_more(s) && s.p[0] <= ' ')
		slice_skip(&s, 1);
	if (!slice_more(s))
		return first.n < 128 ? MAYBE : NO;
	if (!could_start(s, "<stream:stream"))
		return NO;
	if (!slice_short(find_after(s, "jabber:")) ||
	    !slice_short(find_after(s, "etherx.jabber.org")))
		return YES;
	return slice_short(find_after(s, ">")) ? MAYBE : NO;
}

/* A flow joined late begins with a stanza, or the end of the stream. */
static bool is_stanza(struct slice s)
{
	return (slice_starts(s, "<iq ") || slice_starts(s, "<presence") ||
	    slice_starts(s, "<message ") || slice_starts(s, "</stream:stream"))
	    && !slice_short(find_after(s, ">"));
}

static enum claim xmpp_claim(const struct opening *o)
{
	enum claim best = NO;

	for (int side = 0; side < 2; side++) {
		enum claim c = slice_starts(o->first[side], "<") ?
		    claim_side(o->first[side]) : NO;

		if (c > best)
			best = c;
	}
	if (o->midstream && (is_stanza(o->first[CLIENT]) ||
	    is_stanza(o->first[SERVER])))
		return YES;
	return best;
}

void xmpp_keep(struct xmpp_words *w, struct slice s)
{
	w->n = 0;
	if (s.n == 0 || s.n > sizeof(w->b))
		return;
	memcpy(w->b, s.p, s.n);
	w->n = (uint8_t)s.n;
}

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

static enum verdict tag_seen(struct dissection *d, enum side from,
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

static void text_seen(struct dissection *d, enum side from, struct slice text)
{
	struct xmpp *x = d->state;

	if (x->side[from].want == TEXT_AUTH)
		keep_user(x, text);
	else if (x->side[from].want == TEXT_JID)
		account_jid(d, text);
	else
		xmpp_file_text(d, from, text);
}

/* Up to the '>' outside quotes.  Short when it is not there. */
static struct slice whole_tag(struct slice *s)
{
	struct slice tag = *s;
	uint8_t quote = 0;

	for (tag.n = 0; tag.n < s->n; tag.n++) {
		uint8_t c = s->p[tag.n];

		if (c == '>' && quote == 0) {
			slice_skip(s, tag.n + 1);
			return tag;
		}
		if (c == quote)
			quote = 0;
		else if (quote == 0 && (c == '"' || c == '\''))
			quote = c;
	}
	return *s = slice_of(NULL, 0);
}

/* Text up to the next tag; left there when it is wanted and not whole. */
static void pass_text(struct dissection *d, enum side from, struct slice *in)
{
	struct xmpp *x = d->state;
	struct xmpp_side *side = &x->side[from];
	struct slice rest = *in, text = slice_until(&rest, '<');
	bool whole = !slice_short(rest);

	if (side->want == TEXT_IBB) {
		xmpp_ibb_text(side, whole ? text : *in);
	} else if (side->want != TEXT_NONE) {
		if (!whole && in->n < TEXT_LONGEST)
			return;
		if (whole)
			text_seen(d, from, text);
	}
	if (whole)
		slice_skip(in, text.n);
	else
		drop_all(in);
}

/* Drop up to the next '>'. */
static void pass_tag(struct xmpp_side *side, struct slice *in)
{
	struct slice rest = *in;

	slice_until(&rest, '>');
	side->mid_tag = slice_short(rest);
	if (side->mid_tag)
		drop_all(in);
	else
		*in = rest;
}

static enum verdict read_tag(struct dissection *d, enum side from,
    struct slice *in)
{
	struct xmpp *x = d->state;
	struct slice rest = *in, tag;

	if (x->side[from].want == TEXT_IBB)
		xmpp_ibb_end(d, from);
	x->side[from].want = TEXT_NONE;
	slice_skip(&rest, 1);
	tag = whole_tag(&rest);
	if (!slice_short(rest)) {
		*in = rest;
		return tag_seen(d, from, tag);
	}
	if (in->n > XMPP_TAG_LONGEST) {
		x->side[from].mid_tag = true;
		drop_all(in);
	}
	return MORE;
}

/* The client's compressed stream begins where its next tag would. */
static bool turns(struct xmpp *x, enum side from, struct slice in)
{
	struct xmpp_side *side = &x->side[from];

	if (from == CLIENT && x->packs && side->how == XMPP_PLAIN &&
	    !side->mid_tag && in.p[0] != '<' && in.p[0] > ' ')
		side->how = XMPP_PACKED;
	return side->how != XMPP_PLAIN;
}

enum verdict xmpp_read(struct dissection *d, enum side from,
    struct slice *in)
{
	struct xmpp_side *side = &((struct xmpp *)d->state)->side[from];
	enum xmpp_how how = side->how;
	size_t before = in->n + 1;
	enum verdict v = MORE;

	while (v == MORE && slice_more(*in) && in->n < before &&
	    side->how == how) {
		before = in->n;
		if (how == XMPP_PLAIN && turns(d->state, from, *in))
			break;
		if (side->mid_tag)
			pass_tag(side, in);
		else if (in->p[0] != '<')
			pass_text(d, from, in);
		else
			v = read_tag(d, from, in);
	}
	return v;
}

static enum verdict xmpp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct xmpp *x = d->state;
	struct xmpp_side *side = &x->side[from];
	enum verdict v;

	if (side->how != XMPP_PLAIN)
		return xmpp_packed_feed(d, from, in);
	if (d->lost) {
		side->mid_tag = true;
		side->want = TEXT_NONE;
	}
	v = xmpp_read(d, from, in);
	d->lost = 0;			/* said already */
	if (v == MORE && slice_more(*in) && side->how != XMPP_PLAIN)
		v = xmpp_packed_feed(d, from, in);
	return v;
}

static void xmpp_close(void *state)
{
	const struct xmpp *x = state;

	xmpp_packed_free(x->side[CLIENT].packed);
	xmpp_packed_free(x->side[SERVER].packed);
}

const struct dissector dissector_xmpp = {
	.name = "xmpp",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct xmpp),
	.claim = xmpp_claim,
	.feed = xmpp_feed,
	.close = xmpp_close,
};
