/*
 * nbd.c - Network Block Device: a disk over the network.
 *
 * NetworkBlockDevice/nbd doc/proto.md: fixed newstyle negotiation (the
 * export's name), then requests whose READ and WRITE lengths are counted.
 * The server's side of the transmission need not be read for that.
 */
#include <netinet/in.h>

#include "wire.h"

#define GREETING	0x4e42444d41474943u	/* NBDMAGIC */
#define OPTION		0x49484156454f5054u	/* IHAVEOPT */
#define OLDSTYLE	0x0000420281861253u

enum { REQUEST = 0x25609513, EXTENDED = 0x21e41c71 };
enum { OPT_EXPORT_NAME = 1, OPT_STARTTLS = 5, OPT_INFO = 6, OPT_GO = 7,
	REP_ACK = 1, READ = 0, WRITE = 1, OPTION_LONGEST = 8192 };

struct nbd {
	bool greeted[2], moving;	/* past the greeting; transmission */
	uint32_t option;		/* asked last */
};

static enum claim nbd_claim(const struct opening *o)
{
	struct slice s = o->first[SERVER], c = o->first[CLIENT];
	uint64_t magic, second;

	if (o->midstream && c.n >= 28 && slice_u32(&c) == REQUEST)
		return YES;
	if (s.n && s.n < 16 && could_start(s, "NBDMAGIC"))
		return MAYBE;
	magic = slice_u64(&s);
	second = slice_u64(&s);
	return magic == GREETING && (second == OPTION || second == OLDSTYLE) ?
	    YES : NO;
}

static void export_name(struct dissection *d, struct slice name)
{
	struct fact room = { .kind = FACT_ROOM, .from = CLIENT,
		.text = slice_more(name) ? name : slice_str("default") };

	d->emit(d, &room);
}

/* Client: flags, then options until the transmission begins. */
static enum verdict client_option(struct dissection *d, struct slice *in)
{
	struct nbd *n = d->state;
	struct slice rest = *in, data;
	uint32_t length;

	if (!n->greeted[CLIENT]) {
		slice_u32(&rest);
		if (slice_short(rest))
			return MORE;
		n->greeted[CLIENT] = true;
		*in = rest;
		return MORE;
	}
	if (slice_u64(&rest) != OPTION)
		return slice_short(rest) ? MORE : NOT_MINE;
	n->option = slice_u32(&rest);
	length = slice_u32(&rest);
	if (length > OPTION_LONGEST)
		return NOT_MINE;
	data = slice_take(&rest, length);
	if (slice_short(rest))
		return MORE;
	*in = rest;
	if (n->option == OPT_EXPORT_NAME) {
		export_name(d, data);
		n->moving = true;
	} else if (n->option == OPT_GO) {
		export_name(d, slice_take(&data, slice_u32(&data)));
	}
	return MORE;
}

static void request(struct dissection *d, uint16_t type, uint64_t bytes)
{
	struct fact moved = { .kind = FACT_MOVED, .bytes = bytes,
		.from = type == WRITE ? CLIENT : SERVER };

	if ((type == WRITE || type == READ) && bytes)
		d->emit(d, &moved);
}

static enum verdict client_request(struct dissection *d, struct slice *in)
{
	struct slice rest = *in;
	uint32_t magic = slice_u32(&rest);
	uint16_t type;
	uint64_t bytes;

	slice_u16(&rest);		/* flags */
	type = slice_u16(&rest);
	slice_skip(&rest, 8 + 8);	/* cookie, offset */
	bytes = magic == EXTENDED ? slice_u64(&rest) : slice_u32(&rest);
	if (slice_short(rest))
		return MORE;
	if (magic != REQUEST && magic != EXTENDED) {
		drop_all(in);		/* after a hole: till one begins */
		return MORE;
	}
	request(d, type, bytes);
	*in = rest;
	pass_over(d, in, type == WRITE ? bytes : 0);
	return MORE;
}

/* Server: greeting and flags, then replies to options. */
static enum verdict server_reply(struct dissection *d, struct slice *in)
{
	struct nbd *n = d->state;
	struct slice rest = *in;
	uint32_t option, type, length;

	if (!n->greeted[SERVER]) {
		uint64_t style;

		slice_u64(&rest);
		style = slice_u64(&rest);
		slice_u16(&rest);
		if (slice_short(rest))
			return MORE;
		n->greeted[SERVER] = true;
		n->moving |= style == OLDSTYLE;
		*in = rest;
		return MORE;
	}
	slice_u64(&rest);		/* magic */
	option = slice_u32(&rest);
	type = slice_u32(&rest);
	length = slice_u32(&rest);
	if (slice_short(rest))
		return MORE;
	if (type == REP_ACK && option == OPT_STARTTLS) {
		*in = rest;
		return UPGRADE;
	}
	n->moving |= type == REP_ACK && option == OPT_GO;
	*in = rest;
	pass_over(d, in, length);
	return MORE;
}

static enum verdict nbd_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct nbd *n = d->state;
	size_t before = in->n + 1;

	while (slice_more(*in) && in->n < before) {
		enum verdict v = MORE;
		struct slice peek = *in;

		before = in->n;
		if (from == CLIENT && !n->moving && slice_u32(&peek) == REQUEST)
			n->moving = true;	/* joined late */
		if (from == SERVER && n->moving)
			drop_all(in);
		else if (from == SERVER)
			v = server_reply(d, in);
		else if (n->moving)
			v = client_request(d, in);
		else
			v = client_option(d, in);
		if (v != MORE)
			return v;
	}
	return MORE;
}

const struct dissector dissector_nbd = {
	.name = "nbd",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct nbd),
	.claim = nbd_claim,
	.feed = nbd_feed,
};
