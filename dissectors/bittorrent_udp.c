/*
 * bittorrent_udp.c - BitTorrent over UDP: the DHT (BEP 5: a bencoded
 * dictionary with y = q, r or e), trackers (BEP 15: the connection magic)
 * and local peer discovery (BEP 14).
 */
#include <netinet/in.h>

#include "wire.h"

static bool is_dht(struct slice s)
{
	if (s.n < 12 || s.p[0] != 'd' || s.p[s.n - 1] != 'e' ||
	    s.p[1] < '1' || s.p[1] > '9')
		return false;
	return !slice_short(find_after(s, "1:y1:q")) ||
	    !slice_short(find_after(s, "1:y1:r")) ||
	    !slice_short(find_after(s, "1:y1:e"));
}

static bool is_tracker(struct slice s)
{
	return s.n == 16 && slice_u64(&s) == 0x41727101980 &&
	    slice_u32(&s) == 0;
}

static enum claim bittorrent_udp_claim(const struct opening *o)
{
	for (int side = 0; side < 2; side++) {
		struct slice s = o->first[side];

		if (is_dht(s) || is_tracker(s) ||
		    slice_starts(s, "BT-SEARCH * HTTP/1.1\r\n"))
			return YES;
	}
	return NO;
}

static enum verdict bittorrent_udp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	(void)d;
	(void)from;
	drop_all(in);
	return DONE;
}

const struct dissector dissector_bittorrent_udp = {
	.name = "bittorrent",
	.proto = IPPROTO_UDP,
	.claim = bittorrent_udp_claim,
	.feed = bittorrent_udp_feed,
};
