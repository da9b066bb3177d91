/*
 * nfs_calls.c - NFS versions 2, 3 and 4: which file, and bytes moved.
 *
 * RFC 5531 (calls and replies), RFC 1094, RFC 1813 (LOOKUP, CREATE, WRITE,
 * READ), RFC 7530 and RFC 8881 (COMPOUND: as far as OPEN, WRITE or READ,
 * which is what clients send).  Handles are joined to the names that were
 * asked for, replies to calls by xid.  With krb5p only the flow's bytes show.
 */
#include "nfs.h"

enum { PROGRAM = 100003, CALL = 0, REPLY = 1, RPC = 2 };
enum { V2_LOOKUP = 4, V2_READ = 6, V2_WRITE = 8, V2_CREATE = 9 };
enum { V3_LOOKUP = 3, V3_READ = 6, V3_WRITE = 7, V3_CREATE = 8 };
enum { V4_COMPOUND = 1, OP_GETFH = 10, OP_LOOKUP = 15, OP_OPEN = 18,
	OP_PUTFH = 22, OP_PUTROOTFH = 24, OP_READ = 25, OP_WRITE = 38,
	OP_SEQUENCE = 53 };
enum { OPS_MOST = 8, V2_HANDLE = 32, CLAIM_NAME = 0 };

bool nfs_is_call(struct slice s)
{
	return slice_u32(&s) == CALL && slice_u32(&s) == RPC &&
	    slice_u32(&s) == PROGRAM && !slice_short(s);
}

static struct slice opaque(struct slice *s)
{
	uint32_t n = slice_u32(s);
	struct slice bytes = slice_take(s, n);

	slice_skip(s, (4u - n % 4u) % 4u);
	return bytes;
}

/* Two handles that agree would only exchange their names. */
static uint32_t handle_of(struct slice *s, unsigned int version)
{
	return checksum(version == 2 ? slice_take(s, V2_HANDLE) : opaque(s));
}

static struct nfs_asked *ask(struct nfs *n, uint32_t xid, unsigned int version)
{
	struct nfs_asked *a = &n->asked[xid % NFS_ASKED];

	memset(a, 0, sizeof(*a));
	a->xid = xid;
	a->version = (uint8_t)version;
	return a;
}

static void asks_name(struct nfs *n, uint32_t xid, unsigned int version,
    struct slice name)
{
	struct nfs_asked *a;

	name = slice_head(name, NFS_NAME);
	if (name.n == 0)
		return;
	a = ask(n, xid, version);
	a->name.n = (uint8_t)name.n;
	memcpy(a->name.text, name.p, name.n);
}

static void asks_bytes(struct nfs *n, uint32_t xid, unsigned int version,
    uint32_t handle)
{
	struct nfs_asked *a = ask(n, xid, version);

	a->reads = true;
	a->handle = handle;
}

static struct nfs_file *file_of(struct nfs *n, uint32_t handle)
{
	for (int i = 0; i < NFS_FILES; i++)
		if (n->files[i].name.n && n->files[i].handle == handle)
			return &n->files[i];
	return NULL;
}

static void named(struct nfs *n, uint32_t handle, const struct nfs_name *name)
{
	struct nfs_file *f = file_of(n, handle);

	if (f == NULL)
		f = &n->files[n->next_file++ % NFS_FILES];
	else if (f->name.n == name->n &&
	    memcmp(f->name.text, name->text, name->n) == 0)
		return;
	*f = (struct nfs_file){ .handle = handle, .name = *name };
}

static void moved(struct dissection *d, enum side from, uint32_t handle,
    uint32_t bytes)
{
	struct nfs_file *f = file_of(d->state, handle);
	struct fact file = { .from = from };

	if (bytes == 0 || bytes > NFS_RECORD_MOST)
		return;
	if (f != NULL)
		file.text = slice_of(f->name.text, f->name.n);
	file_moved(d, file, f != NULL ? &f->told : NULL, bytes);
}

static void call2(struct dissection *d, uint32_t procedure, uint32_t xid,
    struct slice s)
{
	uint32_t handle = handle_of(&s, 2);

	if (procedure == V2_LOOKUP || procedure == V2_CREATE) {
		asks_name(d->state, xid, 2, opaque(&s));
	} else if (procedure == V2_READ) {
		asks_bytes(d->state, xid, 2, handle);
	} else if (procedure == V2_WRITE) {
		slice_skip(&s, 12);	/* offsets, total */
		moved(d, CLIENT, handle, slice_u32(&s));
	}
}

static void call3(struct dissection *d, uint32_t procedure, uint32_t xid,
    struct slice s)
{
	uint32_t handle = handle_of(&s, 3);

	if (procedure == V3_LOOKUP || procedure == V3_CREATE) {
		asks_name(d->state, xid, 3, opaque(&s));
	} else if (procedure == V3_READ) {
		asks_bytes(d->state, xid, 3, handle);
	} else if (procedure == V3_WRITE) {
		slice_u64(&s);		/* offset */
		moved(d, CLIENT, handle, slice_u32(&s));
	}
}

static void attributes(struct slice *s)
{
	uint32_t words = slice_u32(s);

	slice_skip(s, (uint64_t)words * 4 < s->n ? words * 4 : s->n);
	opaque(s);
}

/* As far as the name, if it is opened by name. */
static struct slice open_name(struct slice s)
{
	uint32_t how;

	slice_skip(&s, 4 + 4 + 4 + 8);	/* seqid, share, clientid */
	opaque(&s);			/* owner */
	if (slice_u32(&s) == 1) {	/* create */
		how = slice_u32(&s);
		if (how >= 2)
			slice_skip(&s, 8);
		if (how != 2)
			attributes(&s);
	}
	return slice_u32(&s) == CLAIM_NAME ? opaque(&s) : slice_of("", 0);
}

static void call4(struct dissection *d, uint32_t xid, struct slice s)
{
	struct slice name = { 0 };
	uint32_t ops, handle = 0;

	opaque(&s);			/* tag */
	slice_u32(&s);			/* minor version */
	ops = slice_u32(&s);
	for (uint32_t i = 0; i < ops && i < OPS_MOST; i++)
		switch (slice_u32(&s)) {
		case OP_SEQUENCE:
			slice_skip(&s, 16 + 16);
			break;
		case OP_PUTROOTFH:
			break;
		case OP_PUTFH:
			handle = handle_of(&s, 4);
			break;
		case OP_LOOKUP:		/* of a path: its last part counts */
			name = opaque(&s);
			break;
		case OP_GETFH:
			asks_name(d->state, xid, 4, name);
			return;
		case OP_OPEN:
			asks_name(d->state, xid, 4, open_name(s));
			return;
		case OP_READ:
			asks_bytes(d->state, xid, 4, handle);
			return;
		case OP_WRITE:
			slice_skip(&s, 16 + 8 + 4);
			moved(d, CLIENT, handle, slice_u32(&s));
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
	if (version == 2)
		call2(d, procedure, xid, s);
	else if (version == 3)
		call3(d, procedure, xid, s);
	else if (version == 4 && procedure == V4_COMPOUND)
		call4(d, xid, s);
}

/* Versions 2 and 3, after the status: attributes, then what was asked. */
static void reply_old(struct dissection *d, const struct nfs_asked *a,
    struct slice s)
{
	if (slice_u32(&s) != 0)
		return;			/* an NFS error */
	if (a->reads) {
		if (a->version == 2)
			slice_skip(&s, 68);
		else if (slice_u32(&s))
			slice_skip(&s, 84);
		moved(d, SERVER, a->handle, slice_u32(&s));
		return;
	}
	/* CREATE of version 3 says first whether a handle follows */
	if (a->version == 3 && s.n >= 4 && s.p[3] == 1 && s.p[2] == 0)
		slice_u32(&s);
	if (s.n >= 4)
		named(d->state, handle_of(&s, a->version), &a->name);
}

/* A delegation to read, or to write: a stateid, whether it is recalled, a
 * limit of space, and whom it lets in. */
static void pass_delegation(struct slice *s, bool writes)
{
	slice_skip(s, 16 + 4 + (writes ? 12 : 0) + 12);
	opaque(s);
}

/* A stateid, change info, flags, attributes set, and what is delegated. */
static bool pass_open(struct slice *s)
{
	uint32_t words, kind;

	slice_skip(s, 16 + 20 + 4);
	words = slice_u32(s);
	slice_skip(s, (uint64_t)words * 4 < s->n ? words * 4 : s->n);
	kind = slice_u32(s);
	if (kind == 3) {		/* none, and why not */
		kind = slice_u32(s);
		if (kind == 1 || kind == 2)
			slice_u32(s);
	} else if (kind == 1 || kind == 2) {
		pass_delegation(s, kind == 2);
	}
	return kind <= 3;
}

static void reply4(struct dissection *d, const struct nfs_asked *a,
    struct slice s)
{
	uint32_t ops;

	slice_u32(&s);			/* status */
	opaque(&s);			/* tag */
	ops = slice_u32(&s);
	for (uint32_t i = 0; i < ops && i < OPS_MOST; i++) {
		uint32_t op = slice_u32(&s);

		if (slice_u32(&s) != 0 || slice_short(s))
			return;
		if (op == OP_SEQUENCE) {
			slice_skip(&s, 16 + 20);
		} else if (op == OP_READ) {
			slice_u32(&s);	/* end of file */
			moved(d, SERVER, a->handle, slice_u32(&s));
			return;
		} else if (op == OP_GETFH) {
			named(d->state, handle_of(&s, 4), &a->name);
			return;
		} else if (op == OP_OPEN ? !pass_open(&s) : op != OP_PUTFH &&
		    op != OP_PUTROOTFH && op != OP_LOOKUP) {
			return;
		}
	}
}

static void reply(struct dissection *d, uint32_t xid, struct slice s)
{
	struct nfs *n = d->state;
	struct nfs_asked *a = &n->asked[xid % NFS_ASKED], asked = *a;

	if (asked.version == 0 || asked.xid != xid || slice_u32(&s) != 0)
		return;			/* of no interest, or denied */
	a->version = 0;
	slice_u32(&s);
	opaque(&s);			/* verifier */
	if (slice_u32(&s) != 0 || slice_short(s))
		return;			/* not executed */
	if (asked.version == 4)
		reply4(d, &asked, s);
	else
		reply_old(d, &asked, s);
}

void nfs_message(struct dissection *d, enum side from, struct slice s)
{
	uint32_t xid = slice_u32(&s), type = slice_u32(&s);

	if (from == CLIENT && type == CALL)
		call(d, xid, s);
	else if (from == SERVER && type == REPLY)
		reply(d, xid, s);
}
