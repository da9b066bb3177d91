/*
 * nfs_udp.c - NFS versions 2 and 3 over UDP: one message a datagram.
 */
#include <netinet/in.h>

#include "nfs.h"

static enum claim nfs_udp_claim(const struct opening *o)
{
	struct slice s = o->first[CLIENT];

	slice_u32(&s);			/* xid */
	return nfs_is_call(s) ? YES : NO;
}

static enum verdict nfs_udp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	nfs_message(d, from, *in);
	drop_all(in);
	return MORE;
}

const struct dissector dissector_nfs_udp = {
	.name = "nfs",
	.proto = IPPROTO_UDP,
	.waits = true,
	.state_size = sizeof(struct nfs),
	.claim = nfs_udp_claim,
	.feed = nfs_udp_feed,
};
