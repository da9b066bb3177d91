/*
 * xmpp_stream.c - a stream of XML, cut into its tags and texts.
 *
 * Whole tags are handed to xmpp_tags.c as they are; of texts only those that
 * an element before has asked for.  A tag that is too long is passed over.
 */
#include "xmpp_parts.h"

enum { TEXT_LONGEST = 2048 };

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
			xmpp_text(d, from, text);
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
		return xmpp_tag(d, from, tag);
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
