/*
 * afp.c - AFP over TCP (DSI): the old Macintosh file server.
 *
 * Apple's AFP Programming Guide: a 16-byte DSI header, big endian.  A
 * DSIWrite carries data after the AFP header whose length the data offset
 * tells; the answer to FPRead carries nothing but data.  The volume opened is
 * told, names of files are not followed.
 */
#include <netinet/in.h>

#include "wire.h"

enum { HEADER = 16, GET_STATUS = 3, OPEN_SESSION = 4, COMMAND = 2, WRITE = 6,
	COMMAND_LAST = 8 };
enum { FP_OPEN_VOL = 24, FP_READ = 27, FP_READ_EXT = 60, FP_WRITE = 33,
	FP_WRITE_EXT = 61 };
enum { READS = 32, DATA_MOST = 64 << 20 };

struct afp {
	bool reading[READS];		/* by request number */
	uint16_t request[READS];
};

struct dsi {
	uint8_t flags, command;
	uint16_t request;
	uint32_t offset, length, reserved;
};

static struct dsi read_dsi(struct slice *s)
{
	struct dsi h = { 0 };

	h.flags = slice_u8(s);
	h.command = slice_u8(s);
	h.request = slice_u16(s);
	h.offset = slice_u32(s);
	h.length = slice_u32(s);
	h.reserved = slice_u32(s);
	return h;
}

static bool is_dsi(enum side from, const struct dsi *h)
{
	return h->flags == (from == SERVER ? 1 : 0) && h->command &&
	    h->command <= COMMAND_LAST && h->reserved == 0 &&
	    h->length <= DATA_MOST;
}

/* Servers send attention and tickle requests of their own. */
static bool is_request_of_server(const struct dsi *h)
{
	return h->flags == 0 && (h->command == 5 || h->command == 8) &&
	    h->reserved == 0 && h->length <= 16;
}

static enum claim afp_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT];
	struct dsi h = read_dsi(&s);

	if (slice_short(s))
		return o->port[SERVER] == 548 && o->first[CLIENT].n ? MAYBE :
		    NO;
	if (!is_dsi(CLIENT, &h) || h.offset != 0)
		return NO;
	if (o->port[SERVER] == 548)
		return YES;
	/* elsewhere: a session opens with its option, the quantum */
	return h.command == OPEN_SESSION && h.length == 6 && s.n >= 6 &&
	    slice_u16(&s) == 0x0104 ? YES : NO;
}

static void moved(struct dissection *d, enum side from, uint64_t bytes)
{
	struct fact fact = { .kind = FACT_MOVED, .from = from,
		.bytes = bytes };

	if (bytes)
		d->emit(d, &fact);
}

/* The start of an AFP command. */
static void request(struct dissection *d, const struct dsi *h,
    struct slice s)
{
	struct afp *a = d->state;
	uint8_t code = slice_u8(&s);
	struct fact room = { .kind = FACT_ROOM, .from = CLIENT };

	a->reading[h->request % READS] = false;
	if (h->command == WRITE && (code == FP_WRITE || code == FP_WRITE_EXT))
		moved(d, CLIENT, h->length - (h->offset < h->length ?
		    h->offset : h->length));
	if (h->command != COMMAND)
		return;
	if (code == FP_READ || code == FP_READ_EXT) {
		a->reading[h->request % READS] = true;
		a->request[h->request % READS] = h->request;
	} else if (code == FP_OPEN_VOL) {
		slice_skip(&s, 3);	/* pad, bitmap */
		room.text = slice_block8(&s);
		if (slice_more(room.text))
			d->emit(d, &room);
	}
}

static void answer(struct dissection *d, const struct dsi *h)
{
	struct afp *a = d->state;
	uint16_t i = h->request % READS;

	if (h->command == COMMAND && a->reading[i] &&
	    a->request[i] == h->request)
		moved(d, SERVER, h->length);
	a->reading[i] = false;
}

static enum verdict afp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	bool damaged = d->lost > 0;

	while (slice_more(*in)) {
		struct slice rest = *in;
		struct dsi h = read_dsi(&rest);
		size_t need = h.length < 64 ? h.length : 64;

		if (slice_short(rest) && !damaged)
			return MORE;
		if (slice_short(rest) || (!is_dsi(from, &h) &&
		    !is_request_of_server(&h) && h.command != 5)) {
			drop_all(in);	/* till a segment begins with one */
			return MORE;
		}
		if (from == CLIENT && rest.n < need)
			return MORE;
		damaged = false;
		if (from == CLIENT && h.flags == 0)
			request(d, &h, slice_head(rest, need));
		else if (from == SERVER && h.flags == 1)
			answer(d, &h);
		*in = rest;
		pass_over(d, in, h.length);
	}
	return MORE;
}

const struct dissector dissector_afp = {
	.name = "afp",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct afp),
	.claim = afp_claim,
	.feed = afp_feed,
};
