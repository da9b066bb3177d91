/*
 * decode.c - see decode.h: runs the steps of unwrap.h, keeps the counters.
 */
#include "capture/unwrap.h"

#include <stdlib.h>

struct decoder *decoder_new(void)
{
	struct decoder *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->defrag = defrag_new();
	if (d->defrag == NULL) {
		free(d);
		return NULL;
	}
	return d;
}

void decoder_free(struct decoder *d)
{
	if (d == NULL)
		return;
	defrag_free(d->defrag);
	free(d);
}

const struct decode_counts *decoder_counts(const struct decoder *d)
{
	return &d->counts;
}

static enum layer open_layer(struct unwrap *u, enum layer layer)
{
	switch (layer) {
	case LAYER_LINK:
		return open_link(u);
	case LAYER_ETHERNET:
		return open_ethernet(u);
	case LAYER_TYPE:
		return open_type(u);
	case LAYER_LLC:
		return open_llc(u);
	case LAYER_PPP:
		return open_ppp(u);
	case LAYER_PPPOE:
		return open_pppoe(u);
	case LAYER_MPLS:
		return open_mpls(u);
	case LAYER_IP:
		return open_ip(u);
	case LAYER_IP4:
		return open_ip4(u);
	case LAYER_IP6:
		return open_ip6(u);
	case LAYER_PROTO:
		return open_proto(u);
	case LAYER_GRE:
		return open_gre(u);
	case LAYER_UDP_TUNNEL:
		return open_udp_tunnel(u);
	default:
		return LAYER_BAD;
	}
}

static enum decoded result_of(struct decode_counts *n, enum layer layer)
{
	switch (layer) {
	case LAYER_DONE:
		return DECODED;
	case LAYER_FRAGMENT:
		return DECODED_FRAGMENT;
	case LAYER_OTHER:
		n->other++;
		return DECODED_OTHER;
	case LAYER_UNKNOWN:
		n->unknown++;
		return DECODED_UNKNOWN;
	default:
		n->bad++;
		return DECODED_BAD;
	}
}

enum decoded decode(struct decoder *d, const struct frame *in,
    struct packet *out)
{
	enum layer layer = LAYER_LINK;
	struct unwrap u;

	u.decoder = d;			/* one by one: `outer` costs */
	u.packet = out;
	u.in = in->bytes;
	u.link = in->link;
	u.exact = false;
	u.in_tunnel = false;
	u.certain = false;
	u.wire = in->wire_len;
	if (u.wire < in->bytes.n)	/* a writer that left it out */
		u.wire = (uint32_t)in->bytes.n;
	d->counts.frames++;
	d->counts.bytes += u.wire;
	d->counts.truncated += in->bytes.n < u.wire;
	*out = (struct packet){ .at_us = in->at_us,
		.window_shift = NO_WINDOW_SHIFT };
	while (layer < LAYER_DONE)
		layer = open_layer(&u, layer);
	if (layer >= LAYER_BAD && u.in_tunnel && !u.certain) {
		*out = u.outer;
		layer = LAYER_DONE;
	}
	d->counts.vlan_tagged += out->vlan != 0;
	d->counts.tunnelled += out->tunnels != 0;
	return result_of(&d->counts, layer);
}
