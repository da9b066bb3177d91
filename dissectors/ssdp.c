/*
 * ssdp.c - UPnP discovery: a device says that it is there.
 *
 * UPnP Device Architecture 1.1, chapter 1.  HTTP-like datagrams: NOTIFY with
 * NTS ssdp:alive, and answers to M-SEARCH.  Told once per flow: the SERVER
 * line and the device type, when it is one that stores files or cameras.
 */
#include <netinet/in.h>

#include "wire.h"

struct ssdp {
	bool told;
};

static bool is_ssdp(struct slice s)
{
	if (slice_starts(s, "NOTIFY * HTTP/1.") ||
	    slice_starts(s, "M-SEARCH * HTTP/1."))
		return true;
	return slice_starts(s, "HTTP/1.") &&
	    !slice_short(find_after(s, "\r\n")) &&
	    (!slice_short(find_after(s, "\nST:")) ||
	    !slice_short(find_after(s, "\nSt:")) ||
	    !slice_short(find_after(s, "\nst:")));
}

static enum claim ssdp_claim(const struct opening *o)
{
	return is_ssdp(o->first[CLIENT]) || is_ssdp(o->first[SERVER]) ? YES :
	    NO;
}

/* The value of "Name: value" among the lines, whatever its case. */
static struct slice header(struct slice s, const char *name)
{
	while (slice_more(s)) {
		struct slice line = line_next(&s);

		if (!ascii_starts(line, name))
			continue;
		slice_until(&line, ':');
		return ascii_trim(line);
	}
	return slice_of("", 0);
}

static enum verdict ssdp_feed(struct dissection *d, enum side from,
    struct slice *in)
{
	struct ssdp *ssdp = d->state;
	struct fact device = { .kind = FACT_DEVICE, .from = from,
		.addr = *d->addr[from], .proof = PROOF_LABEL };
	struct slice s = *in;

	drop_all(in);
	if (ssdp->told || slice_starts(s, "M-SEARCH") ||
	    slice_is(header(s, "NTS:"), "ssdp:byebye"))
		return MORE;
	device.detail = header(s, slice_starts(s, "NOTIFY") ? "NT:" : "ST:");
	if (slice_short(find_after(device.detail, ":device:MediaServer:")) &&
	    slice_short(find_after(device.detail, ":device:Storage")) &&
	    slice_short(find_after(device.detail, ":device:DigitalStill")))
		return MORE;
	device.text = header(s, "SERVER:");
	ssdp->told = true;
	d->emit(d, &device);
	return MORE;
}

const struct dissector dissector_ssdp = {
	.name = "ssdp",
	.proto = IPPROTO_UDP,
	.waits = true,
	.state_size = sizeof(struct ssdp),
	.claim = ssdp_claim,
	.feed = ssdp_feed,
};
