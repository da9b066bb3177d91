/*
 * xmpp_packed.c - a stream after it has turned to XEP-0138 compression.
 *
 * Each side is one zlib stream, flushed after every stanza.  What comes out
 * is read as before, in a buffer of the budget; a side that cannot be
 * unpacked (a hole, a bomb, no memory) is let go.
 */
#include "inflate.h"
#include "xmpp_parts.h"

struct xmpp_packed {
	struct inflate *inflate;
	size_t n;			/* not yet read of `plain` */
	uint8_t plain[2 * XMPP_TAG_LONGEST];
};

void xmpp_packed_free(struct xmpp_packed *p)
{
	if (p != NULL)
		inflate_free(p->inflate);
	budget_put(p);
}

/* Every tag is read: 64 KiB of them from 70 bytes, then 32 for one. */
static struct xmpp_packed *packed_new(struct budget *b)
{
	static const struct inflate_limits limits = { 1 << 16, 32 };
	struct xmpp_packed *p = budget_take(b, sizeof(*p));

	if (p != NULL && (p->inflate = inflate_new(b, INFLATE_ZLIB,
	    limits)) == NULL) {
		budget_put(p);
		p = NULL;
	}
	return p;
}

/* The reader leaves at most one tag: there is always room for more. */
static bool unpack(struct xmpp_packed *p, struct slice *in)
{
	struct slice out = inflate_next(p->inflate, in, p->plain + p->n,
	    sizeof(p->plain) - p->n);

	p->n += out.n;
	return slice_more(out);
}

static enum verdict let_go(struct xmpp *x, enum side from, struct slice *in)
{
	struct xmpp_side *side = &x->side[from];

	xmpp_packed_free(side->packed);
	side->packed = NULL;
	side->how = XMPP_LOST;
	drop_all(in);
	return x->side[CLIENT].how == XMPP_LOST &&
	    x->side[SERVER].how == XMPP_LOST ? DONE : MORE;
}

enum verdict xmpp_packed_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct xmpp *x = d->state;
	struct xmpp_side *side = &x->side[from];
	struct xmpp_packed *p = side->packed;

	if (p == NULL && side->how == XMPP_PACKED)
		p = side->packed = packed_new(d->budget);
	if (p == NULL || d->lost)
		return let_go(x, from, in);
	while (unpack(p, in)) {
		struct slice rest = slice_of(p->plain, p->n);

		if (xmpp_read(d, from, &rest) != MORE)
			return DONE;
		memmove(p->plain, rest.p, rest.n);
		p->n = rest.n;
	}
	return inflate_failed(p->inflate) || slice_more(*in) ?
	    let_go(x, from, in) : MORE;
}
