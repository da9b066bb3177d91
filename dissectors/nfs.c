/*
 * nfs.c - NFS over TCP: messages between record marks (RFC 5531 11).
 */
#include <netinet/in.h>

#include "nfs.h"

enum { HEAD_MOST = 1024 };
#define LAST_FRAGMENT 0x80000000u

static uint32_t record_length(struct slice *s)
{
	return slice_u32(s) & ~LAST_FRAGMENT;
}

/* A mark, any xid, call or reply, and a small word. */
static bool is_record(struct slice s)
{
	uint32_t n = record_length(&s);

	slice_u32(&s);
	return n >= 12 && n <= NFS_RECORD_MOST && slice_u32(&s) <= 1 &&
	    slice_u32(&s) <= 2 && !slice_short(s);
}

static enum claim nfs_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT], call = s;
	uint32_t n = record_length(&call);

	slice_u32(&call);		/* xid */
	if (n >= 40 && n <= NFS_RECORD_MOST && nfs_is_call(call))
		return YES;
	return s.n && s.n < 20 && (s.p[0] & 0x7f) == 0 ? MAYBE : NO;
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
		if (damaged ? !is_record(*in) : n > NFS_RECORD_MOST) {
			drop_all(in);	/* till a segment begins with one */
			return MORE;
		}
		if (rest.n < need)
			return MORE;
		damaged = false;
		if (!nfs->mid_record[from])
			nfs_message(d, from, slice_head(rest, need));
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
