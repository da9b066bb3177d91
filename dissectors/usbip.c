/*
 * usbip.c - USB/IP: a USB device used over the network.
 *
 * Linux Documentation/usb/usbip_protocol.rst: after the import handshake
 * both sides send 48-byte headers, big endian, some with data.  What counts
 * is the SCSI command in a bulk-only wrapper (CBW): a WRITE or READ and its
 * length, as asked for; or, with USB attached SCSI, the data of bulk URBs
 * once a command unit has been seen.  Replies carry data only for URBs that
 * read, so their sequence numbers are kept: the last 256.
 *
 * After a hole: on from the next segment that begins with a header.
 */
#include <netinet/in.h>
#include <stdio.h>

#include "scsi.h"
#include "wire.h"

enum { REQ_DEVLIST = 0x8005, REQ_IMPORT = 0x8003, REP_DEVLIST = 0x0005,
	REP_IMPORT = 0x0003 };
enum { SUBMIT = 1, UNLINK = 2, RET_SUBMIT = 3, RET_UNLINK = 4 };
enum { OP_HEADER = 8, URB_HEADER = 48, BUSID = 32, DEVICE = 312,
	ISO_DESCRIPTOR = 16, COMMAND_IU = 32, READS = 256 };

struct usbip {
	bool imported[2];		/* URBs from here on */
	bool uas;			/* command units instead of CBWs */
	uint32_t reading[READS];	/* sequence numbers of URBs that read */
};

struct urb {
	uint32_t command, sequence, device, direction, endpoint;
	uint32_t length, packets;
};

/* Version 1.x, operation, status 0. */
static bool is_operation(struct slice s, uint16_t a, uint16_t b)
{
	uint16_t version = slice_u16(&s), code = slice_u16(&s);

	return version >> 8 == 1 && (code == a || code == b) &&
	    slice_u32(&s) == 0 && !slice_short(s);
}

static struct urb read_urb(struct slice *s)
{
	struct urb u = { 0 };

	u.command = slice_u32(s);
	u.sequence = slice_u32(s);
	u.device = slice_u32(s);
	u.direction = slice_u32(s);
	u.endpoint = slice_u32(s);
	slice_u32(s);			/* flags, or status */
	u.length = slice_u32(s);
	slice_u32(s);			/* start frame */
	u.packets = slice_u32(s);
	slice_skip(s, 12);
	return u;
}

static bool is_urb(enum side from, struct slice s)
{
	struct urb u = read_urb(&s);

	if (slice_short(s) || u.direction > 1 || u.endpoint > 15)
		return false;
	if (from == SERVER)
		return (u.command == RET_SUBMIT || u.command == RET_UNLINK) &&
		    u.sequence;
	return (u.command == SUBMIT || u.command == UNLINK) && u.sequence &&
	    u.device >= 1 << 16 && u.device < 1 << 24;
}

static enum claim usbip_claim(const struct opening *o)
{
	if (is_operation(o->first[CLIENT], REQ_DEVLIST, REQ_IMPORT) ||
	    is_operation(o->first[SERVER], REP_DEVLIST, REP_IMPORT))
		return YES;
	if (o->midstream && (is_urb(CLIENT, o->first[CLIENT]) ||
	    is_urb(SERVER, o->first[SERVER])))
		return YES;
	return o->first[CLIENT].n < OP_HEADER && could_start(o->first[CLIENT],
	    "\1") ? MAYBE : NO;
}

static void moved(struct dissection *d, enum side from, uint64_t bytes)
{
	struct fact fact = { .kind = FACT_MOVED, .from = from,
		.bytes = bytes };

	if (bytes)
		d->emit(d, &fact);
}

/* path[256] busid[32] busnum devnum speed vendor product ... */
static void device(struct dissection *d, struct slice s)
{
	char ids[16];
	struct fact fact = { .kind = FACT_DEVICE, .from = SERVER,
		.addr = *d->addr[SERVER], .port = d->port[SERVER] };
	struct slice busid;
	unsigned vendor, product;

	slice_skip(&s, 256);
	busid = slice_take(&s, BUSID);
	slice_skip(&s, 12);
	vendor = slice_u16(&s);
	product = slice_u16(&s);
	snprintf(ids, sizeof(ids), "%04x:%04x", vendor, product);
	fact.text = slice_str(ids);
	fact.detail = slice_until(&busid, '\0');
	d->emit(d, &fact);
}

static enum verdict hello(struct dissection *d, enum side from,
    struct slice *in)
{
	struct usbip *u = d->state;
	struct slice rest = *in, body;
	uint16_t code;
	uint32_t status;

	slice_u16(&rest);
	code = slice_u16(&rest);
	status = slice_u32(&rest);
	if (slice_short(rest))
		return MORE;
	if (code == REQ_DEVLIST || code == REP_DEVLIST)
		return DONE;		/* a list of devices, no more */
	if (code != (from == CLIENT ? REQ_IMPORT : REP_IMPORT))
		return NOT_MINE;
	if (status)
		return DONE;
	body = slice_take(&rest, from == CLIENT ? BUSID : DEVICE);
	if (slice_short(rest))
		return MORE;
	*in = rest;
	u->imported[from] = true;
	if (from == SERVER)
		device(d, body);
	return MORE;
}

/* What a bulk write of this size may be: a command.  False: not all there. */
static bool command(struct dissection *d, const struct urb *urb,
    struct slice data)
{
	struct usbip *u = d->state;
	struct slice s = slice_take(&data, urb->length);
	struct slice unit = s;
	uint32_t length;
	enum scsi_move move;

	if (slice_short(data))
		return false;
	if (slice_starts(s, "USBC")) {
		move = scsi_wrapper(s, &length);
		if (move != SCSI_OTHER)
			moved(d, move == SCSI_WRITE ? CLIENT : SERVER, length);
		return true;
	}
	/* command unit: id 1, reserved, tag, priority, ... LUN, CDB */
	if (urb->length == COMMAND_IU && slice_u8(&unit) == 1 &&
	    slice_u8(&unit) == 0) {
		slice_skip(&unit, 14);
		u->uas |= scsi_moves(unit) != SCSI_OTHER;
	}
	return true;
}

static bool is_iso(const struct urb *u)
{
	return u->packets && u->packets <= 1024;
}

/* False: wait for more. */
static bool from_client(struct dissection *d, const struct urb *urb,
    struct slice *in)
{
	struct usbip *u = d->state;
	uint64_t body = 0;

	if (urb->command == SUBMIT && urb->direction == 0) {
		body = urb->length;
		if ((urb->length == SCSI_WRAPPER ||
		    urb->length == COMMAND_IU) && urb->endpoint &&
		    !command(d, urb, *in))
			return false;
		if (u->uas && urb->endpoint && urb->length > COMMAND_IU)
			moved(d, CLIENT, urb->length);
	} else if (urb->command == SUBMIT) {
		u->reading[urb->sequence % READS] = urb->sequence;
	}
	if (urb->command == SUBMIT && is_iso(urb))
		body += (uint64_t)urb->packets * ISO_DESCRIPTOR;
	pass_over(d, in, body);
	return true;
}

static bool from_server(struct dissection *d, const struct urb *urb,
    struct slice *in)
{
	struct usbip *u = d->state;
	uint32_t *reading = &u->reading[urb->sequence % READS];
	uint64_t body = 0;

	if (urb->command == RET_SUBMIT && *reading == urb->sequence) {
		body = urb->length;
		*reading = 0;
		/* status units are short, sense data too */
		if (u->uas && urb->length >= 512)
			moved(d, SERVER, urb->length);
	}
	if (urb->command == RET_SUBMIT && is_iso(urb))
		body += (uint64_t)urb->packets * ISO_DESCRIPTOR;
	pass_over(d, in, body);
	return true;
}

static enum verdict usbip_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct usbip *u = d->state;
	bool damaged = d->lost > 0;

	u->imported[from] |= damaged;	/* the handshake is past */
	while (slice_more(*in)) {
		struct slice rest = *in;
		struct urb urb;

		if (!u->imported[from] && !is_urb(from, *in)) {
			size_t before = in->n;
			enum verdict v = hello(d, from, in);

			if (v != MORE || in->n == before)
				return v;
			continue;
		}
		u->imported[from] = true;
		if (in->n < URB_HEADER && !damaged)
			return MORE;
		if (!is_urb(from, *in)) {
			/* only a hole excuses this: look on later */
			drop_all(in);
			return MORE;
		}
		damaged = false;
		urb = read_urb(&rest);
		if (!(from == CLIENT ? from_client : from_server)(d, &urb,
		    &rest))
			return MORE;
		*in = rest;
	}
	return MORE;
}

const struct dissector dissector_usbip = {
	.name = "usbip",
	.counts = COUNTS_SCSI,
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct usbip),
	.claim = usbip_claim,
	.feed = usbip_feed,
};
