/*
 * iscsi.c - iSCSI: a disk over the network, and the bytes moved to it.
 *
 * RFC 7143: a 48-byte header, additional headers, data, digests.  Counted is
 * the expected length of each SCSI READ or WRITE command; Data-In and
 * Data-Out would count the same bytes again.  Digests are found out from
 * the login's text.
 */
#include <netinet/in.h>

#include "scsi.h"
#include "wire.h"

enum { LOGIN = 0x03, LOGIN_ANSWER = 0x23, COMMAND = 0x01, HEADER = 48,
	DIGEST = 4, DATA_MOST = 16 << 20, TEXT_MOST = 8192 };

struct iscsi {
	bool header_digest, data_digest, told;
	bool full[2];			/* login is over: digests apply */
};

struct pdu {
	uint8_t opcode, flags, ahs;
	uint32_t data, expected;
};

static struct pdu read_pdu(struct slice *s)
{
	struct pdu p = { 0 };

	p.opcode = slice_u8(s) & 0x3f;
	p.flags = slice_u8(s);
	slice_u16(s);
	p.ahs = slice_u8(s);
	p.data = slice_u24(s);
	slice_skip(s, 8 + 4);		/* LUN, task tag */
	p.expected = slice_u32(s);
	slice_skip(s, 8);
	return p;			/* at the CDB, byte 32 */
}

static bool is_opcode(enum side from, uint8_t opcode)
{
	return from == CLIENT ? opcode <= 0x06 || opcode == 0x10 :
	    (opcode >= 0x20 && opcode <= 0x26) || opcode == 0x31 ||
	    opcode == 0x32 || opcode == 0x3f;
}

static enum claim iscsi_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT];
	struct pdu p = read_pdu(&s);

	if (slice_short(s))
		return o->first[CLIENT].n && (o->first[CLIENT].p[0] & 0x3f) ==
		    LOGIN && o->port[SERVER] == 3260 ? MAYBE : NO;
	return p.opcode == LOGIN && p.data >= 16 && p.data <= TEXT_MOST &&
	    !slice_short(find_after(o->first[CLIENT], "InitiatorName=iqn.")) ?
	    YES : NO;
}

/* "Key=Value" pairs, each ended by NUL. */
static void login_text(struct dissection *d, enum side from, struct slice s)
{
	struct iscsi *i = d->state;
	struct slice target = find_after(s, "TargetName=");
	struct fact room = { .kind = FACT_ROOM, .from = CLIENT,
		.text = slice_until(&target, '\0') };

	if (from == CLIENT) {
		if (slice_more(room.text) && !i->told)
			d->emit(d, &room);
		i->told |= slice_more(room.text);
		return;
	}
	i->header_digest |= !slice_short(find_after(s, "HeaderDigest=CRC32C"));
	i->data_digest |= !slice_short(find_after(s, "DataDigest=CRC32C"));
}

static void command(struct dissection *d, const struct pdu *p,
    struct slice cdb)
{
	struct fact moved = { .kind = FACT_MOVED, .bytes = p->expected };
	enum scsi_move move = scsi_moves(cdb);

	if (move == SCSI_OTHER || p->expected == 0)
		return;
	moved.from = move == SCSI_WRITE ? CLIENT : SERVER;
	d->emit(d, &moved);
}

static uint64_t body_length(const struct iscsi *i, enum side from,
    const struct pdu *p)
{
	uint64_t n = 4ull * p->ahs + (p->data + 3ull) / 4 * 4;

	if (i->header_digest && i->full[from])
		n += DIGEST;
	if (i->data_digest && i->full[from] && p->data)
		n += DIGEST;
	return n;
}

/* The stage after this PDU is the full feature phase (transit to 3). */
static bool ends_login(const struct pdu *p)
{
	return (p->flags & 0x83) == 0x83;
}

static enum verdict iscsi_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct iscsi *i = d->state;
	bool damaged = d->lost > 0;

	while (slice_more(*in)) {
		struct slice rest = *in, cdb;
		struct pdu p = read_pdu(&rest);
		uint64_t n;

		if (in->n < HEADER && !damaged)
			return MORE;
		if (in->n < HEADER || !is_opcode(from, p.opcode) ||
		    p.data > DATA_MOST) {
			drop_all(in);	/* till a segment begins with one */
			return MORE;
		}
		damaged = false;
		cdb = slice_take(&rest, 16);
		n = body_length(i, from, &p);
		if (p.opcode == LOGIN || p.opcode == LOGIN_ANSWER) {
			if (n <= TEXT_MOST && rest.n < n)
				return MORE;
			login_text(d, from, slice_head(rest, p.data));
			if (p.opcode == LOGIN_ANSWER && ends_login(&p))
				i->full[CLIENT] = i->full[SERVER] = true;
		} else if (p.opcode == COMMAND && from == CLIENT) {
			command(d, &p, cdb);
		}
		*in = rest;
		pass_over(d, in, n);
	}
	return MORE;
}

const struct dissector dissector_iscsi = {
	.name = "iscsi",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct iscsi),
	.claim = iscsi_claim,
	.feed = iscsi_feed,
};
