/*
 * xmpp_files.c - the ways XMPP hands over files.
 *
 * XEP-0096 (stream initiation: <file name= size=>), XEP-0234 (Jingle:
 * <file><name>..<size>..), XEP-0047 (in-band bytestreams: base64 in <data>,
 * counted exactly), XEP-0065 and XEP-0260 (SOCKS5 bytestreams: the address
 * to come is expected), XEP-0363 (HTTP upload: name and size; the request
 * itself is another dissector's).
 */
#include "xmpp_parts.h"

void xmpp_keep(struct xmpp_words *w, struct slice s)
{
	w->n = 0;
	if (s.n == 0 || s.n > sizeof(w->b))
		return;
	memcpy(w->b, s.p, s.n);
	w->n = (uint8_t)s.n;
}

static void file_told(struct dissection *d)
{
	struct xmpp *x = d->state;
	struct fact fact = { .kind = FACT_FILE, .from = x->file_from,
		.text = xmpp_slice(&x->file), .bytes = x->file_bytes };

	if (x->file.n)
		d->emit(d, &fact);
}

static uint64_t size_of(struct slice digits)
{
	bool bad;
	uint64_t v = ascii_decimal(ascii_trim(digits), &bad);

	return bad ? 0 : v;
}

static void offered(struct xmpp *x, enum side from, struct slice name,
    struct slice size)
{
	xmpp_keep(&x->file, slice_head(name, XMPP_NAME));
	x->file_bytes = size_of(size);
	x->file_from = (uint8_t)from;
}

static void file_tag(struct dissection *d, enum side from, struct slice tag)
{
	struct xmpp *x = d->state;
	struct slice ns = xml_attribute(tag, "xmlns");

	if (!slice_short(find_after(ns, "/si/profile/file-transfer"))) {
		offered(x, from, xml_attribute(tag, "name"),
		    xml_attribute(tag, "size"));
		file_told(d);
	} else if (slice_starts(ns, "urn:xmpp:jingle:apps:file-transfer:")) {
		offered(x, from, slice_of("", 0), slice_of("", 0));
		x->side[from].in_file = true;
	}
}

static void expect_at(struct dissection *d, struct slice host,
    struct slice port)
{
	struct xmpp *x = d->state;
	struct fact fact = { .kind = FACT_EXPECT, .from = x->file_from,
		.text = xmpp_slice(&x->file), .bytes = x->file_bytes };
	uint64_t n = size_of(port);

	if (n == 0 || n > UINT16_MAX || x->file.n == 0)
		return;
	fact.port = (uint16_t)n;
	if (addr_of_text(&fact.addr, host))
		d->emit(d, &fact);
}

static void upload_request(struct dissection *d, enum side from,
    struct slice tag)
{
	if (!slice_starts(xml_attribute(tag, "xmlns"), "urn:xmpp:http:upload"))
		return;
	offered(d->state, from, xml_attribute(tag, "filename"),
	    xml_attribute(tag, "size"));
	file_told(d);
}

static void data_tag(struct xmpp_side *side, struct slice tag)
{
	if (!slice_is(xml_attribute(tag, "xmlns"),
	    "http://jabber.org/protocol/ibb") || tag.p[tag.n - 1] == '/')
		return;
	side->want = TEXT_IBB;
	side->chars = 0;
}

void xmpp_file_tag(struct dissection *d, enum side from, struct slice tag)
{
	struct xmpp *x = d->state;
	struct xmpp_side *side = &x->side[from];
	struct slice name = xmpp_tag_name(tag);

	if (slice_is(name, "file"))
		file_tag(d, from, tag);
	else if (slice_is(name, "/file") && side->in_file) {
		side->in_file = false;
		file_told(d);
	} else if (slice_is(name, "name") && side->in_file)
		side->want = TEXT_NAME;
	else if (slice_is(name, "size") && side->in_file)
		side->want = TEXT_SIZE;
	else if (slice_is(name, "data"))
		data_tag(side, tag);
	else if (slice_is(name, "streamhost") || slice_is(name, "candidate"))
		expect_at(d, xml_attribute(tag, "host"),
		    xml_attribute(tag, "port"));
	else if (slice_is(name, "request") && from == CLIENT)
		upload_request(d, from, tag);
}

void xmpp_file_text(struct dissection *d, enum side from, struct slice text)
{
	struct xmpp *x = d->state;

	if (x->side[from].want == TEXT_NAME)
		xmpp_keep(&x->file, slice_head(text, XMPP_NAME));
	else if (x->side[from].want == TEXT_SIZE)
		x->file_bytes = size_of(text);
}

void xmpp_ibb_text(struct xmpp_side *side, struct slice text)
{
	while (slice_more(text)) {
		uint8_t c = slice_u8(&text);

		if (c > ' ' && c != '=')
			side->chars++;
	}
}

void xmpp_ibb_end(struct dissection *d, enum side from)
{
	struct xmpp *x = d->state;
	struct xmpp_side *side = &x->side[from];
	struct fact moved = { .kind = FACT_MOVED, .from = from,
		.bytes = side->chars * 3 / 4 };

	if (x->file_from == from)
		moved.text = xmpp_slice(&x->file);
	if (moved.bytes)
		d->emit(d, &moved);
}
