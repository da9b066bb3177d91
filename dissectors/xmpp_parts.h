/*
 * xmpp_parts.h - what the parts of the XMPP dissector know of a connection.
 *
 * Each calls those below it: xmpp.c, xmpp_packed.c (a compressed stream),
 * xmpp_stream.c (tags and texts), xmpp_tags.c (people and rooms),
 * xmpp_files.c (what is handed over).
 */
#ifndef XMPP_PARTS_H
#define XMPP_PARTS_H

#include "wire.h"

enum { XMPP_NAME = 96, XMPP_TAG_LONGEST = 4096 };

/* The element whose text is being waited for. */
enum xmpp_text { TEXT_NONE, TEXT_AUTH, TEXT_JID, TEXT_NAME, TEXT_SIZE,
	TEXT_IBB };

struct xmpp_words {
	uint8_t n;
	uint8_t b[XMPP_NAME];
};

enum xmpp_how { XMPP_PLAIN, XMPP_PACKED, XMPP_LOST };

struct xmpp_packed;

struct xmpp_side {
	enum xmpp_how how;
	struct xmpp_packed *packed;	/* its stream, once it is */
	enum xmpp_text want;
	bool mid_tag;			/* drop up to the next '>' */
	bool in_file;			/* inside a Jingle <file> */
	struct xmpp_words to;		/* of the stanza being read */
	uint64_t chars;			/* base64 seen in this <data> */
};

struct xmpp {
	struct xmpp_side side[2];
	struct xmpp_words domain, user;
	struct xmpp_words file;		/* last one offered */
	uint64_t file_bytes;
	uint8_t file_from;		/* enum side */
	bool packs;			/* the client has asked for XEP-0138 */
	bool plain;			/* SASL PLAIN, else SCRAM or other */
	struct told rooms;
};

/* What is longer than XMPP_NAME is not kept. */
void xmpp_keep(struct xmpp_words *w, struct slice s);

static inline struct slice xmpp_slice(const struct xmpp_words *w)
{
	return slice_of(w->b, w->n);
}

/* Whole tags and texts; leaves less than XMPP_TAG_LONGEST bytes. */
enum verdict xmpp_read(struct dissection *d, enum side from,
    struct slice *in);

/* What is compressed, and lost for good; uses up all of *in. */
enum verdict xmpp_packed_feed(struct dissection *d, enum side from,
    struct slice *in);
void xmpp_packed_free(struct xmpp_packed *p);

/* One tag, without < and >; and text inside an element that was wanted.
 * UPGRADE: TLS begins behind the tag. */
enum verdict xmpp_tag(struct dissection *d, enum side from, struct slice tag);
void xmpp_text(struct dissection *d, enum side from, struct slice text);

/* The same, of files. */
void xmpp_file_tag(struct dissection *d, enum side from, struct slice tag);
void xmpp_file_text(struct dissection *d, enum side from, struct slice text);

/* More base64 of an in-band bytestream; then its end. */
void xmpp_ibb_text(struct xmpp_side *side, struct slice text);
void xmpp_ibb_end(struct dissection *d, enum side from);

/* Name of a tag: "iq", "/iq", "stream:stream". */
static inline struct slice xmpp_tag_name(struct slice tag)
{
	size_t i;

	for (i = 0; i < tag.n; i++)
		if (tag.p[i] <= ' ' || (tag.p[i] == '/' && i > 0))
			break;
	return slice_head(tag, i);
}

#endif
