/*
 * nfs.c - NFS versions 3 and 4 over TCP: names created and bytes moved.
 *
 * RFC 5531 (record marks, calls and replies), RFC 1813 (WRITE, READ, CREATE),
 * RFC 7530 and RFC 8881 (COMPOUND: as far as SEQUENCE, PUTFH and then READ or
 * WRITE, which is what clients send).  Replies are joined to calls by xid,
 * the last 64 of them.  With krb5p only the flow's bytes show.
 */
#include <netinet/in.h>

#include "wire.h"

enum { PROGRAM = 100003, CALL = 0, REPLY = 1, RPC = 2 };

#define LAST_FRAGMENT 0x80000000u
enum { V3_READ = 6, V3_WRITE = 7, V3_CREATE = 8, V4_COMPOUND = 1 };
enum { OP_PUTFH = 22, OP_READ = 25, OP_WRITE = 38, OP_SEQUENCE = 53 };
enum { READS = 64, RECORD_MOST = 8 << 20, HEAD_MOST = 1024, OPS_MOST = 8 };

struct nfs {
	bool mid_record[2];		/* a further fragment follows */
	uint32_t reads3[READS], reads4[READS];	/* xids */
};

/* Record mark, xid, call, RPC 2, program. */
static bool is_call(struct slice s)
{
	uint32_t mark = slice_u32(&s) & ~LAST_FRAGMENT;

	slice_u32(&s);
	return mark >= 40 && mark <= RECORD_MOST && slice_u32(&s) == CALL &&
	    slice_u32(&s) == RPC && slice_u32(&s) == PROGRAM &&
	    !slice_short(s);
}

/* A mark, any xid, call or reply, and a small word. */
static bool is_record(struct slice s)
{
	uint32_t mark = slice_u32(&s) & ~LAST_FRAGMENT;

	slice_u32(&s);
	return mark >= 12 && mark <= RECORD_MOST && slice_u32(&s) <= REPLY &&
	    slice_u32(&s) <= RPC && !slice_short(s);
}

static enum claim nfs_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT];

	if (is_call(s))
		return YES;
	return s.n && s.n < 20 && (s.p[0] & 0x7f) == 0 ? MAYBE : NO;
}

static void opaque(struct slice *s)
{
	uint32_t n = slice_u32(s);

	slice_skip(s, n);
	slice_skip(s, (4u - n % 4u) % 4u);
}

static void moved(struct dissection *d, enum side from, uint32_t bytes)
{
	struct fact fact = { .kind = FACT_MOVED, .from = from,
		.bytes = bytes };

	if (bytes && bytes <= RECORD_MOST)
		d->emit(d, &fact);
}

static void created(struct dissection *d, struct slice args)
{
	struct fact file = { .kind = FACT_FILE, .from = CLIENT };

	opaque(&args);			/* directory */
	file.text = slice_take(&args, slice_u32(&args));
	if (slice_more(file.text))
		d->emit(d, &file);
}

static void call3(struct dissection *d, uint32_t procedure, uint32_t xid,
    struct slice args)
{
	struct nfs *n = d->state;

	if (procedure == V3_CREATE) {
		created(d, args);
	} else if (procedure == V3_READ) {
		n->reads3[xid % READS] = xid;
	} else if (procedure == V3_WRITE) {
		opaque(&args);
		slice_u64(&args);	/* offset */
		moved(d, CLIENT, slice_u32(&args));
	}
}

static void call4(struct dissection *d, uint32_t xid, struct slice args)
{
	struct nfs *n = d->state;
	uint32_t ops;

	opaque(&args);			/* tag */
	slice_u32(&args);		/* minor version */
	ops = slice_u32(&args);
	for (uint32_t i = 0; i < ops && i < OPS_MOST; i++)
		switch (slice_u32(&args)) {
		case OP_SEQUENCE:
			slice_skip(&args, 16 + 16);
			break;
		case OP_PUTFH:
			opaque(&args);
			break;
		case OP_READ:
			n->reads4[xid % READS] = xid;
			return;
		case OP_WRITE:
			slice_skip(&args, 16 + 8 + 4);
			moved(d, CLIENT, slice_u32(&args));
			return;
		default:
			return;
		}
}

static void call(struct dissection *d, uint32_t xid, struct slice s)
{
	uint32_t version, procedure;

	if (slice_u32(&s) != RPC || slice_u32(&s) != PROGRAM)
		return;
	version = slice_u32(&s);
	procedure = slice_u32(&s);
	slice_u32(&s);
	opaque(&s);			/* credential */
	slice_u32(&s);
	opaque(&s);			/* verifier */
	if (slice_short(s))
		return;
	if (version == 3)
		call3(d, procedure, xid, s);
	else if (version == 4 && procedure == V4_COMPOUND)
		call4(d, xid, s);
}

/* post_op_attr, then count */
static void read3_reply(struct dissection *d, struct slice s)
{
	if (slice_u32(&s) != 0)
		return;			/* an NFS error */
	if (slice_u32(&s))
		slice_skip(&s, 84);
	moved(d, SERVER, slice_u32(&s));
}

static void read4_reply(struct dissection *d, struct slice s)
{
	uint32_t ops;

	slice_u32(&s);			/* status */
	opaque(&s);			/* tag */
	ops = slice_u32(&s);
	for (uint32_t i = 0; i < ops && i < OPS_MOST; i++) {
		uint32_t op = slice_u32(&s);

		if (slice_u32(&s) != 0)
			return;
		if (op == OP_SEQUENCE)
			slice_skip(&s, 16 + 20);
		else if (op == OP_READ) {
			slice_u32(&s);	/* end of file */
			moved(d, SERVER, slice_u32(&s));
			return;
		} else if (op != OP_PUTFH)
			return;
	}
}

static void reply(struct dissection *d, uint32_t xid, struct slice s)
{
	struct nfs *n = d->state;

	if (slice_u32(&s) != 0)
		return;			/* denied */
	slice_u32(&s);
	opaque(&s);			/* verifier */
	if (slice_u32(&s) != 0 || slice_short(s))
		return;			/* not executed */
	if (n->reads3[xid % READS] == xid) {
		n->reads3[xid % READS] = 0;
		read3_reply(d, s);
	} else if (n->reads4[xid % READS] == xid) {
		n->reads4[xid % READS] = 0;
		read4_reply(d, s);
	}
}

static void record(struct dissection *d, enum side from, struct slice s)
{
	uint32_t xid = slice_u32(&s), type = slice_u32(&s);

	if (from == CLIENT && type == CALL)
		call(d, xid, s);
	else if (from == SERVER && type == REPLY)
		reply(d, xid, s);
}

static enum verdict nfs_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct nfs *nfs = d->state;
	bool damaged = d->lost > 0;

	while (slice_more(*in)) {
		struct slice rest = *in;
		uint32_t mark = slice_u32(&rest);
		uint32_t n = mark & ~LAST_FRAGMENT;
		size_t need = n < HEAD_MOST ? n : HEAD_MOST;

		if (slice_short(rest) && !damaged)
			return MORE;
		if (damaged ? !is_record(*in) : n > RECORD_MOST) {
			drop_all(in);	/* till a segment begins with one */
			return MORE;
		}
		if (rest.n < need)
			return MORE;
		damaged = false;
		if (!nfs->mid_record[from])
			record(d, from, slice_head(rest, need));
		nfs->mid_record[from] = !(mark & LAST_FRAGMENT);
		*in = rest;
		pass_over(d, in, n);
	}
	return MORE;
}

const struct dissector dissector_nfs = {
	.name = "nfs",
	.proto = IPPROTO_TCP,
	.waits = true,
	.state_size = sizeof(struct nfs),
	.claim = nfs_claim,
	.feed = nfs_feed,
};
