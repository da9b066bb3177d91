/*
 * lockdown.c - an iPhone or iPad syncing over Wi-Fi (lockdownd, 62078).
 *
 * A 32-bit length, big endian, then a property list.  StartSession turns the
 * connection into TLS; what follows is told by flow bytes alone, so it is
 * named "ios-sync" then.  A QueryType by itself is no sync.
 */
#include <netinet/in.h>

#include "wire.h"

enum { PORT = 62078, LIST_LONGEST = 8192 };

static bool is_list(struct slice s)
{
	uint32_t n = slice_u32(&s);

	return n >= 8 && n < 1 << 20 && (slice_starts(s, "<?xml") ||
	    slice_starts(s, "bplist00") || slice_starts(s, "<plist"));
}

static enum claim lockdown_claim(const struct opening *o)
{
	if (o->port[SERVER] != PORT)
		return NO;
	if (is_list(o->first[CLIENT]) || is_list(o->first[SERVER]))
		return YES;
	return o->first[CLIENT].n < 12 ? MAYBE : NO;
}

static enum verdict lockdown_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct fact app = { .kind = FACT_APP, .from = CLIENT,
		.text = slice_str("ios-sync") };

	while (slice_more(*in)) {
		struct slice rest = *in;
		struct slice list = slice_take(&rest, slice_u32(&rest));

		if (slice_short(rest))
			return is_list(*in) && in->n < LIST_LONGEST ? MORE :
			    in->n < 12 ? MORE : DONE;
		*in = rest;
		if (from == CLIENT && !slice_short(find_after(list,
		    "StartSession"))) {
			d->emit(d, &app);
			return DONE;
		}
	}
	return MORE;
}

const struct dissector dissector_lockdown = {
	.name = "lockdown",
	.tells = (const char *const[]){ "ios-sync", NULL },
	.proto = IPPROTO_TCP,
	.waits = true,
	.claim = lockdown_claim,
	.feed = lockdown_feed,
};
