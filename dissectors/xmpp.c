/*
 * xmpp.c - XMPP: who logs in, which rooms, which files.
 *
 * A stream (RFC 6120) is read tag by tag; text is looked at only in the few
 * elements that hold a name or a size.  What people write is passed over.
 */
#include <netinet/in.h>

#include "xmpp_parts.h"

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
