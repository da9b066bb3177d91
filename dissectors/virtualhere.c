/*
 * virtualhere.c - VirtualHere: a USB device used over the network.
 *
 * No public document; the layout is that of a published server for it
 * (VisualEhrmanntraut's QEMU): messages of a 33-byte header, little endian -
 * type, 26 bytes, device, length - that begin with the client's user and host
 * name, 64 bytes each, and the server's own.  A device is told when it is
 * attached, by its descriptor.  Bulk data may be the bulk-only wrapper of a
 * SCSI command: a WRITE or READ counts, with the length asked for.  What
 * other devices are sent shows as flow bytes, and so does SSL.
 *
 * After a hole: on from the next segment that begins with a header.
 */
#include <netinet/in.h>
#include <stdio.h>

#include "scsi.h"
#include "wire.h"

enum { HELLO = 0x00, SERVER_INFO = 0x01, BULK = 0x12, DESCRIPTOR = 0x27,
	BULK_OTHER = 0x4a, TYPE_LAST = 0x5b };
enum { HEADER = 33, NAME = 64, HELLO_LENGTH = 2 * NAME, INFO_LENGTH = 724,
	BULK_FIELDS = 13, LONGEST = 1 << 24 };

struct message {
	uint8_t type;
	uint32_t n;
};

static struct message read_header(struct slice *s)
{
	struct message m;

	m.type = slice_u8(s);
	slice_skip(s, 28);
	m.n = slice_le32(s);
	return m;
}

/* Text in a field that is longer, zeros behind it. */
static bool is_name(struct slice field)
{
	struct slice text = slice_before(field, '\0');

	if (!slice_more(text))
		return false;
	slice_skip(&field, text.n);
	while (slice_more(text))
		if (slice_u8(&text) < ' ')
			return false;
	while (slice_more(field))
		if (slice_u8(&field) != 0)
			return false;
	return true;
}

static enum claim virtualhere_claim(const struct opening *o)
{
	struct slice c = o->first[CLIENT], s = o->first[SERVER];
	struct message hello = read_header(&c), info = read_header(&s);

	slice_u8(&s);			/* version */
	if (info.type == SERVER_INFO && info.n == INFO_LENGTH &&
	    is_name(slice_take(&s, 2 * NAME)))
		return YES;
	if (slice_short(c))
		return o->first[CLIENT].n && could_start(o->first[CLIENT],
		    "\0") && o->first[CLIENT].p[0] == 0 ? MAYBE : NO;
	if (hello.type != HELLO || hello.n != HELLO_LENGTH)
		return NO;
	if (c.n < HELLO_LENGTH)
		return MAYBE;
	return is_name(slice_take(&c, NAME)) && is_name(slice_take(&c, NAME)) ?
	    YES : NO;
}

static void hello(struct dissection *d, struct slice body)
{
	struct fact user = { .kind = FACT_ACCOUNT, .from = CLIENT,
		.proof = PROOF_LABEL };

	user.text = slice_before(slice_take(&body, NAME), '\0');
	user.detail = slice_before(slice_take(&body, NAME), '\0');
	if (slice_more(user.text))
		d->emit(d, &user);
}

/* Outcome (1: attached), speed, then a USB device descriptor (USB 2, 9.6.1) */
static void descriptor(struct dissection *d, struct slice body)
{
	struct fact device = { .kind = FACT_DEVICE, .from = SERVER,
		.addr = *d->addr[SERVER], .port = d->port[SERVER],
		.detail = slice_str("virtualhere") };
	uint32_t outcome = slice_le32(&body);
	unsigned vendor, product;
	char ids[16];

	slice_skip(&body, 9);
	vendor = slice_le16(&body);
	product = slice_le16(&body);
	if (outcome != 1 || slice_short(body))
		return;
	snprintf(ids, sizeof(ids), "%04x:%04x", vendor, product);
	device.text = slice_str(ids);
	d->emit(d, &device);
}

static void bulk(struct dissection *d, struct slice body)
{
	struct fact fact = { .kind = FACT_MOVED };
	enum scsi_move move;
	uint32_t length;

	slice_skip(&body, BULK_FIELDS);
	move = scsi_wrapper(body, &length);
	fact.from = move == SCSI_WRITE ? CLIENT : SERVER;
	fact.bytes = length;
	if (move != SCSI_OTHER && length)
		d->emit(d, &fact);
}

/* How much of a message's body is looked at. */
static uint32_t head_of(enum side from, const struct message *m)
{
	uint32_t most = 0;

	if (from == CLIENT && m->type == HELLO)
		most = HELLO_LENGTH;
	else if (from == CLIENT && (m->type == BULK || m->type == BULK_OTHER))
		most = BULK_FIELDS + SCSI_WRAPPER;
	else if (from == SERVER && m->type == DESCRIPTOR)
		most = 4 + 1 + 18;
	return m->n < most ? m->n : most;
}

static void message(struct dissection *d, enum side from,
    const struct message *m, struct slice head)
{
	if (!slice_more(head))
		return;
	if (from == SERVER)
		descriptor(d, head);
	else if (m->type == HELLO)
		hello(d, head);
	else
		bulk(d, head);
}

static enum verdict virtualhere_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	bool damaged = d->lost > 0;

	while (slice_more(*in)) {
		struct slice rest = *in;
		struct message m = read_header(&rest);
		uint32_t head = head_of(from, &m);

		if (in->n < HEADER && !damaged)
			return MORE;
		if (m.type > TYPE_LAST || m.n > LONGEST || in->n < HEADER) {
			/* out of step: only a hole brings that about */
			drop_all(in);
			return MORE;
		}
		if (rest.n < head)
			return MORE;
		damaged = false;
		message(d, from, &m, slice_head(rest, head));
		*in = rest;
		pass_over(d, in, m.n);
	}
	return MORE;
}

const struct dissector dissector_virtualhere = {
	.name = "virtualhere",
	.counts = COUNTS_SCSI,
	.proto = IPPROTO_TCP,
	.waits = true,
	.claim = virtualhere_claim,
	.feed = virtualhere_feed,
};
